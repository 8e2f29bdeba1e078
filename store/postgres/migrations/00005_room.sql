-- +goose Up
-- Each person who moves is written twice, and her update thrice. Where a page has room for the new row beside the old one, and no index
-- holds what changed, no index is touched. What is in doubt is asked for only when a run begins or a piece is taken again.
ALTER TABLE subjects SET (fillfactor = 80);
ALTER TABLE pending SET (fillfactor = 50);
DROP INDEX pending_sent;
