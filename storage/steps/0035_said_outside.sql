-- What was said of an incident outside its channels, so that it can be taken back

CREATE TABLE said_outside (
    incident INTEGER NOT NULL REFERENCES incidents (id),
    channel TEXT NOT NULL,
    ts TEXT NOT NULL,
    person TEXT NOT NULL,
    PRIMARY KEY (incident, channel, ts)
) STRICT;
CREATE INDEX said_outside_of ON said_outside (incident, person);
