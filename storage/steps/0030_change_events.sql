-- What was deployed or altered, as tools tell it

CREATE TABLE change_events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL,
    summary TEXT NOT NULL,
    place TEXT NOT NULL,
    labels TEXT NOT NULL,
    links TEXT NOT NULL,
    at TEXT NOT NULL,
    taken_at TEXT NOT NULL
) STRICT;
CREATE INDEX change_events_taken ON change_events (taken_at);
