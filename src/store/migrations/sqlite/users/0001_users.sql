-- Who may administer. No secret of a session or of a password is in it, only hashes.

CREATE TABLE user (
    name       TEXT    NOT NULL PRIMARY KEY,
    role       TEXT    NOT NULL,
    password   TEXT    NOT NULL, -- PHC string
    disabled   INTEGER NOT NULL,
    totp       BLOB,             -- secret of the second factor, 20 bytes
    totp_step  INTEGER NOT NULL, -- the last half minute whose code was taken
    created_at INTEGER NOT NULL  -- milliseconds since the epoch
) WITHOUT ROWID;

CREATE TABLE recovery (
    user TEXT NOT NULL REFERENCES user (name) ON DELETE CASCADE,
    hash BLOB NOT NULL, -- SHA-256 of the code
    PRIMARY KEY (user, hash)
) WITHOUT ROWID;

CREATE TABLE session (
    id         BLOB    NOT NULL PRIMARY KEY, -- SHA-256 of the token
    user       TEXT    NOT NULL REFERENCES user (name) ON DELETE CASCADE,
    stage      TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL,
    address    TEXT    NOT NULL,
    agent      TEXT    NOT NULL
) WITHOUT ROWID;

CREATE INDEX session_by_user ON session (user);
