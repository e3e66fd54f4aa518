-- A near miss; an incident that was over when it was declared; practice, with the only people whom it calls (their
-- ids, with a space between two)

ALTER TABLE incidents ADD COLUMN near_miss INTEGER NOT NULL DEFAULT 0 CHECK (near_miss IN (0, 1));
ALTER TABLE incidents ADD COLUMN retrospective INTEGER NOT NULL DEFAULT 0 CHECK (retrospective IN (0, 1));
ALTER TABLE incidents ADD COLUMN practice TEXT NOT NULL DEFAULT '';
ALTER TABLE incidents ADD COLUMN unannounced INTEGER NOT NULL DEFAULT 0 CHECK (unannounced IN (0, 1));
ALTER TABLE incidents ADD COLUMN tutorial INTEGER NOT NULL DEFAULT 0 CHECK (tutorial IN (0, 1));
