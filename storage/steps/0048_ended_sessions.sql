-- Sessions in the browser that somebody ended: a copy of their cookie opens nothing

CREATE TABLE ended_sessions (
    key TEXT PRIMARY KEY,
    at TEXT NOT NULL
) STRICT;
