-- How often an alert has fired is found by its key: in a storm its source has tens of thousands of others

CREATE INDEX alerts_key ON alerts (source, key, first_at);
