-- Who is on call for a schedule since when, with the note that they leave, and what the next ones take over.

CREATE TABLE duties (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    schedule TEXT NOT NULL,
    people TEXT NOT NULL,
    begun_at TEXT NOT NULL,
    note TEXT NOT NULL,
    noted_by TEXT
) STRICT;
CREATE INDEX duties_schedule ON duties (schedule, id);

CREATE TABLE briefs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    duty INTEGER NOT NULL REFERENCES duties (id),
    incident INTEGER NOT NULL REFERENCES incidents (id),
    role TEXT NOT NULL,
    outgoing TEXT NOT NULL,
    taken_by TEXT,
    taken_at TEXT,
    UNIQUE (duty, incident, role),
    CHECK ((taken_by IS NULL) = (taken_at IS NULL))
) STRICT;
CREATE INDEX briefs_incident ON briefs (incident);

CREATE TABLE handover_messages (
    duty INTEGER NOT NULL REFERENCES duties (id),
    person TEXT NOT NULL,
    channel TEXT NOT NULL,
    ts TEXT NOT NULL,
    PRIMARY KEY (duty, person)
) STRICT;
