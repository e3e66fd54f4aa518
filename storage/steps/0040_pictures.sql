-- Pictures of pinned messages, as they were when somebody pinned them

CREATE TABLE pictures (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    incident INTEGER NOT NULL REFERENCES incidents (id),
    ts TEXT NOT NULL,
    file TEXT NOT NULL,
    name TEXT NOT NULL,
    url TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('wanted', 'kept', 'not kept', 'deleted')),
    kind TEXT NOT NULL,
    why TEXT NOT NULL,
    content TEXT NOT NULL,
    at TEXT NOT NULL,
    deleted_by TEXT,
    UNIQUE (incident, ts, file)
) STRICT;
