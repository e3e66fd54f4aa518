-- Reviews: how far each is and whose, and their tasks

CREATE TABLE reviews (
    incident INTEGER PRIMARY KEY REFERENCES incidents (id),
    state TEXT NOT NULL CHECK (state IN ('open', 'done', 'waived')),
    owner TEXT NOT NULL,
    opened_at TEXT NOT NULL,
    ended_by TEXT,
    ended_at TEXT,
    reason TEXT NOT NULL DEFAULT '',
    CHECK ((state = 'open') = (ended_at IS NULL))
) STRICT;

CREATE TABLE review_tasks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    incident INTEGER NOT NULL REFERENCES reviews (incident),
    text TEXT NOT NULL,
    owner TEXT,
    due TEXT NOT NULL,
    done_by TEXT,
    done_at TEXT
) STRICT;
CREATE INDEX review_tasks_incident ON review_tasks (incident);

-- whose first incident it is as IM is asked when a review begins
CREATE INDEX roles_person ON roles (person, role);
