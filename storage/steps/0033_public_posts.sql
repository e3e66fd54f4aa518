-- What status pages say: each text as it was published, what other pages show of it, and planned maintenance

CREATE TABLE public_posts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    incident INTEGER NOT NULL REFERENCES incidents (id),
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    public_status TEXT NOT NULL
        CHECK (public_status IN ('Operational', 'Degraded Performance', 'Partial Service Disruption', 'Service Disruption', 'Security Issue')),
    state TEXT NOT NULL CHECK (state IN ('Investigating', 'Identified', 'Monitoring', 'Resolved')),
    components TEXT NOT NULL,
    first INTEGER NOT NULL CHECK (first IN (0, 1)),
    by_whom TEXT NOT NULL,
    at TEXT NOT NULL
) STRICT;
CREATE INDEX public_posts_incident ON public_posts (incident);
CREATE INDEX public_posts_at ON public_posts (at);
CREATE TABLE page_notices (
    page TEXT NOT NULL,
    remote TEXT NOT NULL,
    incident INTEGER NOT NULL REFERENCES incidents (id),
    post INTEGER NOT NULL REFERENCES public_posts (id),
    resolved INTEGER NOT NULL CHECK (resolved IN (0, 1)),
    PRIMARY KEY (page, remote)
) STRICT;
CREATE INDEX page_notices_incident ON page_notices (incident);
CREATE TABLE public_maintenances (
    maintenance INTEGER PRIMARY KEY REFERENCES maintenances (id),
    text TEXT NOT NULL,
    written_by TEXT NOT NULL,
    written_at TEXT NOT NULL
) STRICT;
