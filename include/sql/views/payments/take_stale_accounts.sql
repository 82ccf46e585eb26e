-- Writes  pg_temp.stale_names: the marks on accounts; canon.stale_accounts: without them.
-- Reads   canon.stale_accounts
-- Rerun   nobody is marked twice; a rollback gives the marks back.
WITH
taken AS (
    DELETE FROM canon.stale_accounts AS mark
    RETURNING
        mark.driver_id,
        mark.name_norm
)

INSERT INTO stale_names (driver_id, name_norm)
SELECT
    taken.driver_id,
    taken.name_norm
FROM taken
