-- What a draft for customers says is affected, kept with its text

ALTER TABLE public_notices ADD COLUMN components TEXT NOT NULL DEFAULT '[]';
