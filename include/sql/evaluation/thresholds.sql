-- Returns one row per threshold: what precision and recall the scored leads would have if links were accepted
--         from it on.
-- Reads   pg_temp.judged_leads, pg_temp.true_accounts
WITH
linkable AS (
    SELECT count(*) AS leads
    FROM judged_leads AS judged
    WHERE
        NOT judged.has_driver_id
        AND judged.person_no IN (SELECT account.person_no FROM true_accounts AS account)
),

threshold AS (
    SELECT level.threshold
    FROM
        unnest(ARRAY[
            .5, .6, .7, .8, .9, .95, .98,
            .99, .995, .998, .999, .9995, .9998, .9999, .99999
        ]) AS level (threshold)
)

SELECT
    threshold.threshold::double precision AS threshold,
    count(judged.source_pk) AS linked,
    count(judged.source_pk) FILTER (WHERE NOT judged.is_best_right) AS wrong,
    count(judged.source_pk) FILTER (WHERE judged.is_best_right)::double precision
    / greatest(linkable.leads, 1) AS recall
FROM threshold
CROSS JOIN linkable
LEFT JOIN judged_leads AS judged
    ON threshold.threshold <= judged.posterior AND NOT judged.has_driver_id
GROUP BY threshold.threshold, linkable.leads
ORDER BY threshold.threshold
