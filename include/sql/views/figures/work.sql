-- Writes  pg_temp.person_days: one row per touched person, origin and day of work from the lead date on,
--         over all accounts, with the trips so far. Each day of an account counts once.
-- Reads   pg_temp.person_leads, canon.drivers_index, ops.driver_days
-- Rerun   dropped with the run.
-- Note    person by person, so that never more than one person's days are put in order.
CREATE TEMPORARY TABLE person_days ON COMMIT DROP AS
WITH
since AS (
    SELECT
        lead.person_key,
        min(lead.lead_date) AS lead_date
    FROM person_leads AS lead
    GROUP BY lead.person_key
    ORDER BY lead.person_key
),

day AS (
    SELECT
        since.person_key,
        work.work_date,
        sum(work.trip_count)::integer AS trips,
        sum(work.work_seconds) AS work_seconds
    FROM since
    INNER JOIN canon.drivers_index AS account ON since.person_key = account.person_key
    INNER JOIN ops.driver_days AS work
        ON account.driver_id = work.driver_id AND since.lead_date <= work.work_date
    GROUP BY since.person_key, work.work_date
    ORDER BY since.person_key, work.work_date
)

SELECT
    lead.person_key,
    lead.origin_tag,
    lead.lead_date,
    day.work_date,
    day.trips,
    day.work_seconds,
    (
        sum(day.trips) OVER (
            PARTITION BY lead.person_key, lead.origin_tag
            ORDER BY day.work_date
        )
    )::integer AS trips_so_far
FROM person_leads AS lead
INNER JOIN day
    ON lead.person_key = day.person_key AND lead.lead_date <= day.work_date
