-- The duplicates of an incident, whose entries its timeline shows too

CREATE INDEX incidents_duplicates ON incidents (merged_into) WHERE merged_into IS NOT NULL;
