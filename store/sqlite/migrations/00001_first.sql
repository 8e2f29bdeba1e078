-- +goose Up
-- Ids are kept as text and sort as plain bytes. Tables are clustered by (conn, id), so that a page of a sweep is one
-- range of one tree. Times are nanoseconds since 1970 in UTC; the smallest integer stands for "no time".
PRAGMA application_id = 1113683265; -- "BarA": tells our file from another program's database

CREATE TABLE connections (
    conn    INTEGER PRIMARY KEY,
    name    TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL DEFAULT '' -- set once by Bind
);

CREATE TABLE cursors (
    conn   INTEGER NOT NULL,
    object TEXT NOT NULL,
    cursor TEXT NOT NULL,
    shape  TEXT NOT NULL,
    PRIMARY KEY (conn, object)
) WITHOUT ROWID;

CREATE TABLE notes (
    conn  INTEGER NOT NULL,
    name  TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (conn, name)
) WITHOUT ROWID;

CREATE TABLE people (
    conn     INTEGER NOT NULL,
    id       TEXT NOT NULL,
    hash     INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    identity TEXT NOT NULL,
    company  TEXT NOT NULL,
    owner    TEXT NOT NULL,
    fields   BLOB NOT NULL,
    memory   BLOB,
    reload   TEXT NOT NULL, -- the last full reading that brought it
    PRIMARY KEY (conn, id)
) WITHOUT ROWID;
CREATE INDEX people_company ON people (conn, company); -- who is touched by a change of a company; also counts people
CREATE INDEX people_identity ON people (conn, identity) WHERE identity <> '';

CREATE TABLE companies (
    conn     INTEGER NOT NULL,
    id       TEXT NOT NULL,
    hash     INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    identity TEXT NOT NULL,
    company  TEXT NOT NULL,
    owner    TEXT NOT NULL,
    fields   BLOB NOT NULL,
    memory   BLOB,
    reload   TEXT NOT NULL,
    PRIMARY KEY (conn, id)
) WITHOUT ROWID;

CREATE TABLE activities (
    conn     INTEGER NOT NULL,
    source   TEXT NOT NULL,
    id       TEXT NOT NULL,
    modified INTEGER NOT NULL,
    body     BLOB NOT NULL, -- time, fields, links
    PRIMARY KEY (conn, source, id)
) WITHOUT ROWID;

-- A link may name a person who is not stored yet.
CREATE TABLE links (
    conn     INTEGER NOT NULL,
    person   TEXT NOT NULL,
    source   TEXT NOT NULL,
    activity TEXT NOT NULL,
    PRIMARY KEY (conn, person, source, activity)
) WITHOUT ROWID;

-- Everything below hangs on a person and goes when the person is forgotten.
CREATE TABLE dirty (
    conn INTEGER NOT NULL,
    id   TEXT NOT NULL,
    PRIMARY KEY (conn, id),
    FOREIGN KEY (conn, id) REFERENCES people (conn, id) ON DELETE CASCADE
) WITHOUT ROWID;

CREATE TABLE subjects (
    conn  INTEGER NOT NULL,
    id    TEXT NOT NULL,
    score REAL,          -- NULL: unscored
    class BLOB NOT NULL, -- part of the histogram, grade, label, trend: what people are counted by
    head  BLOB NOT NULL, -- what the record shows and is about to show, score and class included
    blob  BLOB NOT NULL, -- the mapped inputs
    PRIMARY KEY (conn, id),
    FOREIGN KEY (conn, id) REFERENCES people (conn, id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX subjects_best ON subjects (conn, score DESC) WHERE score IS NOT NULL; -- then by id
CREATE INDEX subjects_class ON subjects (conn, class);

CREATE TABLE pending (
    conn   INTEGER NOT NULL,
    id     TEXT NOT NULL,
    fields BLOB NOT NULL,
    entry  BLOB NOT NULL,
    sent   TEXT NOT NULL,    -- the run that sent it
    tries  INTEGER NOT NULL,
    aside  INTEGER,          -- order in which it was set aside; NULL: it was not
    at     INTEGER NOT NULL,
    retry  INTEGER NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (conn, id),
    FOREIGN KEY (conn, id) REFERENCES people (conn, id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX pending_sent ON pending (conn, id) WHERE sent <> '';
CREATE INDEX pending_aside ON pending (conn, aside DESC) WHERE aside IS NOT NULL;

CREATE TABLE ledger (
    seq   INTEGER PRIMARY KEY, -- order of writing: clocks jump, this does not
    conn  INTEGER NOT NULL,
    id    TEXT NOT NULL,
    at    INTEGER NOT NULL,
    run   TEXT NOT NULL,       -- that sent it
    entry BLOB NOT NULL,
    FOREIGN KEY (conn, id) REFERENCES people (conn, id) ON DELETE CASCADE
);
CREATE INDEX ledger_id ON ledger (conn, id);

CREATE TABLE runs (
    seq      INTEGER PRIMARY KEY,
    conn     INTEGER NOT NULL,
    id       TEXT NOT NULL,
    kind     TEXT NOT NULL,
    started  INTEGER NOT NULL,
    finished INTEGER NOT NULL,
    status   TEXT NOT NULL,
    report   BLOB,
    UNIQUE (conn, id)
);
CREATE INDEX runs_latest ON runs (conn); -- then by seq
