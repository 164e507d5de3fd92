-- Tokens of the API. No secret of a token is in it, only its hash.

CREATE TABLE api_token (
    id         BLOB    NOT NULL PRIMARY KEY, -- SHA-256 of the secret
    user       TEXT    NOT NULL REFERENCES user (name) ON DELETE CASCADE,
    name       TEXT    NOT NULL,
    scopes     TEXT    NOT NULL, -- separated by blanks
    created_at INTEGER NOT NULL, -- milliseconds since the epoch
    ends_at    INTEGER NOT NULL,
    used_on    TEXT,             -- the day of the last use, UTC; no finer
    UNIQUE (user, name)
) WITHOUT ROWID;
