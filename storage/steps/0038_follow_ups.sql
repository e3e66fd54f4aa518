-- Follow-ups: what there is to know of one beside the action, its issue in a tracker, and links offered

ALTER TABLE actions ADD COLUMN private INTEGER NOT NULL DEFAULT 0 CHECK (private IN (0, 1));
ALTER TABLE actions ADD COLUMN cancelled INTEGER NOT NULL DEFAULT 0 CHECK (cancelled IN (0, 1));

CREATE TABLE follow_ups (
    action INTEGER PRIMARY KEY REFERENCES actions (id),
    label TEXT NOT NULL,
    priority TEXT NOT NULL CHECK (priority IN ('S1', 'S2', 'S3', 'S4')),
    service TEXT NOT NULL,
    reminded TEXT NOT NULL DEFAULT ''
) STRICT;
INSERT INTO follow_ups (action, label, priority, service)
    SELECT actions.id, 'Follow-up', incidents.severity, ''
    FROM actions JOIN incidents ON incidents.id = actions.incident WHERE actions.kind = 'Follow-up';

CREATE TABLE follow_up_issues (
    action INTEGER PRIMARY KEY REFERENCES actions (id),
    tracker TEXT NOT NULL,
    project TEXT NOT NULL,
    number INTEGER NOT NULL,
    url TEXT NOT NULL,
    made INTEGER NOT NULL CHECK (made IN (0, 1)),
    closed INTEGER NOT NULL CHECK (closed IN (0, 1)),
    gone INTEGER NOT NULL CHECK (gone IN (0, 1))
) STRICT;
CREATE INDEX follow_up_issues_number ON follow_up_issues (tracker, project, number);

CREATE TABLE offered_links (
    incident INTEGER NOT NULL REFERENCES incidents (id),
    url TEXT NOT NULL,
    PRIMARY KEY (incident, url)
) STRICT;
