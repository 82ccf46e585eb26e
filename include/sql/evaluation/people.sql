-- Returns one row: how many pairs of accounts are one person in truth, by resolution, and by both.
-- Reads   pg_temp.true_accounts, canon.drivers_index
WITH
account AS (
    SELECT
        truth.person_no,
        known.person_key
    FROM true_accounts AS truth
    LEFT JOIN canon.drivers_index AS known ON truth.driver_id = known.driver_id
),

cell AS (
    SELECT
        account.person_no,
        account.person_key,
        count(*) AS accounts,
        sum(count(*)) OVER (PARTITION BY account.person_no) AS true_accounts,
        sum(count(*)) OVER (PARTITION BY account.person_key)
            AS joined_accounts
    FROM account
    GROUP BY account.person_no, account.person_key
)

-- Each cell's share of the pairs of its person, so that every pair counts once.
SELECT
    coalesce(sum(cell.accounts * (cell.true_accounts - 1)) / 2, 0)::bigint AS true_pairs,
    coalesce(sum(cell.accounts * (cell.joined_accounts - 1)) FILTER (
        WHERE cell.person_key IS NOT NULL
    ) / 2, 0)::bigint AS joined_pairs,
    coalesce(sum(cell.accounts * (cell.accounts - 1)) FILTER (
        WHERE cell.person_key IS NOT NULL
    ) / 2, 0)::bigint AS pairs_rightly
FROM cell
