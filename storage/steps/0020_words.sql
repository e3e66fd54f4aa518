-- The words that each incident is found by, and their index. SQLite keeps it by triggers, so that whatever
-- writes the table, a move or a restore too, keeps the index

CREATE TABLE incident_words (
    incident INTEGER PRIMARY KEY REFERENCES incidents (id),
    words TEXT NOT NULL
) STRICT;
CREATE VIRTUAL TABLE words_found USING fts5 (
    words, content = 'incident_words', content_rowid = 'incident', tokenize = 'ascii', detail = 'none'
);
CREATE TRIGGER incident_words_added AFTER INSERT ON incident_words BEGIN
    INSERT INTO words_found (rowid, words) VALUES (new.incident, new.words);
END;
CREATE TRIGGER incident_words_removed AFTER DELETE ON incident_words BEGIN
    INSERT INTO words_found (words_found, rowid, words) VALUES ('delete', old.incident, old.words);
END;
CREATE TRIGGER incident_words_changed AFTER UPDATE ON incident_words BEGIN
    INSERT INTO words_found (words_found, rowid, words) VALUES ('delete', old.incident, old.words);
    INSERT INTO words_found (rowid, words) VALUES (new.incident, new.words);
END;
