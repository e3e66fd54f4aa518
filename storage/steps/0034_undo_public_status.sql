-- A public status that somebody said is undone too. SQLite changes no CHECK of a table: it is made anew

DROP INDEX changes_incident;
ALTER TABLE changes RENAME TO changes_before;
CREATE TABLE changes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    incident INTEGER NOT NULL REFERENCES incidents (id),
    thing TEXT NOT NULL
        CHECK (thing IN ('severity', 'status', 'public status', 'lead', 'role', 'field', 'name')),
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
INSERT INTO changes (id, incident, thing, role, by_whom, made_at, was, became, beside, undone)
    SELECT id, incident, thing, role, by_whom, made_at, was, became, beside, undone FROM changes_before;
UPDATE sqlite_sequence SET seq = (SELECT seq FROM sqlite_sequence WHERE name = 'changes_before') WHERE name = 'changes' AND EXISTS (SELECT 1 FROM changes);
DROP TABLE changes_before;
