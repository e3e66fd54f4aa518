-- What pages raised in the pager that a team keeps, such as PagerDuty

CREATE TABLE pager_alerts (
    page INTEGER PRIMARY KEY REFERENCES pages (id),
    service TEXT NOT NULL,
    team TEXT NOT NULL,
    key TEXT NOT NULL,
    state TEXT NOT NULL CHECK (
        state IN ('due', 'raised', 'acknowledged', 'resolved', 'refused', 'cancelled')
    ),
    asked_at TEXT NOT NULL,
    taken_at TEXT,
    failed INTEGER NOT NULL CHECK (failed IN (0, 1)),
    error TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX pager_alerts_key ON pager_alerts (service, key);
CREATE INDEX pager_alerts_raised ON pager_alerts (page) WHERE state = 'raised';
