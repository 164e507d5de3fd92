-- What a session used on a local day, where its network has a volume a day (fair use).
ALTER TABLE session ADD COLUMN day TEXT; -- year-month-day
ALTER TABLE session ADD COLUMN day_bytes INTEGER; -- both directions, IP bytes
