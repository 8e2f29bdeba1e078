-- +goose Up
-- A record may name several of another connection, such as a lead and a contact, and companies have kin, too.
ALTER TABLE kin DROP CONSTRAINT kin_pkey;
ALTER TABLE kin ADD PRIMARY KEY (conn, object, id, peers, peer);
DROP INDEX records_identity;
CREATE INDEX records_identity ON records (conn, object, identity) WHERE identity <> '';

-- People whom links name although they are none of their own any more, such as converted leads, and whom they live on as;
-- NULL: nobody.
CREATE TABLE heirs (
    conn integer NOT NULL,
    id   text COLLATE "C" NOT NULL,
    heir text COLLATE "C",
    PRIMARY KEY (conn, id)
);
CREATE INDEX heirs_heir ON heirs (conn, heir) WHERE heir IS NOT NULL;
