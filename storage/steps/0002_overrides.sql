-- Who is on call instead for a time: without `replaces`, instead of everybody.

CREATE TABLE overrides (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    schedule TEXT NOT NULL,
    person TEXT NOT NULL CHECK (person <> ''),
    replaces TEXT NOT NULL CHECK (replaces <> person),
    starts_at TEXT NOT NULL,
    ends_at TEXT NOT NULL CHECK (ends_at > starts_at),
    made_by TEXT NOT NULL,
    made_at TEXT NOT NULL,
    cancelled_by TEXT,
    cancelled_at TEXT,
    CHECK ((cancelled_at IS NULL) = (cancelled_by IS NULL))
) STRICT;
CREATE INDEX overrides_ends ON overrides (ends_at);
