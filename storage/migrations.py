"""The schema, in numbered steps that only go forward. A released step is never edited.

Times are ISO text in UTC that sorts; flags are 0 and 1; every deadline has a partial index. The steps are
written for SQLite; `for_postgres` says the same to the other engine.
"""

import re
from collections.abc import Iterator

META = "CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT"
"""What says at which step a database is. It stands before the first."""

_FIRST = """
CREATE TABLE people (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT,
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    tz TEXT
) STRICT;
CREATE INDEX people_email ON people (email);

CREATE TABLE places (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    archived INTEGER NOT NULL CHECK (archived IN (0, 1))
) STRICT;
CREATE INDEX places_name ON places (name);

CREATE TABLE incidents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    form TEXT UNIQUE,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    severity TEXT NOT NULL CHECK (severity IN ('S1', 'S2', 'S3', 'S4')),
    highest TEXT NOT NULL CHECK (highest IN ('S1', 'S2', 'S3', 'S4')),
    status TEXT NOT NULL,
    private INTEGER NOT NULL CHECK (private IN (0, 1)),
    drill INTEGER NOT NULL CHECK (drill IN (0, 1)),
    reporter TEXT NOT NULL,
    lead TEXT NOT NULL,
    lead_by_hand INTEGER NOT NULL CHECK (lead_by_hand IN (0, 1)),
    summary TEXT NOT NULL,
    causes TEXT NOT NULL,
    cmoc TEXT NOT NULL,
    executive TEXT NOT NULL,
    declared_at TEXT NOT NULL,
    channel TEXT UNIQUE,
    channel_name TEXT,
    channel_lost INTEGER NOT NULL DEFAULT 0 CHECK (channel_lost IN (0, 1)),
    engaged_at TEXT,
    investigate_until TEXT,
    im_called INTEGER NOT NULL CHECK (im_called IN (0, 1)),
    next_update_at TEXT,
    resolved_at TEXT,
    review_requested INTEGER NOT NULL CHECK (review_requested IN (0, 1)),
    blocks_deployments INTEGER CHECK (blocks_deployments IN (0, 1))
) STRICT;
CREATE INDEX incidents_investigate ON incidents (investigate_until) WHERE investigate_until IS NOT NULL;
CREATE INDEX incidents_update ON incidents (next_update_at) WHERE next_update_at IS NOT NULL;

CREATE TABLE members (
    incident INTEGER NOT NULL REFERENCES incidents (id),
    person TEXT NOT NULL,
    PRIMARY KEY (incident, person)
) STRICT;

CREATE TABLE roles (
    incident INTEGER NOT NULL REFERENCES incidents (id),
    role TEXT NOT NULL,
    person TEXT NOT NULL,
    PRIMARY KEY (incident, role)
) STRICT;

CREATE TABLE pages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    chain INTEGER NOT NULL,
    incident INTEGER REFERENCES incidents (id),
    team TEXT NOT NULL,
    level INTEGER NOT NULL,
    level_team TEXT NOT NULL,
    role TEXT NOT NULL,
    responder TEXT,
    state TEXT NOT NULL
        CHECK (state IN ('pending', 'acknowledged', 'escalated', 'declined', 'cancelled')),
    reason TEXT NOT NULL,
    message TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    raised_at TEXT NOT NULL,
    due_at TEXT NOT NULL,
    remind_at TEXT,
    reminded INTEGER NOT NULL,
    round INTEGER NOT NULL,
    late REAL NOT NULL,
    answered_by TEXT,
    answered_at TEXT,
    dm_channel TEXT,
    dm_ts TEXT,
    resent INTEGER NOT NULL DEFAULT 0 CHECK (resent IN (0, 1)),
    beside INTEGER REFERENCES pages (id),
    CHECK ((state = 'acknowledged') = (answered_by IS NOT NULL))
) STRICT;
CREATE INDEX pages_due ON pages (due_at) WHERE state = 'pending';
CREATE INDEX pages_remind ON pages (remind_at) WHERE state = 'pending' AND remind_at IS NOT NULL;
CREATE INDEX pages_incident ON pages (incident);
CREATE INDEX pages_responder ON pages (responder) WHERE state = 'pending';
CREATE INDEX pages_chain ON pages (chain);
CREATE INDEX pages_beside ON pages (beside) WHERE beside IS NOT NULL;
CREATE UNIQUE INDEX pages_one_pending_a_chain ON pages (chain) WHERE state = 'pending';

CREATE TABLE reminders (
    page INTEGER NOT NULL REFERENCES pages (id),
    number INTEGER NOT NULL,
    channel TEXT NOT NULL,
    ts TEXT NOT NULL,
    PRIMARY KEY (page, number)
) STRICT;

CREATE TABLE entries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    incident INTEGER NOT NULL REFERENCES incidents (id),
    kind TEXT NOT NULL,
    at TEXT NOT NULL,
    by_whom TEXT,
    text TEXT NOT NULL,
    data TEXT NOT NULL,
    ts TEXT,
    quiet INTEGER NOT NULL DEFAULT 0 CHECK (quiet IN (0, 1)),
    hidden INTEGER NOT NULL DEFAULT 0 CHECK (hidden IN (0, 1))
) STRICT;
CREATE INDEX entries_story ON entries (incident, at, id);
CREATE UNIQUE INDEX entries_pinned ON entries (incident, ts) WHERE ts IS NOT NULL;

CREATE TABLE pins (
    incident INTEGER NOT NULL REFERENCES incidents (id),
    ts TEXT NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (incident, ts, source)
) STRICT;

CREATE TABLE updates (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    incident INTEGER NOT NULL REFERENCES incidents (id),
    text TEXT NOT NULL,
    status TEXT NOT NULL,
    severity TEXT NOT NULL,
    by_whom TEXT NOT NULL,
    at TEXT NOT NULL,
    next_at TEXT
) STRICT;
CREATE INDEX updates_incident ON updates (incident, id);

CREATE TABLE actions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    incident INTEGER NOT NULL REFERENCES incidents (id),
    title TEXT NOT NULL,
    details TEXT NOT NULL,
    kind TEXT NOT NULL,
    assignee TEXT,
    due TEXT,
    by_whom TEXT NOT NULL,
    at TEXT NOT NULL,
    done_by TEXT,
    done_at TEXT,
    ts TEXT
) STRICT;
CREATE INDEX actions_incident ON actions (incident, id);

CREATE TABLE posts (
    incident INTEGER NOT NULL REFERENCES incidents (id),
    kind TEXT NOT NULL,
    place TEXT NOT NULL,
    channel TEXT NOT NULL,
    ts TEXT NOT NULL,
    PRIMARY KEY (incident, kind, place)
) STRICT;

CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    event TEXT NOT NULL,
    job TEXT NOT NULL,
    lane TEXT NOT NULL,
    urgent INTEGER NOT NULL CHECK (urgent IN (0, 1)),
    subject TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'sending', 'retry', 'ambiguous', 'sent', 'dead')),
    due_at TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    lease_until TEXT,
    error TEXT,
    created_at TEXT NOT NULL,
    finished_at TEXT
) STRICT;
CREATE INDEX outbox_open ON outbox (urgent, due_at) WHERE finished_at IS NULL;
CREATE INDEX outbox_sending ON outbox (lease_until) WHERE state = 'sending';
CREATE INDEX outbox_lane ON outbox (lane, id) WHERE finished_at IS NULL;
CREATE INDEX outbox_done ON outbox (finished_at) WHERE finished_at IS NOT NULL;

CREATE TABLE seen_events (
    id TEXT PRIMARY KEY,
    at TEXT NOT NULL
) STRICT;
CREATE INDEX seen_events_at ON seen_events (at);
"""

_SECOND = """
CREATE TABLE chores (
    name TEXT PRIMARY KEY,
    due_at TEXT NOT NULL
) STRICT;

CREATE TABLE notifications (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    page INTEGER NOT NULL REFERENCES pages (id),
    door TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'due', 'sent', 'dead', 'cancelled')),
    due_at TEXT NOT NULL,
    planned_at TEXT,
    finished_at TEXT,
    error TEXT,
    UNIQUE (page, door)
) STRICT;
CREATE INDEX notifications_due ON notifications (due_at) WHERE state = 'waiting';
CREATE TABLE trials (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    person TEXT NOT NULL,
    begun_at TEXT NOT NULL,
    dm_channel TEXT,
    dm_ts TEXT
) STRICT;
CREATE INDEX trials_person ON trials (person, id);
CREATE INDEX trials_begun ON trials (begun_at);
CREATE TABLE ways (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    trial INTEGER NOT NULL REFERENCES trials (id),
    door TEXT NOT NULL,
    handed_at TEXT,
    confirmed_at TEXT,
    error TEXT,
    UNIQUE (trial, door)
) STRICT;
ALTER TABLE pages ADD COLUMN undelivered TEXT;
CREATE TABLE paging_failures (
    page INTEGER PRIMARY KEY REFERENCES pages (id),
    at TEXT NOT NULL,
    why TEXT NOT NULL
) STRICT;
ALTER TABLE pages ADD COLUMN restored_from TEXT;
CREATE INDEX pages_ended ON pages (state) WHERE state <> 'pending';
CREATE INDEX incidents_open ON incidents (severity, status, drill)
    WHERE status IN ('Triage', 'Investigating', 'Fixing', 'Monitoring') AND drill = 0;
ALTER TABLE outbox ADD COLUMN held INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN faults INTEGER NOT NULL DEFAULT 0;
CREATE INDEX incidents_leaderless ON incidents (id) WHERE lead = '';
ALTER TABLE outbox ADD COLUMN folded INTEGER;
CREATE INDEX outbox_folded ON outbox (folded) WHERE folded IS NOT NULL AND finished_at IS NULL;
ALTER TABLE pins ADD COLUMN at TEXT NOT NULL DEFAULT '';
ALTER TABLE pins ADD COLUMN gone INTEGER NOT NULL DEFAULT 0 CHECK (gone IN (0, 1));
"""

_THIRD = """
DROP INDEX outbox_open;
CREATE INDEX outbox_open ON outbox (urgent, due_at, id) WHERE finished_at IS NULL;
"""

_FOURTH = """
ALTER TABLE members ADD COLUMN at TEXT NOT NULL DEFAULT '';
ALTER TABLE members ADD COLUMN gone INTEGER NOT NULL DEFAULT 0 CHECK (gone IN (0, 1));
CREATE INDEX members_gone ON members (incident) WHERE gone = 1;
ALTER TABLE people ADD COLUMN kind TEXT NOT NULL DEFAULT 'member';
ALTER TABLE people ADD COLUMN team TEXT NOT NULL DEFAULT '';
"""

_FIFTH = "ALTER TABLE incidents ADD COLUMN topic TEXT NOT NULL DEFAULT '';"

_SIXTH = """
ALTER TABLE roles ADD COLUMN since TEXT;
ALTER TABLE roles ADD COLUMN by_hand INTEGER NOT NULL DEFAULT 0 CHECK (by_hand IN (0, 1));
ALTER TABLE pages ADD COLUMN quiet INTEGER NOT NULL DEFAULT 0 CHECK (quiet IN (0, 1));
"""

_SEVENTH = """
ALTER TABLE outbox ADD COLUMN asker TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN grave TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN behind INTEGER NOT NULL DEFAULT 0;
CREATE INDEX outbox_asker ON outbox (asker) WHERE finished_at IS NULL AND asker <> '';
CREATE INDEX incidents_reporter ON incidents (reporter, declared_at);
"""

_EIGHTH = """
CREATE TABLE answers (
    signature TEXT PRIMARY KEY,
    at TEXT NOT NULL,
    status INTEGER,
    kind TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX answers_at ON answers (at);
"""

_NINTH = """
CREATE TABLE timers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    subject INTEGER NOT NULL,
    basis TEXT NOT NULL,
    set_at TEXT NOT NULL,
    due_at TEXT NOT NULL,
    snoozed_until TEXT,
    stopped INTEGER NOT NULL CHECK (stopped IN (0, 1)),
    UNIQUE (kind, subject)
) STRICT;
CREATE INDEX timers_due ON timers (COALESCE(snoozed_until, due_at)) WHERE stopped = 0;
ALTER TABLE incidents ADD COLUMN updated_at TEXT;
ALTER TABLE incidents ADD COLUMN update_in REAL;
UPDATE incidents SET updated_at = (SELECT MAX(at) FROM updates WHERE updates.incident = incidents.id);
UPDATE incidents SET update_in = CASE severity WHEN 'S1' THEN 900 WHEN 'S2' THEN 1800 ELSE 3600 END
    WHERE next_update_at IS NOT NULL;
UPDATE incidents SET engaged_at = NULL
    WHERE status = 'Investigating' AND investigate_until IS NULL AND im_called = 0;
INSERT INTO timers (kind, subject, basis, set_at, due_at, stopped)
    SELECT 'update', id, severity || ' ' || COALESCE(updated_at, ''), declared_at, next_update_at, 0
    FROM incidents WHERE next_update_at IS NOT NULL;
INSERT INTO timers (kind, subject, basis, set_at, due_at, stopped)
    SELECT 'investigating', id, '', declared_at, COALESCE(investigate_until, declared_at), im_called
    FROM incidents WHERE status = 'Investigating' AND engaged_at IS NOT NULL;
DROP INDEX incidents_investigate;
DROP INDEX incidents_update;
ALTER TABLE incidents DROP COLUMN investigate_until;
ALTER TABLE incidents DROP COLUMN im_called;
ALTER TABLE incidents DROP COLUMN next_update_at;
"""

_TENTH = """
CREATE TABLE digests (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    person TEXT NOT NULL,
    channel TEXT NOT NULL,
    ts TEXT NOT NULL,
    posted_at TEXT NOT NULL,
    UNIQUE (person, ts)
) STRICT;
ALTER TABLE pages ADD COLUMN digested INTEGER NOT NULL DEFAULT 0 CHECK (digested IN (0, 1));
CREATE INDEX pages_digested ON pages (responder) WHERE state = 'pending' AND digested = 1;
"""

_ELEVENTH = "ALTER TABLE incidents ADD COLUMN verified_by TEXT;"

_TWELFTH = """
ALTER TABLE incidents ADD COLUMN correcting INTEGER NOT NULL DEFAULT 0 CHECK (correcting IN (0, 1));
"""

_THIRTEENTH = "ALTER TABLE incidents ADD COLUMN waits_until TEXT;"

MIGRATIONS: tuple[str, ...] = (
    *(_FIRST, _SECOND, _THIRD, _FOURTH, _FIFTH, _SIXTH, _SEVENTH, _EIGHTH),
    *(_NINTH, _TENTH, _ELEVENTH, _TWELFTH),
    _THIRTEENTH,
)


def statements(step: str) -> Iterator[str]:
    """Return the statements of a step one by one: none of ours holds a semicolon inside."""
    return (part.strip() for part in step.split(";") if part.strip())


def tables() -> tuple[str, ...]:
    """Return every table but `meta`, each after those that it refers to."""
    return tuple(re.findall(r"CREATE TABLE (\w+)", "".join(MIGRATIONS)))


def numbered() -> frozenset[str]:
    """Return the tables whose rows the engine numbers."""
    return frozenset(re.findall(r"CREATE TABLE (\w+) \(\s*id INTEGER PRIMARY KEY AUTO", "".join(MIGRATIONS)))


def for_postgres(statement: str) -> str:
    """Return a statement of a step as PostgreSQL has it. Text sorts by its bytes, as it does in SQLite."""
    for pattern, there in _THERE:
        statement = re.sub(pattern, there, statement)
    return statement


def too_new(version: int) -> str:
    """Return what to tell the operator of a muster that is older than its database."""
    return (
        f"this database is at schema version {version}, and this muster knows {len(MIGRATIONS)}. "
        "Run the newer muster that wrote it, or restore an older backup."
    )


_THERE = (
    (r"\) STRICT$", ")"),
    (r"\bINTEGER PRIMARY KEY AUTOINCREMENT\b", "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY"),
    (r"\bINTEGER\b", "BIGINT"),
    (r"\bREAL\b", "DOUBLE PRECISION"),
    (r"\bTEXT\b", 'TEXT COLLATE "C"'),
)
