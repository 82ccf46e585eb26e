-- Writes  ops.cabinet_financial_14d: without rows of touched people that are no longer to be.
-- Reads   pg_temp.changed_financial
-- Rerun   safe.
DELETE FROM ops.cabinet_financial_14d AS target
USING changed_financial AS changed
WHERE target.ctid = changed.place AND changed.person_key IS NULL
