-- Each request with alerts is found by its trace, what was refused too, and what became of alerts is counted

CREATE TABLE alert_traces (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    trace TEXT NOT NULL,
    source TEXT NOT NULL,
    told TEXT NOT NULL,
    alert INTEGER,
    at TEXT NOT NULL
) STRICT;
CREATE INDEX alert_traces_trace ON alert_traces (trace);
CREATE INDEX alert_traces_at ON alert_traces (at);

CREATE TABLE alert_refusals (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    trace TEXT NOT NULL,
    source TEXT NOT NULL,
    address TEXT NOT NULL,
    reason TEXT NOT NULL,
    at TEXT NOT NULL
) STRICT;
CREATE INDEX alert_refusals_trace ON alert_refusals (trace);

CREATE TABLE alert_tallies (
    source TEXT NOT NULL,
    result TEXT NOT NULL,
    hour TEXT NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (source, result, hour)
) STRICT;
