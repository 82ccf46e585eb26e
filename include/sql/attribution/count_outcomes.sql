-- Returns one row per rule and outcome among the people who have events: how many they are.
-- Reads   pg_temp.judged
SELECT
    judged.attribution_rule,
    CASE
        WHEN judged.is_current THEN 'unchanged'
        WHEN judged.is_known THEN 'updated'
        ELSE 'inserted'
    END AS outcome,
    count(*) AS people
FROM judged
GROUP BY judged.attribution_rule, outcome
ORDER BY judged.attribution_rule ASC, outcome ASC
