-- Why work on an incident is paused; NULL where it waits for the end of a weekend

ALTER TABLE incidents ADD COLUMN paused_for TEXT;
