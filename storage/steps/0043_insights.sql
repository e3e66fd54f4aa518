-- Figures over a time: incidents and pages are found by when they were, and the changes that figures need by their kind

CREATE INDEX incidents_declared ON incidents (declared_at, id);
CREATE INDEX pages_raised ON pages (raised_at);
CREATE INDEX entries_course ON entries (incident, id) WHERE kind IN ('status', 'time', 'notice_published');
