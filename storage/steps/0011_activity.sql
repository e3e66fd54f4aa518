-- When somebody last did something for an incident, and whether they were asked since then if they are still on it.

CREATE TABLE activity (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    incident INTEGER NOT NULL REFERENCES incidents (id),
    person TEXT NOT NULL,
    at TEXT NOT NULL,
    asked_at TEXT,
    told_at TEXT,
    UNIQUE (incident, person),
    CHECK (told_at IS NULL OR asked_at IS NOT NULL)
) STRICT;
