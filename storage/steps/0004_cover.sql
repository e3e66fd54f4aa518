-- Requests for cover and swaps, and the rotations of schedules as they were read at each start.

CREATE TABLE cover_requests (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    schedule TEXT NOT NULL,
    asker TEXT NOT NULL,
    starts_at TEXT NOT NULL,
    ends_at TEXT NOT NULL CHECK (ends_at > starts_at),
    asked_at TEXT NOT NULL,
    colleague TEXT,
    back_from TEXT,
    back_until TEXT,
    taken_by TEXT,
    taken_at TEXT,
    withdrawn_by TEXT,
    withdrawn_at TEXT,
    channel TEXT,
    ts TEXT,
    CHECK (taken_by IS NULL OR withdrawn_by IS NULL)
) STRICT;
CREATE INDEX cover_requests_open ON cover_requests (ends_at) WHERE taken_by IS NULL AND withdrawn_by IS NULL;

CREATE TABLE rotations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    schedule TEXT NOT NULL,
    definition TEXT NOT NULL,
    people TEXT NOT NULL,
    read_at TEXT NOT NULL
) STRICT;
CREATE INDEX rotations_schedule ON rotations (schedule, id);
