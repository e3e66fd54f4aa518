-- Documents of reviews: every version that somebody saved, what was said of it, and who approved which

CREATE TABLE review_versions (
    incident INTEGER NOT NULL REFERENCES incidents (id),
    number INTEGER NOT NULL CHECK (number > 0),
    text TEXT NOT NULL,
    template TEXT NOT NULL,
    written TEXT NOT NULL,
    by_whom TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (incident, number)
) STRICT;

CREATE TABLE review_comments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    incident INTEGER NOT NULL REFERENCES incidents (id),
    version INTEGER NOT NULL,
    text TEXT NOT NULL,
    by_whom TEXT NOT NULL,
    at TEXT NOT NULL
) STRICT;
CREATE INDEX review_comments_incident ON review_comments (incident);

CREATE TABLE review_approvals (
    incident INTEGER NOT NULL REFERENCES incidents (id),
    version INTEGER NOT NULL,
    by_whom TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (incident, version, by_whom)
) STRICT;
