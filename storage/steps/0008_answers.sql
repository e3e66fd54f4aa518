-- Until when somebody who is called is on the way, and how often they had been called again when they said so.

ALTER TABLE pages ADD COLUMN there_by TEXT;
ALTER TABLE pages ADD COLUMN reminded_then INTEGER NOT NULL DEFAULT 0;
