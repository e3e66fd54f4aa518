-- Who reads the status page by e-mail: asked for, confirmed by the link that was mailed, refused by their server

CREATE TABLE public_subscribers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    address TEXT NOT NULL UNIQUE,
    token TEXT NOT NULL UNIQUE,
    asked_at TEXT NOT NULL,
    confirmed_at TEXT,
    refused INTEGER NOT NULL DEFAULT 0 CHECK (refused >= 0)
) STRICT;
CREATE INDEX public_subscribers_waiting ON public_subscribers (asked_at) WHERE confirmed_at IS NULL;
