-- A notification is one message to one person by one contact method, and covers n pages: `beside`, digests and what
-- pages knew of their messages go. What is open in the outbox goes on under the numbers of the new rows.

-- Which message shows each page, by the first page of it
ALTER TABLE pages ADD COLUMN message INTEGER;
CREATE INDEX pages_message ON pages (dm_ts) WHERE dm_ts IS NOT NULL;
CREATE INDEX pages_called ON pages (responder, digested);
UPDATE pages SET message = (SELECT MIN(one.id) FROM pages AS one
        WHERE one.responder = pages.responder AND one.digested = 1)
    WHERE digested = 1 AND responder IS NOT NULL;
UPDATE pages SET message = (SELECT MIN(one.id) FROM pages AS one
        WHERE one.dm_ts = pages.dm_ts AND one.dm_channel = pages.dm_channel AND one.digested = 0)
    WHERE digested = 0 AND dm_ts IS NOT NULL AND responder IS NOT NULL;
UPDATE pages SET message = COALESCE(
        (SELECT one.message FROM pages AS one JOIN escalations AS theirs ON theirs.id = one.escalation
            JOIN escalations AS ours ON ours.id = pages.escalation
        WHERE one.responder = pages.responder AND one.digested = 0 AND one.id < pages.id
            AND one.state IN ('escalated', 'cancelled') AND one.message IS NOT NULL AND pages.undelivered IS NULL
            AND (theirs.id = ours.id OR theirs.incident = ours.incident)
        ORDER BY one.id DESC LIMIT 1), id)
    WHERE message IS NULL AND state = 'pending' AND beside IS NULL AND responder IS NOT NULL;
UPDATE pages SET message = (SELECT one.message FROM pages AS one WHERE one.id = pages.beside)
    WHERE message IS NULL AND beside IS NOT NULL AND responder IS NOT NULL;

DROP INDEX notifications_due;
ALTER TABLE notifications RENAME TO notifications_before;
CREATE TABLE notifications (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    person TEXT NOT NULL,
    contact_method TEXT NOT NULL,
    digest INTEGER NOT NULL DEFAULT 0 CHECK (digest IN (0, 1)),
    state TEXT NOT NULL CHECK (state IN ('waiting', 'due', 'sent', 'dead', 'cancelled')),
    due_at TEXT NOT NULL,
    planned_at TEXT,
    channel TEXT,
    ts TEXT,
    calls INTEGER NOT NULL DEFAULT 0,
    sent_at TEXT,
    resent INTEGER NOT NULL DEFAULT 0 CHECK (resent IN (0, 1)),
    error TEXT
) STRICT;
CREATE INDEX notifications_due ON notifications (due_at) WHERE state = 'waiting';
CREATE INDEX notifications_begun ON notifications (person) WHERE state = 'due';
CREATE UNIQUE INDEX notifications_digest ON notifications (person) WHERE digest = 1;

CREATE TABLE notification_pages (
    page INTEGER NOT NULL REFERENCES pages (id),
    contact_method TEXT NOT NULL,
    notification INTEGER NOT NULL REFERENCES notifications (id),
    shown INTEGER NOT NULL CHECK (shown IN (0, 1)),
    PRIMARY KEY (page, contact_method)
) STRICT;
CREATE INDEX notification_pages_of ON notification_pages (notification);
CREATE INDEX notification_pages_unshown ON notification_pages (page) WHERE shown = 0;

-- By other contact methods: each as it was, but that a page beside another leaves with that one
INSERT INTO notifications (id, person, contact_method, state, due_at, planned_at, sent_at, error)
    SELECT was.id, pages.responder, was.contact_method, was.state, was.due_at, was.planned_at, was.finished_at, was.error
    FROM notifications_before AS was JOIN pages ON pages.id = was.page WHERE pages.responder IS NOT NULL;
INSERT INTO notification_pages (page, contact_method, notification, shown)
    SELECT was.page, was.contact_method, COALESCE(other.id, was.id), 1
    FROM notifications_before AS was JOIN pages ON pages.id = was.page
        LEFT JOIN notifications_before AS other ON other.page = pages.beside AND pages.state = 'pending'
            AND other.contact_method = was.contact_method AND other.state <> 'dead' AND was.state = 'waiting'
    WHERE pages.responder IS NOT NULL;
UPDATE notifications SET state = 'cancelled' WHERE state = 'waiting'
    AND NOT EXISTS (SELECT 1 FROM notification_pages WHERE notification = notifications.id);

-- By Slack: numbered after them
INSERT INTO notifications (id, person, contact_method, digest, state, due_at, channel, ts, calls, sent_at, resent, error)
    SELECT numbered.last + found.message, first.responder, 'slack', first.digested,
        CASE WHEN found.ts IS NOT NULL THEN 'sent' WHEN found.why IS NOT NULL THEN 'dead' ELSE 'due' END,
        COALESCE(found.since, first.raised_at), place.dm_channel, found.ts, found.calls, found.until, found.resent,
        found.why
    FROM (SELECT message, MIN(CASE WHEN dm_ts IS NOT NULL THEN raised_at END) AS since,
            MAX(CASE WHEN dm_ts IS NOT NULL THEN raised_at END) AS until, MAX(dm_ts) AS ts, MAX(resent) AS resent,
            SUM(CASE WHEN dm_ts IS NOT NULL THEN 1 + reminded ELSE 0 END) AS calls, MAX(undelivered) AS why
        FROM pages WHERE message IS NOT NULL GROUP BY message) AS found
    JOIN pages AS first ON first.id = found.message
    LEFT JOIN pages AS place ON place.dm_ts = found.ts AND place.message = found.message
        AND place.id = (SELECT MIN(one.id) FROM pages AS one WHERE one.dm_ts = found.ts AND one.message = found.message)
    CROSS JOIN (SELECT COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'notifications_before'), 0) AS last) AS numbered;
UPDATE notifications SET
        channel = (SELECT channel FROM digests WHERE digests.person = notifications.person ORDER BY digests.ts DESC LIMIT 1),
        ts = (SELECT ts FROM digests WHERE digests.person = notifications.person ORDER BY digests.ts DESC LIMIT 1),
        sent_at = (SELECT posted_at FROM digests WHERE digests.person = notifications.person ORDER BY digests.ts DESC LIMIT 1)
    WHERE digest = 1;
INSERT INTO notification_pages (page, contact_method, notification, shown)
    SELECT pages.id, 'slack', numbered.last + pages.message,
        CASE WHEN COALESCE(pages.dm_ts, other.dm_ts) IS NOT NULL THEN 1 ELSE 0 END
    FROM pages LEFT JOIN pages AS other ON other.id = pages.beside
        CROSS JOIN (SELECT COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'notifications_before'), 0) AS last) AS numbered
    WHERE pages.message IS NOT NULL;

-- What refers to them
DROP INDEX reports_notification;
ALTER TABLE reports RENAME TO reports_before;
CREATE TABLE reports (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    message TEXT NOT NULL UNIQUE,
    notification INTEGER REFERENCES notifications (id),
    outcome TEXT NOT NULL,
    at TEXT NOT NULL
) STRICT;
CREATE INDEX reports_notification ON reports (notification);
INSERT INTO reports (id, message, notification, outcome, at)
    SELECT id, message, notification, outcome, at FROM reports_before;
DROP TABLE reports_before;

-- What is open in the outbox; a page that ended before it was sent is not sent
UPDATE outbox SET lane = 'notification:' || covers.notification,
        subject = '{"notification": ' || covers.notification || ', ' || substr(subject, 2)
    FROM notification_pages AS covers
    WHERE finished_at IS NULL AND covers.contact_method = 'slack' AND lane = 'page:' || covers.page;
UPDATE outbox SET lane = 'restored:notification:' || covers.notification,
        subject = '{"notification": ' || covers.notification || ', ' || substr(subject, 2)
    FROM notification_pages AS covers
    WHERE finished_at IS NULL AND covers.contact_method = 'slack' AND lane = 'restored:page:' || covers.page;
UPDATE outbox SET lane = 'rung:' || covers.notification,
        subject = '{"notification": ' || covers.notification || ', ' || substr(subject, 2)
    FROM notification_pages AS covers
    WHERE finished_at IS NULL AND covers.contact_method = 'slack' AND job = 'slack.make_sure'
        AND lane = 'rung:' || covers.page;
UPDATE outbox SET lane = 'notification:' || message.id, job = 'slack.send_page', event = 'CallDue',
        subject = '{"notification": ' || message.id || ', ' || substr(subject, 2)
    FROM notifications AS message
    WHERE finished_at IS NULL AND message.digest = 1 AND lane = 'digest:' || message.person;
UPDATE outbox SET lane = 'list:' || message.id,
        subject = '{"notification": ' || message.id || ', ' || substr(subject, 2)
    FROM notifications AS message
    WHERE finished_at IS NULL AND message.digest = 1 AND lane = 'list:' || message.person;
DELETE FROM outbox WHERE finished_at IS NULL AND job IN ('slack.send_page', 'slack.remind', 'slack.redraw_page',
        'slack.make_sure', 'slack.send_digest', 'slack.redraw_digest') AND subject NOT LIKE '{"notification": %';
DELETE FROM outbox WHERE finished_at IS NULL AND job = 'reconcile'
    AND (lane LIKE 'reconcile:%:page:%' OR lane LIKE 'reconcile:%:list:%');

-- Messages that a newer one stands for
INSERT INTO outbox (event, job, lane, urgent, subject, state, due_at, attempt, created_at)
    SELECT 'MessageReplaced', 'slack.withdraw', 'replaced:' || gone.ts, 0,
        '{"channel": "' || gone.channel || '", "ts": "' || gone.ts || '"}', 'pending', MAX(gone.at), 0, MAX(gone.at)
    FROM (SELECT reminders.channel, reminders.ts, escalations.called_at AS at FROM reminders
            JOIN pages ON pages.id = reminders.page JOIN escalations ON escalations.id = pages.escalation
            WHERE reminders.number <> 0 OR pages.state = 'pending'
        UNION ALL SELECT channel, ts, posted_at FROM digests) AS gone
    WHERE NOT EXISTS (SELECT 1 FROM notifications AS standing WHERE standing.ts = gone.ts)
    GROUP BY gone.channel, gone.ts;

DROP TABLE reminders;
DROP TABLE digests;
DROP TABLE notifications_before;
DROP INDEX pages_message;
DROP INDEX pages_called;
DROP INDEX pages_beside;
DROP INDEX pages_digested;
ALTER TABLE pages DROP COLUMN message;
ALTER TABLE pages DROP COLUMN dm_channel;
ALTER TABLE pages DROP COLUMN dm_ts;
ALTER TABLE pages DROP COLUMN resent;
ALTER TABLE pages DROP COLUMN beside;
ALTER TABLE pages DROP COLUMN undelivered;
ALTER TABLE pages DROP COLUMN digested;
UPDATE sqlite_sequence SET seq = (SELECT MAX(id) FROM notifications) WHERE name = 'notifications' AND EXISTS (SELECT 1 FROM notifications);
UPDATE sqlite_sequence SET seq = (SELECT MAX(id) FROM reports) WHERE name = 'reports' AND EXISTS (SELECT 1 FROM reports);
