-- Figures of the networks: aggregates, no device and no person in them.

-- Hours of days that are not over yet, or not packed yet.
CREATE TABLE hours (
    hour    INTEGER NOT NULL, -- whole hours since 1970-01-01T00:00Z
    network TEXT    NOT NULL,
    day     TEXT    NOT NULL, -- the local day it begins in, year-month-day
    figures BLOB    NOT NULL,
    PRIMARY KEY (hour, network)
) WITHOUT ROWID;

-- Days: their hours packed into one value, so that years are read in moments.
CREATE TABLE days (
    network TEXT NOT NULL,
    day     TEXT NOT NULL, -- year-month-day
    hours   BLOB,
    devices BLOB, -- sketch of the different devices, made under a key that is destroyed
    PRIMARY KEY (network, day)
);

CREATE TABLE months (
    network TEXT NOT NULL,
    month   TEXT NOT NULL, -- its first day, year-month-day
    devices BLOB NOT NULL,
    PRIMARY KEY (network, month)
);

-- The last sign of life.
CREATE TABLE heartbeat (
    one     INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    at      INTEGER NOT NULL, -- civil time, milliseconds since the epoch
    boot_id TEXT    NOT NULL,
    stopped INTEGER NOT NULL  -- 1 after an orderly stop
);
