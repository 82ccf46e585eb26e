-- Writes  pg_temp.touched_keys: one row per phone, licence or plate that a changed account has or had,
--         with how many accounts hold it now and held it before.
-- Reads   pg_temp.changed_accounts, canon.drivers_index
-- Rerun   dropped with the run.
CREATE TEMPORARY TABLE touched_keys ON COMMIT DROP AS
WITH
moved AS (
    SELECT
        form.kind,
        form.key,
        sum(form.gain) AS gain
    FROM changed_accounts AS changed
    CROSS JOIN
        LATERAL (
            VALUES
            ('phone', changed.phone_norm, 1),
            ('phone', changed.old_phone_norm, -1),
            ('licence', changed.license_norm, 1),
            ('licence', changed.old_license_norm, -1),
            ('plate', changed.plate_norm, 1),
            ('plate', changed.old_plate_norm, -1)
        ) AS form (kind, key, gain)
    WHERE
        form.key IS NOT NULL
        -- Nobody else can be concerned while all accounts are new.
        AND NOT %(is_first_read)s::boolean
    GROUP BY form.kind, form.key
),

held AS (
    SELECT
        'phone' AS kind,
        account.phone_norm AS key,
        count(*) AS holders
    FROM moved
    INNER JOIN canon.drivers_index AS account ON moved.key = account.phone_norm
    WHERE moved.kind = 'phone'
    GROUP BY account.phone_norm
    UNION ALL
    SELECT
        'licence' AS kind,
        account.license_norm AS key,
        count(*) AS holders
    FROM moved
    INNER JOIN canon.drivers_index AS account ON moved.key = account.license_norm
    WHERE moved.kind = 'licence'
    GROUP BY account.license_norm
    UNION ALL
    SELECT
        'plate' AS kind,
        account.plate_norm AS key,
        count(*) AS holders
    FROM moved
    INNER JOIN canon.drivers_index AS account ON moved.key = account.plate_norm
    WHERE moved.kind = 'plate'
    GROUP BY account.plate_norm
)

SELECT
    moved.kind,
    moved.key,
    coalesce(held.holders, 0) AS holders,
    coalesce(held.holders, 0) - moved.gain AS old_holders
FROM moved
LEFT JOIN held ON moved.kind = held.kind AND moved.key = held.key
