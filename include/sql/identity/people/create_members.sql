-- Writes  pg_temp.members: one row per touched account, each alone: label is the least account it is
--         tied to, block the least it is tied to by decisions alone.
-- Reads   pg_temp.touched_accounts
-- Rerun   dropped with the run.
CREATE TEMPORARY TABLE members ON COMMIT DROP AS
SELECT
    touched.account_id,
    touched.account_id AS label,
    touched.account_id AS block
FROM touched_accounts AS touched
