-- Whether the access register was told that the session began, and so is to be told of its end.
ALTER TABLE session ADD COLUMN registered INTEGER NOT NULL DEFAULT 0 CHECK (registered IN (0, 1));
