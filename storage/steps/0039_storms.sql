-- In a storm of alerts what an incident or a page has is found without looking at each of them

DROP INDEX alerts_grouped;
CREATE INDEX alerts_grouped ON alerts (source, grouped, id) WHERE incident IS NOT NULL;

DROP INDEX alerts_incident;
CREATE INDEX alerts_incident ON alerts (incident, resolved_at, id) WHERE incident IS NOT NULL;

DROP INDEX alerts_page;
CREATE INDEX alerts_page ON alerts (page, resolved_at) WHERE page IS NOT NULL;
CREATE INDEX alerts_paged ON alerts (source, grouped, page, last_at, first_at) WHERE page IS NOT NULL;
