-- Writes  pg_temp.changed_name_keys: the name keys of changed accounts, as they were and as they are.
-- Reads   pg_temp.changed_accounts, canon.name_key_places
-- Rerun   dropped with the run.
CREATE TEMPORARY TABLE changed_name_keys ON COMMIT DROP AS
SELECT
    form.is_old,
    form.account_id,
    form.hire_date,
    canon.name_key(
        form.model,
        form.tokens[place.first],
        form.tokens[place.second],
        form.tokens[place.third]
    ) AS name_key
FROM (
    SELECT
        true AS is_old,
        account_id,
        old_hire_date AS hire_date,
        old_name_tokens AS tokens,
        old_model_short AS model
    FROM changed_accounts
    WHERE NOT is_new
    UNION ALL
    SELECT
        false AS is_old,
        account_id,
        hire_date,
        name_tokens AS tokens,
        model_short AS model
    FROM changed_accounts
) AS form
INNER JOIN canon.name_key_places AS place
    ON least(cardinality(form.tokens), 7) = place.tokens
WHERE
    -- Without a date nobody is found by name.
    form.hire_date IS NOT NULL
    AND (place.third IS NOT NULL OR form.model IS NOT NULL)
