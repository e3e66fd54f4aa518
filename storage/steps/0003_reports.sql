CREATE TABLE reports (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    message TEXT NOT NULL UNIQUE,
    notification INTEGER REFERENCES notifications (id),
    outcome TEXT NOT NULL,
    at TEXT NOT NULL
) STRICT;
CREATE INDEX reports_notification ON reports (notification);
