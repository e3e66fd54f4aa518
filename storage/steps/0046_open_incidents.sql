-- The open incidents by an index of their own, drills too: every board asks for them, among however many

CREATE INDEX incidents_standing ON incidents (severity, id)
    WHERE status IN ('Triage', 'Investigating', 'Fixing', 'Monitoring');
