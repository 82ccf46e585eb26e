-- Writes  pg_temp.candidates: one row per dirty lead and person that shares a key with it.
-- Reads   pg_temp.dirty_leads, pg_temp.common_keys, canon.lead_keys, canon.lead_name_keys,
--         canon.account_name_keys, canon.drivers_index
-- Rerun   dropped with the run.
-- Note    by name alone one name must hold all tokens of the other, and the dates must be near: three
--         tokens within 90 days, two with the car model from 30 days before the hire to 7 after.
CREATE TEMPORARY TABLE candidates ON COMMIT DROP AS
WITH
lead AS MATERIALIZED (
    SELECT kept.*
    FROM dirty_leads AS dirty
    INNER JOIN canon.lead_keys AS kept ON dirty.event_id = kept.event_id
    WHERE NOT kept.has_driver_id
)

SELECT
    lead.event_id,
    account.person_key
FROM lead
INNER JOIN canon.drivers_index AS account ON lead.phone_norm = account.phone_norm
WHERE
    NOT EXISTS (
        SELECT 1 FROM common_keys AS common
        WHERE common.kind = 'phone' AND common.key = lead.phone_norm
    )
UNION
SELECT
    lead.event_id,
    account.person_key
FROM lead
INNER JOIN canon.drivers_index AS account ON lead.license_norm = account.license_norm
WHERE
    NOT EXISTS (
        SELECT 1 FROM common_keys AS common
        WHERE common.kind = 'licence' AND common.key = lead.license_norm
    )
UNION
SELECT
    lead.event_id,
    account.person_key
FROM lead
INNER JOIN canon.drivers_index AS account ON lead.plate_norm = account.plate_norm
WHERE
    NOT EXISTS (
        SELECT 1 FROM common_keys AS common
        WHERE common.kind = 'plate' AND common.key = lead.plate_norm
    )
UNION
SELECT
    lead.event_id,
    account.person_key
FROM lead
INNER JOIN canon.lead_name_keys AS lead_key ON lead.event_id = lead_key.event_id
INNER JOIN
    canon.account_name_keys AS account_key
    ON lead_key.name_key = account_key.name_key
INNER JOIN canon.drivers_index AS account ON account_key.account_id = account.account_id
WHERE
    lead.event_date BETWEEN account.hire_date - 90 AND account.hire_date + 90
    AND (
        lead.name_tokens <@ account.name_tokens
        OR lead.name_tokens @> account.name_tokens
    )
    AND (
        cardinality(lead.name_tokens) >= 3
        OR lead.event_date BETWEEN account.hire_date - 30 AND account.hire_date + 7
    )
