-- The canvases that a review's document has in Slack: which version was asked for, and which stands there

CREATE TABLE review_canvases (
    incident INTEGER NOT NULL REFERENCES incidents (id),
    number INTEGER NOT NULL,
    version INTEGER NOT NULL,
    channel TEXT NOT NULL,
    written INTEGER NOT NULL,
    canvas TEXT NOT NULL,
    url TEXT NOT NULL,
    seen TEXT NOT NULL,
    kept INTEGER NOT NULL CHECK (kept IN (0, 1)),
    unsure INTEGER NOT NULL CHECK (unsure IN (0, 1)),
    PRIMARY KEY (incident, number)
) STRICT;
