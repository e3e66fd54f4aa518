-- What customers are told: the public status, when it began to concern them, the notice to them and who confirmed it

ALTER TABLE incidents ADD COLUMN public_status TEXT NOT NULL DEFAULT 'Operational'
    CHECK (public_status IN ('Operational', 'Degraded Performance', 'Partial Service Disruption', 'Service Disruption', 'Security Issue'));
ALTER TABLE incidents ADD COLUMN impaired_at TEXT;
ALTER TABLE incidents ADD COLUMN impaired_since_at TEXT;
ALTER TABLE incidents ADD COLUMN impact_began_at TEXT;
ALTER TABLE incidents ADD COLUMN noticed_at TEXT;
ALTER TABLE incidents ADD COLUMN unpublished TEXT NOT NULL DEFAULT '';
CREATE TABLE public_notices (
    incident INTEGER PRIMARY KEY REFERENCES incidents (id),
    text TEXT NOT NULL,
    written_by TEXT NOT NULL,
    written_at TEXT NOT NULL
) STRICT;
CREATE TABLE public_confirmations (
    incident INTEGER NOT NULL REFERENCES incidents (id),
    role TEXT NOT NULL,
    person TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (incident, role)
) STRICT;
