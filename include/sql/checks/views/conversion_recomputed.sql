-- Claim     A conversion row that is reckoned from scratch, plainly and for itself, is the same.
-- Severity  error
-- Scope     people
-- Reads     pg_temp.checked_people, pg_temp.checked_conversion, canon.drivers_index, ops.driver_days
-- Note      of many people, some; others each time.
WITH
sample AS (
    SELECT checked.person_key
    FROM checked_people AS checked
    WHERE
        random() < 200.0 / greatest((SELECT count(*) FROM checked_people), 1)
    LIMIT 200 -- noqa: AM09
),

plain AS (
    SELECT
        metric.person_key,
        metric.origin_tag,
        coalesce(sum(work.trip_count) FILTER (
            WHERE work.work_date - metric.lead_date BETWEEN 0 AND 6
        ), 0) AS trips_7d,
        coalesce(sum(work.trip_count) FILTER (
            WHERE work.work_date - metric.lead_date BETWEEN 0 AND 13
        ), 0) AS trips_14d,
        coalesce(sum(work.trip_count) FILTER (
            WHERE work.work_date - metric.lead_date BETWEEN 0 AND 29
        ), 0) AS trips_30d,
        min(work.work_date) FILTER (WHERE work.work_seconds > 0)
            AS first_connection_date,
        min(work.work_date) FILTER (WHERE work.trip_count > 0) AS first_trip_date
    FROM sample
    INNER JOIN checked_conversion AS metric
        ON sample.person_key = metric.person_key
    INNER JOIN canon.drivers_index AS account ON metric.person_key = account.person_key
    LEFT JOIN ops.driver_days AS work
        ON account.driver_id = work.driver_id AND metric.lead_date <= work.work_date
    GROUP BY metric.person_key, metric.origin_tag
)

SELECT
    plain.person_key,
    plain.origin_tag
FROM plain
INNER JOIN checked_conversion AS metric
    ON plain.person_key = metric.person_key AND plain.origin_tag = metric.origin_tag
WHERE
    (
        plain.trips_7d, plain.trips_14d, plain.trips_30d, plain.first_connection_date,
        plain.first_trip_date
    ) IS DISTINCT FROM (
        metric.trips_7d,
        metric.trips_14d,
        metric.trips_30d,
        metric.first_connection_date,
        metric.first_trip_date
    )
