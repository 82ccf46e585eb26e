-- Writes  pg_temp.dirty_accounts: one row per account whose edges must be drawn anew.
-- Reads   pg_temp.changed_accounts, pg_temp.touched_keys, canon.drivers_index
-- Rerun   dropped with the run.
-- Note    a key that becomes too common, or stops to be, draws or frees all who hold it.
CREATE TEMPORARY TABLE dirty_accounts ON COMMIT DROP AS
WITH
flipped AS (
    SELECT
        touched.kind,
        touched.key
    FROM touched_keys AS touched
    WHERE (touched.holders > 50) != (touched.old_holders > 50)
)

SELECT changed.account_id
FROM changed_accounts AS changed
UNION
SELECT account.account_id
FROM flipped
INNER JOIN canon.drivers_index AS account
    ON flipped.kind = 'phone' AND flipped.key = account.phone_norm
UNION
SELECT account.account_id
FROM flipped
INNER JOIN canon.drivers_index AS account
    ON flipped.kind = 'licence' AND flipped.key = account.license_norm
UNION
SELECT account.account_id
FROM flipped
INNER JOIN canon.drivers_index AS account
    ON flipped.kind = 'plate' AND flipped.key = account.plate_norm
