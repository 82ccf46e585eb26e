-- Writes  pg_temp.common_keys: one row per phone, licence or plate of a dirty lead that more than 50 people
--         hold: no evidence.
-- Reads   pg_temp.dirty_leads, canon.lead_keys, canon.drivers_index
-- Rerun   dropped with the run.
-- Note    people are counted only where there are so many accounts: nearly nowhere.
CREATE TEMPORARY TABLE common_keys ON COMMIT DROP AS
WITH
lead AS MATERIALIZED (
    SELECT kept.*
    FROM dirty_leads AS dirty
    INNER JOIN canon.lead_keys AS kept ON dirty.event_id = kept.event_id
    WHERE NOT kept.has_driver_id
)

SELECT
    'phone' AS kind,
    account.phone_norm AS key
FROM (SELECT DISTINCT phone_norm FROM lead) AS held
INNER JOIN canon.drivers_index AS account ON held.phone_norm = account.phone_norm
GROUP BY account.phone_norm
HAVING
    count(*) > 50
    AND (
        SELECT count(DISTINCT holder.person_key)
        FROM canon.drivers_index AS holder
        WHERE holder.phone_norm = account.phone_norm
    ) > 50
UNION ALL
SELECT
    'licence' AS kind,
    account.license_norm AS key
FROM (SELECT DISTINCT license_norm FROM lead) AS held
INNER JOIN canon.drivers_index AS account ON held.license_norm = account.license_norm
GROUP BY account.license_norm
HAVING
    count(*) > 50
    AND (
        SELECT count(DISTINCT holder.person_key)
        FROM canon.drivers_index AS holder
        WHERE holder.license_norm = account.license_norm
    ) > 50
UNION ALL
SELECT
    'plate' AS kind,
    account.plate_norm AS key
FROM (SELECT DISTINCT plate_norm FROM lead) AS held
INNER JOIN canon.drivers_index AS account ON held.plate_norm = account.plate_norm
GROUP BY account.plate_norm
HAVING
    count(*) > 50
    AND (
        SELECT count(DISTINCT holder.person_key)
        FROM canon.drivers_index AS holder
        WHERE holder.plate_norm = account.plate_norm
    ) > 50
