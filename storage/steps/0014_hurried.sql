-- By which contact method's failure a notification left before its time

ALTER TABLE notifications ADD COLUMN hurried_by TEXT;
