-- Alerts, and the sources that send them

CREATE TABLE alert_sources (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    taken INTEGER NOT NULL,
    taken_at TEXT,
    refused INTEGER NOT NULL,
    refused_at TEXT,
    reason TEXT NOT NULL
) STRICT;

CREATE TABLE alerts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL,
    key TEXT NOT NULL,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    severity TEXT CHECK (severity IN ('S1', 'S2', 'S3', 'S4')),
    state TEXT NOT NULL CHECK (state IN ('firing', 'acknowledged', 'resolved')),
    labels TEXT NOT NULL,
    links TEXT NOT NULL,
    image TEXT NOT NULL,
    grouped TEXT NOT NULL,
    readable INTEGER NOT NULL CHECK (readable IN (0, 1)),
    test INTEGER NOT NULL CHECK (test IN (0, 1)),
    raw TEXT NOT NULL,
    fired INTEGER NOT NULL,
    first_at TEXT NOT NULL,
    last_at TEXT NOT NULL,
    resolved_at TEXT,
    incident INTEGER REFERENCES incidents (id),
    outcome TEXT NOT NULL,
    rule TEXT NOT NULL,
    waits INTEGER NOT NULL CHECK (waits IN (0, 1)),
    CHECK ((state = 'resolved') = (resolved_at IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX alerts_open ON alerts (source, key) WHERE resolved_at IS NULL;
CREATE INDEX alerts_waiting ON alerts (source, id) WHERE waits = 1;
CREATE INDEX alerts_incident ON alerts (incident) WHERE incident IS NOT NULL;
CREATE INDEX alerts_grouped ON alerts (source, grouped, id);
CREATE INDEX alerts_last ON alerts (last_at);
