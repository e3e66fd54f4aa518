-- A token may act for a person, and what the API answered is kept for a request that comes again

ALTER TABLE tokens ADD COLUMN person TEXT NOT NULL DEFAULT '';
CREATE TABLE api_answers (
    token INTEGER NOT NULL REFERENCES tokens (id),
    key TEXT NOT NULL,
    request TEXT NOT NULL,
    status INTEGER NOT NULL,
    body TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (token, key)
) STRICT;
CREATE INDEX api_answers_by_age ON api_answers (at);
