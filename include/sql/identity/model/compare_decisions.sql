-- Returns one row per source, rule and kind of change: how many leads the judged model would link, unlink, move
--         to another person, or trust more or less than now.
-- Reads   pg_temp.decided, canon.identity_links
WITH
compared AS (
    SELECT
        decided.source_table,
        CASE
            WHEN decided.person_key IS NOT NULL THEN decided.match_rule
            ELSE link.match_rule
        END AS match_rule,
        CASE
            WHEN link.person_key IS NULL THEN 'linked'
            WHEN decided.person_key IS NULL THEN 'unlinked'
            WHEN decided.person_key != link.person_key THEN 'moved'
            WHEN decided.confidence_level = link.confidence_level THEN 'unchanged'
            WHEN decided.confidence_level = 'HIGH' THEN 'raised'
            ELSE 'lowered'
        END AS change
    FROM decided
    LEFT JOIN canon.identity_links AS link
        ON
        decided.source_table = link.source_table
        AND decided.source_pk = link.source_pk
    WHERE decided.person_key IS NOT NULL OR link.person_key IS NOT NULL
)

SELECT
    compared.source_table,
    compared.match_rule,
    compared.change,
    count(*) AS leads
FROM compared
GROUP BY compared.source_table, compared.match_rule, compared.change
ORDER BY compared.source_table, compared.match_rule, compared.change
