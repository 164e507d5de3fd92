-- Running sessions. A row lives as long as its session: a MAC is at rest no longer than its access.
CREATE TABLE session (
    network     TEXT    NOT NULL,
    mac         BLOB    NOT NULL CHECK (length(mac) = 6),
    granted_at  INTEGER NOT NULL, -- civil time, milliseconds since the epoch
    ends_at     INTEGER NOT NULL, -- civil time, milliseconds since the epoch
    ends_boot   INTEGER NOT NULL, -- milliseconds on the monotonic clock of boot_id
    boot_id     TEXT    NOT NULL,
    up_packets  INTEGER NOT NULL, -- usage so far, IP bytes
    up_bytes    INTEGER NOT NULL,
    down_packets INTEGER NOT NULL,
    down_bytes  INTEGER NOT NULL,
    seen_up_packets  INTEGER NOT NULL, -- kernel reading already included in the usage
    seen_up_bytes    INTEGER NOT NULL,
    seen_down_packets INTEGER NOT NULL,
    seen_down_bytes  INTEGER NOT NULL,
    PRIMARY KEY (network, mac)
) WITHOUT ROWID;

-- Keys made once, such as the one that signs form tokens.
CREATE TABLE secret (
    name  TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) WITHOUT ROWID;
