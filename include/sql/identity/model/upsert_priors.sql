-- Writes  canon.identity_model_parameters: one prior per source: the share of its leads that have an
--         account, as the posteriors under the former prior say.
-- Reads   pg_temp.lead_odds
-- Rerun   repeat; it settles (expectation maximisation).
INSERT INTO canon.identity_model_parameters (
    version, parameter, value, shipped, support
)
SELECT
    %(model_version)s::integer AS version,
    'prior.' || lead.source_table AS parameter,
    least(
        greatest(
            (
                sum(
                    former.prior * lead.odds
                    / (former.prior * lead.odds + 1 - former.prior)
                )
                + 50 * former.prior_shipped
            ) / (count(*) + 50),
            0.05
        ),
        0.95
    ) AS value,
    former.prior_shipped AS shipped,
    count(*) AS support
FROM lead_odds AS lead
INNER JOIN ( -- noqa: ST05
    SELECT
        source.source_table,
        coalesce(own.value, general.value) AS prior,
        general.shipped AS prior_shipped
    FROM (SELECT DISTINCT odds.source_table FROM lead_odds AS odds) AS source
    INNER JOIN canon.identity_model_parameters AS general
        ON
        general.version = %(model_version)s::integer
        AND general.parameter = 'prior'
    LEFT JOIN canon.identity_model_parameters AS own
        ON
        own.version = %(model_version)s::integer
        AND own.parameter = 'prior.' || source.source_table
) AS former ON lead.source_table = former.source_table
GROUP BY lead.source_table, former.prior_shipped
ON CONFLICT (version, parameter) DO UPDATE
    SET
        value = excluded.value,
        support = excluded.support
