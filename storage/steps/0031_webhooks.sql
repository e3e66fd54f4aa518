-- Webhooks that fail, and those that are not sent to any more; what was given up is found by its state

CREATE TABLE webhooks (
    name TEXT PRIMARY KEY,
    address TEXT NOT NULL,
    failing_from TEXT,
    disabled_at TEXT,
    error TEXT NOT NULL
) STRICT;
CREATE INDEX outbox_dead ON outbox (id) WHERE state = 'dead';
