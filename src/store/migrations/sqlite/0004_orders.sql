-- What administrators ordered about a running session.
ALTER TABLE session ADD COLUMN plan_down INTEGER; -- limits instead of the network's, bytes per second
ALTER TABLE session ADD COLUMN plan_up INTEGER;
ALTER TABLE session ADD COLUMN plan_burst INTEGER; -- bytes
ALTER TABLE session ADD COLUMN extended INTEGER NOT NULL DEFAULT 0 CHECK (extended IN (0, 1));

-- Blocks and exemptions of single stations. A row lives as long as its order.
CREATE TABLE station_order (
    network   TEXT    NOT NULL,
    mac       BLOB    NOT NULL CHECK (length(mac) = 6),
    treatment TEXT    NOT NULL CHECK (treatment IN ('block', 'exempt')),
    since     INTEGER NOT NULL, -- civil time, milliseconds since the epoch
    until     INTEGER NOT NULL, -- civil time, milliseconds since the epoch
    reason    TEXT,
    PRIMARY KEY (network, mac)
) WITHOUT ROWID;
