-- Who gets an incident's updates, the notices to executives, and what is done of checklists

CREATE TABLE subscriptions (
    incident INTEGER NOT NULL REFERENCES incidents (id),
    target TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('person', 'channel')),
    added_by TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (incident, target)
) STRICT;

CREATE TABLE executive_notices (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    incident INTEGER NOT NULL REFERENCES incidents (id),
    heading TEXT NOT NULL,
    summary TEXT NOT NULL,
    impact TEXT NOT NULL,
    response TEXT NOT NULL,
    issue TEXT NOT NULL,
    written_by TEXT NOT NULL,
    at TEXT NOT NULL
) STRICT;
CREATE INDEX executive_notices_incident ON executive_notices (incident, id);

CREATE TABLE checklist_items (
    incident INTEGER NOT NULL REFERENCES incidents (id),
    checklist TEXT NOT NULL,
    item TEXT NOT NULL,
    done_by TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (incident, checklist, item)
) STRICT;
