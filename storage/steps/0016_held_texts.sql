-- Texts that look like they hold a secret until somebody says what it is, and the tokens of the API

CREATE TABLE held_texts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    incident INTEGER NOT NULL REFERENCES incidents (id),
    place TEXT NOT NULL,
    by_whom TEXT NOT NULL,
    marked_by TEXT,
    what TEXT NOT NULL,
    text TEXT NOT NULL,
    masked TEXT NOT NULL,
    ts TEXT,
    happened_at TEXT,
    at TEXT NOT NULL,
    decision TEXT CHECK (decision IN ('shown', 'kept', 'forgotten')),
    decided_by TEXT,
    CHECK (decision IS NULL OR decision <> 'shown' OR decided_by IS NOT NULL)
) STRICT;
CREATE INDEX held_texts_ts ON held_texts (incident, ts);

CREATE TABLE tokens (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    hash TEXT NOT NULL UNIQUE,
    scopes TEXT NOT NULL,
    made_at TEXT NOT NULL,
    expires_at TEXT,
    revoked_at TEXT,
    used_at TEXT
) STRICT;
