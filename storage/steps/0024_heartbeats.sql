-- What is expected to be heard of regularly: silence is an alert

CREATE TABLE heartbeats (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    last_at TEXT
) STRICT;
