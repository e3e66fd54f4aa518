-- Who asked to be let into a private incident, and what its people answered

CREATE TABLE access_requests (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    incident INTEGER NOT NULL REFERENCES incidents (id),
    person TEXT NOT NULL,
    reason TEXT NOT NULL,
    asked_at TEXT NOT NULL,
    granted INTEGER CHECK (granted IN (0, 1)),
    answered_by TEXT,
    channel TEXT,
    ts TEXT,
    CHECK ((granted IS NULL) = (answered_by IS NULL))
) STRICT;
CREATE INDEX access_requests_person ON access_requests (incident, person);
