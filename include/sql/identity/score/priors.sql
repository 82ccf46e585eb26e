-- Writes  pg_temp.priors: one row per source: how likely its leads have an account at all.
-- Reads   canon.identity_model_parameters, pg_temp.scores
-- Rerun   dropped with the run.
CREATE TEMPORARY TABLE priors ON COMMIT DROP AS
SELECT
    source.source_table,
    (
        SELECT
            coalesce(
                max(parameter.value) FILTER (
                    WHERE parameter.parameter = 'prior.' || source.source_table
                ),
                max(parameter.value) FILTER (WHERE parameter.parameter = 'prior')
            )
        FROM canon.identity_model_parameters AS parameter
        WHERE parameter.version = %(model_version)s::integer
    ) AS prior
FROM (SELECT DISTINCT source_table FROM scores) AS source
