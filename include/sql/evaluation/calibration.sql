-- Returns one row per range of posteriors of the best candidate: how many scored leads are in it, what the
--         posteriors promise on average, and how often the candidate is right.
-- Reads   pg_temp.judged_leads
WITH
edge AS (
    SELECT
        bound.floor,
        coalesce(lead(bound.floor) OVER (ORDER BY bound.floor), 1.1) AS ceiling
    FROM
        unnest(
            ARRAY[0, .1, .2, .3, .4, .5, .6, .7, .8, .9, .99, .999]
        ) AS bound (floor)
)

SELECT
    edge.floor::double precision AS from_posterior,
    least(edge.ceiling, 1)::double precision AS to_posterior,
    count(*) AS leads,
    avg(judged.posterior) AS promised,
    avg(judged.is_best_right::integer)::double precision AS share_right
FROM edge
INNER JOIN judged_leads AS judged
    ON edge.floor <= judged.posterior AND edge.ceiling > judged.posterior
WHERE NOT judged.has_driver_id
GROUP BY edge.floor, edge.ceiling
ORDER BY edge.floor
