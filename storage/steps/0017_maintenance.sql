-- Scheduled maintenance, its messages, and which incidents have to do with it

CREATE TABLE maintenances (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    criticality TEXT NOT NULL CHECK (criticality IN ('C1', 'C2', 'C3', 'C4')),
    state TEXT NOT NULL CHECK (state IN ('planned', 'running', 'over', 'cancelled')),
    owner TEXT NOT NULL,
    planned_by TEXT NOT NULL,
    starts_at TEXT NOT NULL,
    ends_at TEXT NOT NULL,
    people TEXT NOT NULL,
    services TEXT NOT NULL,
    links TEXT NOT NULL,
    told_at TEXT,
    started_at TEXT,
    overran_at TEXT,
    asked_at TEXT,
    ended_at TEXT,
    reason TEXT NOT NULL,
    CHECK ((ended_at IS NULL) = (state IN ('planned', 'running'))),
    CHECK (state <> 'running' OR started_at IS NOT NULL)
) STRICT;
CREATE INDEX maintenances_open ON maintenances (starts_at) WHERE ended_at IS NULL;

CREATE TABLE maintenance_messages (
    maintenance INTEGER NOT NULL REFERENCES maintenances (id),
    place TEXT NOT NULL,
    channel TEXT NOT NULL,
    ts TEXT NOT NULL,
    PRIMARY KEY (maintenance, place)
) STRICT;

CREATE TABLE maintenance_answers (
    incident INTEGER NOT NULL REFERENCES incidents (id),
    maintenance INTEGER NOT NULL REFERENCES maintenances (id),
    related INTEGER NOT NULL CHECK (related IN (0, 1)),
    answered_by TEXT NOT NULL,
    PRIMARY KEY (incident, maintenance)
) STRICT;
