-- +goose Up
-- What a piece found, for the stage that merges the findings of all, such as what there is to learn from a part of the people.
ALTER TABLE job_pieces ADD COLUMN found bytea;
ALTER TABLE job_pieces ALTER COLUMN found SET STORAGE EXTERNAL; -- it hardly gets smaller

-- The pieces of the stage a connection waits with until others have come so far; null: it does not wait.
ALTER TABLE job_runs ADD COLUMN ahead jsonb NOT NULL DEFAULT 'null';
