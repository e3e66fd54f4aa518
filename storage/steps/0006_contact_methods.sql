-- Contact methods that people add themselves, the codes that verify them, and their notification rules.

CREATE TABLE contact_methods (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    person TEXT NOT NULL,
    name TEXT NOT NULL,
    address TEXT NOT NULL CHECK (address <> ''),
    verified_at TEXT,
    unused_since TEXT
) STRICT;
CREATE UNIQUE INDEX contact_methods_verified ON contact_methods (person, name) WHERE verified_at IS NOT NULL;
CREATE UNIQUE INDEX contact_methods_unverified ON contact_methods (person, name) WHERE verified_at IS NULL;
CREATE INDEX contact_methods_address ON contact_methods (address) WHERE verified_at IS NOT NULL;

CREATE TABLE verification_codes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    person TEXT NOT NULL,
    contact_method INTEGER NOT NULL,
    sent_at TEXT NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    error TEXT
) STRICT;
CREATE INDEX verification_codes_person ON verification_codes (person, sent_at);
CREATE INDEX verification_codes_contact_method ON verification_codes (contact_method, id);
CREATE INDEX verification_codes_sent ON verification_codes (sent_at);

CREATE TABLE notification_rules (
    person TEXT NOT NULL,
    loudness TEXT NOT NULL CHECK (loudness IN ('loud', 'quiet')),
    rule TEXT NOT NULL,
    PRIMARY KEY (person, loudness)
) STRICT;
