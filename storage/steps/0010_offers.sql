-- Pages that somebody who is called offers to another person. Until they accept, nothing changes for the page.

CREATE TABLE page_offers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    page INTEGER NOT NULL REFERENCES pages (id),
    asker TEXT NOT NULL,
    person TEXT NOT NULL,
    words TEXT NOT NULL,
    made_at TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'accepted', 'declined', 'withdrawn', 'unreached')),
    closed_at TEXT,
    channel TEXT,
    ts TEXT,
    CHECK ((state = 'open') = (closed_at IS NULL))
) STRICT;
CREATE UNIQUE INDEX page_offers_open ON page_offers (page) WHERE state = 'open';
CREATE INDEX page_offers_page ON page_offers (page, id);
