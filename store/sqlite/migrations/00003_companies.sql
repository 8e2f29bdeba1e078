-- +goose Up
-- Companies are scored like people. Their marks, inputs, updates, ledger and overrides stand in tables of their own, of
-- the same form: ids of the two may be equal, and each goes with its own record.
CREATE TABLE company_dirty (
    conn INTEGER NOT NULL,
    id   TEXT NOT NULL,
    PRIMARY KEY (conn, id),
    FOREIGN KEY (conn, id) REFERENCES companies (conn, id) ON DELETE CASCADE
) WITHOUT ROWID;
INSERT INTO company_dirty (conn, id) SELECT conn, id FROM companies; -- none is scored yet

CREATE TABLE company_subjects (
    conn  INTEGER NOT NULL,
    id    TEXT NOT NULL,
    score REAL,
    class BLOB NOT NULL,
    head  BLOB NOT NULL,
    blob  BLOB NOT NULL,
    share BLOB,
    PRIMARY KEY (conn, id),
    FOREIGN KEY (conn, id) REFERENCES companies (conn, id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX company_subjects_best ON company_subjects (conn, score DESC) WHERE score IS NOT NULL;
CREATE INDEX company_subjects_class ON company_subjects (conn, class);

CREATE TABLE company_pending (
    conn   INTEGER NOT NULL,
    id     TEXT NOT NULL,
    fields BLOB NOT NULL,
    entry  BLOB NOT NULL,
    sent   TEXT NOT NULL,
    tries  INTEGER NOT NULL,
    aside  INTEGER,
    at     INTEGER NOT NULL,
    retry  INTEGER NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (conn, id),
    FOREIGN KEY (conn, id) REFERENCES companies (conn, id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX company_pending_sent ON company_pending (conn, id) WHERE sent <> '';
CREATE INDEX company_pending_aside ON company_pending (conn, aside DESC) WHERE aside IS NOT NULL;

CREATE TABLE company_ledger (
    seq   INTEGER PRIMARY KEY,
    conn  INTEGER NOT NULL,
    id    TEXT NOT NULL,
    at    INTEGER NOT NULL,
    run   TEXT NOT NULL,
    entry BLOB NOT NULL,
    FOREIGN KEY (conn, id) REFERENCES companies (conn, id) ON DELETE CASCADE
);
CREATE INDEX company_ledger_id ON company_ledger (conn, id);

CREATE TABLE company_overrides (
    conn INTEGER NOT NULL,
    id   TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (conn, id),
    FOREIGN KEY (conn, id) REFERENCES companies (conn, id) ON DELETE CASCADE
) WITHOUT ROWID;

-- A link may name a company that is not stored yet.
CREATE TABLE company_links (
    conn     INTEGER NOT NULL,
    company  TEXT NOT NULL,
    source   TEXT NOT NULL,
    activity TEXT NOT NULL,
    PRIMARY KEY (conn, company, source, activity)
) WITHOUT ROWID;

-- What a person adds to their company.
ALTER TABLE subjects ADD COLUMN share BLOB;
