-- +goose Up
-- People who said no: a hash of a record's id or of an address, and nothing that leads back to it.
CREATE TABLE suppressed (
    conn INTEGER NOT NULL,
    key  TEXT NOT NULL,
    at   INTEGER NOT NULL,
    PRIMARY KEY (conn, key)
) WITHOUT ROWID;

-- Scores set by hand; they go when the person is forgotten.
CREATE TABLE overrides (
    conn INTEGER NOT NULL,
    id   TEXT NOT NULL,
    body BLOB NOT NULL, -- JSON
    PRIMARY KEY (conn, id),
    FOREIGN KEY (conn, id) REFERENCES people (conn, id) ON DELETE CASCADE
) WITHOUT ROWID;
