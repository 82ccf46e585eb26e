-- Returns one row per parameter of either model: its value in both, the shipped default, and on how many
--         observations the new one was estimated.
-- Reads   canon.identity_model_parameters
WITH
params AS (
    SELECT
        %(old_version)s::integer AS old_version,
        %(model_version)s::integer AS model_version
)

SELECT
    parameter.parameter,
    max(parameter.value) FILTER (
        WHERE parameter.version = params.old_version
    ) AS old_value,
    max(parameter.value) FILTER (
        WHERE parameter.version = params.model_version
    ) AS new_value,
    max(parameter.shipped) AS shipped,
    coalesce(max(parameter.support) FILTER (
        WHERE parameter.version = params.model_version
    ), 0) AS support
FROM canon.identity_model_parameters AS parameter
INNER JOIN params
    ON parameter.version IN (params.old_version, params.model_version)
GROUP BY parameter.parameter
ORDER BY parameter.parameter
