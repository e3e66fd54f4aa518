-- Alerts are traced, may page without an incident, rest on a shelf, and turn out to be false

ALTER TABLE alerts ADD COLUMN trace TEXT NOT NULL DEFAULT '';
ALTER TABLE alerts ADD COLUMN page INTEGER REFERENCES pages (id);
CREATE INDEX alerts_page ON alerts (page) WHERE page IS NOT NULL;
CREATE INDEX alerts_trace ON alerts (trace) WHERE trace <> '';

CREATE TABLE shelved_alerts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL,
    key TEXT NOT NULL,
    shelved_by TEXT NOT NULL,
    at TEXT NOT NULL,
    until_at TEXT NOT NULL,
    UNIQUE (source, key)
) STRICT;

CREATE TABLE false_alarms (
    incident INTEGER PRIMARY KEY REFERENCES incidents (id),
    changes INTEGER NOT NULL CHECK (changes IN (0, 1)),
    note TEXT NOT NULL,
    said_by TEXT NOT NULL,
    at TEXT NOT NULL
) STRICT;
CREATE INDEX false_alarms_at ON false_alarms (at);
