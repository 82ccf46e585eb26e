-- Writes  pg_temp.posteriors: one row per dirty lead and candidate person, with the probability that it is
--         them, reckoned over all its candidates and nobody.
-- Reads   pg_temp.scores, pg_temp.priors, pg_temp.weights
-- Rerun   dropped with the run.
CREATE TEMPORARY TABLE posteriors ON COMMIT DROP AS
WITH
weighed AS (
    SELECT
        score.*,
        known.prior,
        known.prior / weight.people * power(2, score.bits) AS odds
    FROM scores AS score
    INNER JOIN priors AS known ON score.source_table = known.source_table
    CROSS JOIN weights AS weight
),

shared AS (
    SELECT
        weighed.*,
        weighed.odds / (
            -- Always in the same order: sums of fractions depend on it.
            sum(weighed.odds) OVER (
                PARTITION BY weighed.event_id
                ORDER BY weighed.odds, weighed.person_key
                ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
            ) + 1 - weighed.prior
        ) AS posterior
    FROM weighed
)

SELECT
    shared.*,
    sum(shared.posterior) OVER (
        standing ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) AS somebody_posterior,
    row_number() OVER standing AS place,
    count(*) OVER (PARTITION BY shared.event_id) AS candidates,
    lead(shared.person_key) OVER standing AS runner_up,
    lead(shared.posterior) OVER standing AS runner_up_posterior
FROM shared
WINDOW
    standing AS (
        PARTITION BY shared.event_id
        ORDER BY
            shared.posterior DESC,
            shared.days_apart ASC NULLS LAST,
            shared.is_home DESC,
            shared.driver_id COLLATE "C" ASC -- noqa: RF02,RF03
    )
