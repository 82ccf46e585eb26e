-- Sets    how known rows are found for the scan: one by one through their index when the scan takes a
--         small part of the history, in one pass over all of them otherwise. The planner cannot tell:
--         it counts a row that several arms of the scan bring several times.
-- Reads   ops.source_coverage
SELECT
    set_config('enable_hashjoin', choice.is_in_one_pass, true) AS enable_hashjoin,
    set_config('enable_mergejoin', choice.is_in_one_pass, true) AS enable_mergejoin
FROM (
    SELECT
        CASE
            WHEN
                5 * (
                    (%(scan_to)s::date - %(scan_from)s::date)
                    + (%(rotation_to)s::date - %(rotation_from)s::date)
                ) < count(*)
                THEN 'off'
            ELSE 'on'
        END AS is_in_one_pass
    FROM ops.source_coverage AS coverage
    WHERE coverage.source_table = %(source_table)s::varchar
) AS choice
