-- Writes  canon.identity_model_parameters: one prior per source: the share of its leads that have an
--         account, as the posteriors under the former prior say.
-- Reads   pg_temp.dirty_leads, pg_temp.posteriors, canon.lead_keys
-- Rerun   repeat; it settles (expectation maximisation).
INSERT INTO canon.identity_model_parameters (
    version, parameter, value, shipped, support
)
SELECT
    %(model_version)s::integer,
    'prior.' || lead.source_table,
    least(greatest(
        (sum(coalesce(found.posterior, 0)) + 50 * 0.75) / (count(*) + 50), 0.05
    ), 0.95),
    0.75,
    count(*)
FROM dirty_leads AS dirty
INNER JOIN canon.lead_keys AS lead ON dirty.event_id = lead.event_id
LEFT JOIN (
    SELECT
        candidate.event_id,
        sum(candidate.posterior) AS posterior
    FROM posteriors AS candidate
    GROUP BY candidate.event_id
) AS found ON dirty.event_id = found.event_id
WHERE
    NOT lead.has_driver_id
    AND num_nonnulls(lead.phone_norm, lead.license_norm, lead.plate_norm) > 0
GROUP BY lead.source_table
ON CONFLICT (version, parameter) DO UPDATE
    SET
        value = excluded.value,
        support = excluded.support
