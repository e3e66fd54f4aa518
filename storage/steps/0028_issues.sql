-- The issues of incidents in a tracker

CREATE TABLE issues (
    incident INTEGER PRIMARY KEY REFERENCES incidents (id),
    project TEXT NOT NULL,
    number INTEGER NOT NULL,
    url TEXT NOT NULL,
    closed INTEGER NOT NULL CHECK (closed IN (0, 1)),
    gone INTEGER NOT NULL CHECK (gone IN (0, 1))
) STRICT;
CREATE UNIQUE INDEX issues_number ON issues (project, number);
