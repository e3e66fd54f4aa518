-- What somebody changed, as it was before, for as long as they can undo it

CREATE TABLE changes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    incident INTEGER NOT NULL REFERENCES incidents (id),
    thing TEXT NOT NULL CHECK (thing IN ('severity', 'status', 'lead', 'role', 'field', 'name')),
    role TEXT NOT NULL,
    by_whom TEXT NOT NULL,
    made_at TEXT NOT NULL,
    was TEXT NOT NULL,
    became TEXT NOT NULL,
    beside TEXT NOT NULL,
    undone INTEGER NOT NULL DEFAULT 0 CHECK (undone IN (0, 1)),
    CHECK ((thing = 'role') = (role <> ''))
) STRICT;
CREATE INDEX changes_incident ON changes (incident, id);
