-- +goose Up
-- What alerts remember of a person, and alerts on their way. Both go when the person is forgotten.
CREATE TABLE standings (
    conn INTEGER NOT NULL,
    id   TEXT NOT NULL,
    body BLOB NOT NULL, -- JSON
    PRIMARY KEY (conn, id),
    FOREIGN KEY (conn, id) REFERENCES people (conn, id) ON DELETE CASCADE
) WITHOUT ROWID;

CREATE TABLE alerts (
    seq   INTEGER PRIMARY KEY, -- order of crossing
    conn  INTEGER NOT NULL,
    id    TEXT NOT NULL,
    name  TEXT NOT NULL,       -- the idempotency key
    state TEXT NOT NULL,
    due   INTEGER NOT NULL,
    body  BLOB NOT NULL,       -- JSON
    UNIQUE (conn, name),
    FOREIGN KEY (conn, id) REFERENCES people (conn, id) ON DELETE CASCADE
);
CREATE INDEX alerts_id ON alerts (conn, id);
CREATE INDEX alerts_state ON alerts (conn, state, due); -- then by seq
