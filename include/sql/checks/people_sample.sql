-- Writes  pg_temp.checked_people: a hundred people or so with figures, others each time.
-- Reads   observational.conversion_metrics
-- Rerun   taken back after the checks; other people.
-- Note    two blocks of the table, from any one on.
CREATE TEMPORARY TABLE checked_people AS
WITH
place AS MATERIALIZED (
    SELECT
        floor(
            random() * greatest(
                pg_relation_size('observational.conversion_metrics')
                / current_setting('block_size')::integer - 1, 1
            )
        )::integer AS block
)

SELECT DISTINCT metric.person_key
FROM observational.conversion_metrics AS metric
WHERE
    metric.ctid >= (SELECT ('(' || place.block || ',0)')::tid FROM place)
    AND metric.ctid < (SELECT ('(' || place.block + 2 || ',0)')::tid FROM place)
