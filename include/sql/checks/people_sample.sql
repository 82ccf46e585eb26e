-- Writes  pg_temp.checked_people: a hundred people with figures, others each time.
-- Reads   observational.conversion_metrics
-- Rerun   taken back after the checks; other people.
-- Note    those who follow a random key, and the first ones when too few do. Keys are spread evenly, and
--         the key's index costs the same however many people there are.
CREATE TEMPORARY TABLE checked_people AS
WITH
place AS MATERIALIZED (
    SELECT gen_random_uuid() AS person_key
),

following AS MATERIALIZED (
    SELECT metric.person_key
    FROM observational.conversion_metrics AS metric
    WHERE metric.person_key >= (SELECT place.person_key FROM place)
    ORDER BY metric.person_key ASC
    LIMIT 100
),

first_ones AS (
    SELECT metric.person_key
    FROM observational.conversion_metrics AS metric
    WHERE (SELECT count(*) FROM following) < 100
    ORDER BY metric.person_key ASC
    LIMIT 100
)

SELECT following.person_key FROM following
UNION
SELECT first_ones.person_key FROM first_ones
