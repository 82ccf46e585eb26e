-- Writes  pg_temp.payment_matches: one row per touched payment: the person it belongs to, or why to nobody.
-- Reads   pg_temp.touched_payments, ops.cabinet_payments, canon.drivers_index
-- Rerun   dropped with the run.
-- Note    a known account decides; else the name, when exactly one person has it.
CREATE TEMPORARY TABLE payment_matches ON COMMIT DROP AS
WITH
payment AS (
    SELECT
        known.payment_id,
        known.driver_id,
        known.name_key,
        touched.old_person_key
    FROM touched_payments AS touched
    INNER JOIN ops.cabinet_payments AS known ON touched.payment_id = known.payment_id
),

named AS (
    SELECT
        wanted.name_key,
        count(DISTINCT account.person_key) AS people,
        (array_agg(DISTINCT account.person_key))[1] AS person_key
    FROM (SELECT DISTINCT payment.name_key FROM payment) AS wanted
    INNER JOIN canon.drivers_index AS account ON wanted.name_key = account.name_norm
    GROUP BY wanted.name_key
)

SELECT
    payment.payment_id,
    payment.old_person_key,
    CASE
        WHEN account.person_key IS NOT NULL THEN 'BY_DRIVER_ID'
        WHEN payment.name_key IS NULL THEN 'SHORT_NAME'
        WHEN named.people IS NULL THEN 'UNKNOWN_NAME'
        WHEN named.people = 1 THEN 'BY_NAME'
        ELSE 'AMBIGUOUS_NAME'
    END AS match_status,
    CASE
        WHEN account.person_key IS NOT NULL THEN account.person_key
        WHEN named.people = 1 THEN named.person_key
    END AS person_key,
    coalesce(named.people, 0)::integer AS candidate_count
FROM payment
LEFT JOIN canon.drivers_index AS account ON payment.driver_id = account.driver_id
LEFT JOIN named ON payment.name_key = named.name_key
