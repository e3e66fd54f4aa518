-- Calendars as they were last read, absences, what managers were told of schedules, and whose override one was.

CREATE TABLE calendars (
    schedule TEXT PRIMARY KEY,
    events TEXT NOT NULL,
    unmatched TEXT NOT NULL,
    odd TEXT NOT NULL,
    read_at TEXT,
    trouble TEXT NOT NULL
) STRICT;

CREATE TABLE calendar_shifts (
    schedule TEXT NOT NULL,
    starts_at TEXT NOT NULL,
    ends_at TEXT NOT NULL CHECK (ends_at > starts_at),
    people TEXT NOT NULL,
    PRIMARY KEY (schedule, starts_at)
) STRICT;

CREATE TABLE absences (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    person TEXT NOT NULL,
    starts_at TEXT NOT NULL,
    ends_at TEXT NOT NULL CHECK (ends_at > starts_at),
    by_status INTEGER NOT NULL CHECK (by_status IN (0, 1)),
    warned TEXT NOT NULL
) STRICT;
CREATE INDEX absences_ends ON absences (ends_at);

CREATE TABLE schedule_findings (
    schedule TEXT PRIMARY KEY,
    told TEXT NOT NULL,
    told_at TEXT NOT NULL
) STRICT;

ALTER TABLE overrides ADD COLUMN request INTEGER;
CREATE INDEX overrides_request ON overrides (request) WHERE request IS NOT NULL;
