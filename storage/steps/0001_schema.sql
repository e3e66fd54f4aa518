-- The schema. Times are ISO text in UTC that sorts; flags are 0 and 1; every deadline has a partial index.

CREATE TABLE people (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT,
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    tz TEXT,
    kind TEXT NOT NULL DEFAULT 'member',
    team TEXT NOT NULL DEFAULT ''
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
    resolved_at TEXT,
    review_requested INTEGER NOT NULL CHECK (review_requested IN (0, 1)),
    topic TEXT NOT NULL DEFAULT '',
    updated_at TEXT,
    update_in REAL,
    verified_by TEXT,
    correcting INTEGER NOT NULL DEFAULT 0 CHECK (correcting IN (0, 1)),
    waits_until TEXT,
    merged_into INTEGER REFERENCES incidents (id) DEFERRABLE INITIALLY DEFERRED CHECK (merged_into <> id)
) STRICT;
CREATE INDEX incidents_open ON incidents (severity, status, drill)
    WHERE status IN ('Triage', 'Investigating', 'Fixing', 'Monitoring') AND drill = 0;
CREATE INDEX incidents_leaderless ON incidents (id) WHERE lead = '';
CREATE INDEX incidents_reporter ON incidents (reporter, declared_at);

CREATE TABLE fields (
    incident INTEGER NOT NULL REFERENCES incidents (id),
    name TEXT NOT NULL CHECK (name <> ''),
    value TEXT NOT NULL,
    set_by TEXT NOT NULL,
    set_at TEXT NOT NULL,
    PRIMARY KEY (incident, name)
) STRICT;

CREATE TABLE links (
    incident INTEGER NOT NULL REFERENCES incidents (id),
    name TEXT NOT NULL,
    url TEXT NOT NULL CHECK (url <> ''),
    added_by TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (incident, url)
) STRICT;

CREATE TABLE members (
    incident INTEGER NOT NULL REFERENCES incidents (id),
    person TEXT NOT NULL,
    at TEXT NOT NULL DEFAULT '',
    gone INTEGER NOT NULL DEFAULT 0 CHECK (gone IN (0, 1)),
    PRIMARY KEY (incident, person)
) STRICT;
CREATE INDEX members_gone ON members (incident) WHERE gone = 1;

CREATE TABLE roles (
    incident INTEGER NOT NULL REFERENCES incidents (id),
    role TEXT NOT NULL,
    person TEXT NOT NULL,
    since TEXT,
    by_hand INTEGER NOT NULL DEFAULT 0 CHECK (by_hand IN (0, 1)),
    PRIMARY KEY (incident, role)
) STRICT;

CREATE TABLE escalations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    incident INTEGER REFERENCES incidents (id),
    team TEXT NOT NULL,
    role TEXT NOT NULL,
    reason TEXT NOT NULL,
    message TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    path TEXT NOT NULL,
    level INTEGER NOT NULL,
    round INTEGER NOT NULL,
    started_at TEXT NOT NULL,
    called_at TEXT NOT NULL,
    due_at TEXT NOT NULL,
    waits_for TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('running', 'acknowledged', 'cancelled')),
    version INTEGER NOT NULL,
    restored_from TEXT
) STRICT;
CREATE INDEX escalations_due ON escalations (due_at) WHERE state = 'running';
CREATE INDEX escalations_incident ON escalations (incident);
CREATE INDEX escalations_asked ON escalations (asked_by, started_at) WHERE incident IS NULL;

CREATE TABLE pages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    escalation INTEGER NOT NULL REFERENCES escalations (id),
    level INTEGER NOT NULL,
    level_team TEXT NOT NULL,
    role TEXT NOT NULL,
    responder TEXT,
    state TEXT NOT NULL CHECK (state IN ('pending', 'acknowledged', 'escalated', 'cancelled')),
    raised_at TEXT NOT NULL,
    reminded INTEGER NOT NULL,
    round INTEGER NOT NULL,
    late REAL NOT NULL,
    answered_by TEXT,
    answered_at TEXT,
    dm_channel TEXT,
    dm_ts TEXT,
    resent INTEGER NOT NULL DEFAULT 0 CHECK (resent IN (0, 1)),
    beside INTEGER REFERENCES pages (id),
    undelivered TEXT,
    quiet INTEGER NOT NULL DEFAULT 0 CHECK (quiet IN (0, 1)),
    digested INTEGER NOT NULL DEFAULT 0 CHECK (digested IN (0, 1)),
    CHECK ((state = 'acknowledged') = (answered_by IS NOT NULL))
) STRICT;
CREATE INDEX pages_responder ON pages (responder) WHERE state = 'pending';
CREATE INDEX pages_escalation ON pages (escalation);
CREATE INDEX pages_beside ON pages (beside) WHERE beside IS NOT NULL;
CREATE UNIQUE INDEX pages_one_pending_a_person ON pages (escalation, COALESCE(responder, '')) WHERE state = 'pending';
CREATE INDEX pages_ended ON pages (state) WHERE state <> 'pending';
CREATE INDEX pages_digested ON pages (responder) WHERE state = 'pending' AND digested = 1;

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
    at TEXT NOT NULL DEFAULT '',
    gone INTEGER NOT NULL DEFAULT 0 CHECK (gone IN (0, 1)),
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
    finished_at TEXT,
    held INTEGER NOT NULL DEFAULT 0,
    faults INTEGER NOT NULL DEFAULT 0,
    folded INTEGER,
    asker TEXT NOT NULL DEFAULT '',
    grave TEXT NOT NULL DEFAULT '',
    behind INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX outbox_sending ON outbox (lease_until) WHERE state = 'sending';
CREATE INDEX outbox_lane ON outbox (lane, id) WHERE finished_at IS NULL;
CREATE INDEX outbox_done ON outbox (finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX outbox_folded ON outbox (folded) WHERE folded IS NOT NULL AND finished_at IS NULL;
CREATE INDEX outbox_open ON outbox (urgent, due_at, id) WHERE finished_at IS NULL;
CREATE INDEX outbox_asker ON outbox (asker) WHERE finished_at IS NULL AND asker <> '';

CREATE TABLE seen_events (
    id TEXT PRIMARY KEY,
    at TEXT NOT NULL
) STRICT;
CREATE INDEX seen_events_at ON seen_events (at);

CREATE TABLE chores (
    name TEXT PRIMARY KEY,
    due_at TEXT NOT NULL
) STRICT;

CREATE TABLE notifications (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    page INTEGER NOT NULL REFERENCES pages (id),
    contact_method TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'due', 'sent', 'dead', 'cancelled')),
    due_at TEXT NOT NULL,
    planned_at TEXT,
    finished_at TEXT,
    error TEXT,
    UNIQUE (page, contact_method)
) STRICT;
CREATE INDEX notifications_due ON notifications (due_at) WHERE state = 'waiting';

CREATE TABLE notification_tests (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    person TEXT NOT NULL,
    begun_at TEXT NOT NULL,
    dm_channel TEXT,
    dm_ts TEXT
) STRICT;
CREATE INDEX notification_tests_person ON notification_tests (person, id);
CREATE INDEX notification_tests_begun ON notification_tests (begun_at);

CREATE TABLE notification_test_methods (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    test INTEGER NOT NULL REFERENCES notification_tests (id),
    contact_method TEXT NOT NULL,
    handed_at TEXT,
    confirmed_at TEXT,
    error TEXT,
    UNIQUE (test, contact_method)
) STRICT;

CREATE TABLE paging_failures (
    page INTEGER PRIMARY KEY REFERENCES pages (id),
    at TEXT NOT NULL,
    why TEXT NOT NULL
) STRICT;

CREATE TABLE answers (
    signature TEXT PRIMARY KEY,
    at TEXT NOT NULL,
    status INTEGER,
    kind TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX answers_at ON answers (at);

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

CREATE TABLE digests (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    person TEXT NOT NULL,
    channel TEXT NOT NULL,
    ts TEXT NOT NULL,
    posted_at TEXT NOT NULL,
    UNIQUE (person, ts)
) STRICT;
