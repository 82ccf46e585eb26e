-- Returns one row per lead that is matched by what it carries: its comparable keys.
-- Reads   canon.lead_keys, canon.lead_name_keys, canon.drivers_index
-- Note    the model without its brand, as accounts have it, so that one column can be compared.
WITH
short AS (
    SELECT
        account.model_norm,
        min(account.model_short) AS model_short
    FROM canon.drivers_index AS account
    WHERE account.model_norm IS NOT NULL
    GROUP BY account.model_norm
),

named AS (
    SELECT
        key.event_id,
        string_agg(key.name_key::text, ' ') AS name_keys
    FROM canon.lead_name_keys AS key
    GROUP BY key.event_id
)

SELECT
    lead.event_id AS unique_id,
    lead.phone_norm AS phone,
    lead.license_norm AS licence,
    lead.plate_norm AS plate,
    coalesce(short.model_short, lead.model_norm) AS model,
    array_to_string(lead.name_tokens, ' ') AS name,
    lead.event_date AS day,
    named.name_keys
FROM canon.lead_keys AS lead
LEFT JOIN short ON lead.model_norm = short.model_norm
LEFT JOIN named ON lead.event_id = named.event_id
WHERE NOT lead.has_driver_id
ORDER BY lead.event_id
