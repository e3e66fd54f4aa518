-- Parts of the work on an incident, each with a channel and a lead of its own

CREATE TABLE streams (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    incident INTEGER NOT NULL REFERENCES incidents (id),
    name TEXT NOT NULL,
    lead TEXT NOT NULL,
    opened_by TEXT NOT NULL,
    opened_at TEXT NOT NULL,
    channel TEXT,
    channel_name TEXT,
    channel_lost INTEGER NOT NULL DEFAULT 0 CHECK (channel_lost IN (0, 1)),
    archived INTEGER NOT NULL DEFAULT 0 CHECK (archived IN (0, 1)),
    updated_at TEXT,
    closed_at TEXT
) STRICT;
CREATE INDEX streams_incident ON streams (incident, id);
CREATE UNIQUE INDEX streams_channel ON streams (channel) WHERE channel IS NOT NULL;

CREATE TABLE stream_updates (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    stream INTEGER NOT NULL REFERENCES streams (id),
    text TEXT NOT NULL,
    by_whom TEXT NOT NULL,
    at TEXT NOT NULL
) STRICT;
CREATE INDEX stream_updates_stream ON stream_updates (stream, id);
