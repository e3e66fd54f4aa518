-- Copies of a review's document in a wiki and in a repository, and what people wrote there meanwhile

CREATE TABLE review_copies (
    incident INTEGER NOT NULL REFERENCES incidents (id),
    place TEXT NOT NULL CHECK (place IN ('wiki', 'file')),
    version INTEGER NOT NULL,
    written INTEGER NOT NULL,
    project TEXT NOT NULL,
    path TEXT NOT NULL,
    branch TEXT NOT NULL,
    number INTEGER NOT NULL,
    url TEXT NOT NULL,
    taken TEXT NOT NULL,
    failed INTEGER NOT NULL CHECK (failed IN (0, 1)),
    fetching INTEGER NOT NULL CHECK (fetching IN (0, 1)),
    PRIMARY KEY (incident, place)
) STRICT;
CREATE INDEX review_copies_path ON review_copies (project, path);

CREATE TABLE review_edits (
    incident INTEGER NOT NULL REFERENCES incidents (id),
    place TEXT NOT NULL CHECK (place IN ('wiki', 'file')),
    base INTEGER NOT NULL,
    text TEXT NOT NULL,
    who TEXT NOT NULL,
    PRIMARY KEY (incident, place)
) STRICT;
