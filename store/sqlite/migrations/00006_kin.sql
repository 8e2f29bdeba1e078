-- +goose Up
-- A record may name several of another connection, such as a lead and a contact, and companies have kin, too.
CREATE TABLE kin_new (
    conn    INTEGER NOT NULL,
    id      TEXT NOT NULL,
    peers   TEXT NOT NULL, -- name of the other connection, which may not have a number yet
    peer    TEXT NOT NULL,
    PRIMARY KEY (conn, id, peers, peer),
    FOREIGN KEY (conn, id) REFERENCES people (conn, id) ON DELETE CASCADE
) WITHOUT ROWID;
INSERT INTO kin_new (conn, id, peers, peer) SELECT conn, id, peers, peer FROM kin;
DROP TABLE kin;
ALTER TABLE kin_new RENAME TO kin;
CREATE INDEX kin_peer ON kin (peers, peer);

CREATE TABLE company_kin (
    conn    INTEGER NOT NULL,
    id      TEXT NOT NULL,
    peers   TEXT NOT NULL,
    peer    TEXT NOT NULL,
    PRIMARY KEY (conn, id, peers, peer),
    FOREIGN KEY (conn, id) REFERENCES companies (conn, id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX company_kin_peer ON company_kin (peers, peer);
CREATE INDEX companies_identity ON companies (conn, identity) WHERE identity <> '';

-- People whom links name although they are none of their own any more, such as converted leads, and whom they live on as;
-- NULL: nobody.
CREATE TABLE heirs (
    conn INTEGER NOT NULL,
    id   TEXT NOT NULL,
    heir TEXT,
    PRIMARY KEY (conn, id),
    FOREIGN KEY (conn, heir) REFERENCES people (conn, id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX heirs_heir ON heirs (conn, heir) WHERE heir IS NOT NULL;
