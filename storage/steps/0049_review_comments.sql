-- A comment may be of one heading of a review, and changed by whoever wrote it; what is written in a review is
-- found by its words, which are written anew at the next start

ALTER TABLE review_comments ADD COLUMN heading TEXT NOT NULL DEFAULT '';
ALTER TABLE review_comments ADD COLUMN edited_at TEXT;
DELETE FROM incident_words WHERE incident IN (SELECT incident FROM review_versions)
    OR incident IN (SELECT incident FROM review_comments);
