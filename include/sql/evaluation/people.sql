-- Returns one row: how many pairs of accounts are one person in truth, by resolution, and by both; and of the true
--         ones, how many show it at all: they share a phone, licence or plate, and their licences do not
--         contradict.
-- Reads   pg_temp.true_accounts, canon.drivers_index
WITH
account AS MATERIALIZED (
    SELECT
        truth.driver_id,
        truth.person_no,
        known.person_key,
        known.phone_norm,
        known.license_norm,
        known.plate_norm
    FROM true_accounts AS truth
    LEFT JOIN canon.drivers_index AS known ON truth.driver_id = known.driver_id
),

true_pair AS (
    SELECT
        coalesce(one.person_key = other.person_key, false) AS is_joined,
        coalesce(
            one.phone_norm = other.phone_norm
            OR one.license_norm = other.license_norm
            OR one.plate_norm = other.plate_norm, false
        )
        AND canon.is_other_licence(one.license_norm, other.license_norm) IS NOT true
            AS is_shown
    FROM account AS one
    INNER JOIN account AS other
        ON one.person_no = other.person_no AND one.driver_id < other.driver_id
),

joined AS (
    SELECT count(*) * (count(*) - 1) / 2 AS pairs
    FROM account
    WHERE account.person_key IS NOT NULL
    GROUP BY account.person_key
)

SELECT
    count(*) AS true_pairs,
    (SELECT coalesce(sum(joined.pairs), 0)::bigint FROM joined) AS joined_pairs,
    count(*) FILTER (WHERE true_pair.is_joined) AS pairs_rightly,
    count(*) FILTER (WHERE true_pair.is_shown) AS shown_pairs,
    count(*) FILTER (WHERE true_pair.is_shown AND true_pair.is_joined) AS shown_rightly
FROM true_pair
