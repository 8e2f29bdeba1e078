-- +goose Up
-- Which record of another connection a person's record says is the same person. That record may not be stored yet.
CREATE TABLE kin (
    conn    INTEGER NOT NULL,
    id      TEXT NOT NULL,
    peers   TEXT NOT NULL, -- name of the other connection, which may not have a number yet
    peer    TEXT NOT NULL,
    PRIMARY KEY (conn, id, peers),
    FOREIGN KEY (conn, id) REFERENCES people (conn, id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX kin_peer ON kin (peers, peer);
