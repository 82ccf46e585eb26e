-- Writes  pg_temp.components: one row per component of touched accounts, with what speaks against joining
--         it into one person, and the blocks whose decisions contradict each other.
-- Reads   pg_temp.members, pg_temp.decided_pairs, canon.drivers_index
-- Rerun   dropped with the run.
-- Note    what people tied counts as one account, and their licences as one licence.
CREATE TEMPORARY TABLE components ON COMMIT DROP AS
WITH
size AS (
    SELECT
        member.label,
        count(DISTINCT member.block) AS accounts,
        count(DISTINCT account.license_norm) AS licences
    FROM members AS member
    INNER JOIN canon.drivers_index AS account ON member.account_id = account.account_id
    GROUP BY member.label
),

agreed AS (
    SELECT
        member.label,
        count(
            DISTINCT least(a.license_norm, b.license_norm)
            || '/' || greatest(a.license_norm, b.license_norm)
        ) AS licence_pairs
    FROM decided_pairs AS pair
    INNER JOIN members AS member ON pair.account_a = member.account_id
    INNER JOIN canon.drivers_index AS a ON pair.account_a = a.account_id
    INNER JOIN canon.drivers_index AS b ON pair.account_b = b.account_id
    WHERE pair.is_same AND a.license_norm != b.license_norm
    GROUP BY member.label
),

-- The same number in two spellings speaks against nobody.
opposed AS (
    SELECT DISTINCT a.label
    FROM size
    INNER JOIN members AS a ON size.label = a.label
    INNER JOIN members AS b ON a.label = b.label AND a.account_id < b.account_id
    INNER JOIN canon.drivers_index AS one ON a.account_id = one.account_id
    INNER JOIN canon.drivers_index AS other ON b.account_id = other.account_id
    WHERE
        size.licences > 1
        AND a.block != b.block
        AND canon.is_other_licence(one.license_norm, other.license_norm)
),

-- Within a block the last word counts, and a block is part of one component only.
denied AS (
    SELECT
        a.label,
        CASE WHEN a.block = b.block THEN a.block END AS block,
        max(pair.decision_id) AS decision_id
    FROM decided_pairs AS pair
    INNER JOIN members AS a ON pair.account_a = a.account_id
    INNER JOIN members AS b ON pair.account_b = b.account_id
    WHERE NOT pair.is_same AND a.label = b.label
    GROUP BY a.label, CASE WHEN a.block = b.block THEN a.block END
),

made AS (
    SELECT
        member.block,
        max(pair.decision_id) AS decision_id
    FROM decided_pairs AS pair
    INNER JOIN members AS member ON pair.account_a = member.account_id
    WHERE pair.is_same
    GROUP BY member.block
),

spoken AS (
    SELECT
        denied.label,
        bool_or(denied.block IS NULL) AS is_denied,
        array_agg(denied.block) FILTER (
            WHERE denied.decision_id > made.decision_id
        ) AS torn_blocks
    FROM denied
    LEFT JOIN made ON denied.block = made.block
    GROUP BY denied.label
)

SELECT
    size.label,
    spoken.torn_blocks,
    CASE
        WHEN spoken.torn_blocks IS NOT NULL THEN 'DECISIONS_CONTRADICT'
        WHEN spoken.is_denied THEN 'DENIED_PAIR'
        WHEN size.accounts > 4 THEN 'TOO_MANY_ACCOUNTS'
        WHEN
            opposed.label IS NOT NULL
            AND size.licences - 1 > coalesce(agreed.licence_pairs, 0)
            THEN 'DIFFERENT_LICENCES'
    END AS refused_reason
FROM size
LEFT JOIN agreed ON size.label = agreed.label
LEFT JOIN opposed ON size.label = opposed.label
LEFT JOIN spoken ON size.label = spoken.label
