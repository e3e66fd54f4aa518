-- The full name of a person beside the display name: whichever somebody types means them

ALTER TABLE people ADD COLUMN full_name TEXT NOT NULL DEFAULT '';
