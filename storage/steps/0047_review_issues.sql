-- The issue that a review's document has in a tracker: which version was asked for, and which stands there

CREATE TABLE review_issues (
    incident INTEGER PRIMARY KEY REFERENCES incidents (id),
    version INTEGER NOT NULL,
    written INTEGER NOT NULL,
    project TEXT NOT NULL,
    number INTEGER NOT NULL,
    url TEXT NOT NULL
) STRICT;
