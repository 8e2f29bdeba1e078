-- +goose Up
-- Runs that are taken in pieces by any number of processes. The queue itself is River's, in its own tables.

CREATE TABLE job_runs (
    run        text COLLATE "C" NOT NULL,
    connection text COLLATE "C" NOT NULL,
    kind       text NOT NULL,
    model      text NOT NULL, -- hash: only processes with the same model take part
    stage      text NOT NULL,
    facts      jsonb NOT NULL DEFAULT '{}', -- what pieces tell those that come after
    report     jsonb NOT NULL DEFAULT '{}', -- of the pieces so far
    status     text NOT NULL DEFAULT '',    -- '' while nothing went wrong
    error      text NOT NULL DEFAULT '',
    started    timestamptz NOT NULL,
    finished   timestamptz,
    PRIMARY KEY (run, connection)
);
CREATE UNIQUE INDEX job_runs_open ON job_runs (connection) WHERE finished IS NULL; -- one run of a connection at a time
CREATE INDEX job_runs_finished ON job_runs (finished);

-- The pieces of runs that are under way. A piece of a population holds the ids above "after", up to and with "upto".
CREATE TABLE job_pieces (
    run        text COLLATE "C" NOT NULL,
    connection text COLLATE "C" NOT NULL,
    stage      text NOT NULL,
    n          integer NOT NULL,
    object     text NOT NULL,
    after      text COLLATE "C" NOT NULL,
    upto       text COLLATE "C" NOT NULL,
    job        bigint NOT NULL, -- River's
    tries      integer NOT NULL DEFAULT 0,
    began      timestamptz,
    ended      timestamptz,
    PRIMARY KEY (run, connection, stage, n)
);

-- What the schedule has come to, by kind of run.
CREATE TABLE job_slots (
    kind   text PRIMARY KEY,
    slot   timestamptz NOT NULL, -- the last moment it was due
    wanted boolean NOT NULL DEFAULT false -- a run is to begin as soon as none is under way
);

-- The model of the processes that started last: they begin the runs. One row.
CREATE TABLE job_model (
    one   boolean PRIMARY KEY DEFAULT true CHECK (one),
    model text NOT NULL
);
