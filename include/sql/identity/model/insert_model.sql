-- Writes  canon.identity_models: one row: what there is to learn from.
-- Reads   canon.drivers_index, canon.lead_keys
-- Returns its version.
INSERT INTO canon.identity_models (version, trained_at, run_id, accounts, people, leads)
SELECT
    (
        SELECT coalesce(max(model.version), 0) + 1
        FROM canon.identity_models AS model
    ) AS version,
    %(read_at)s::timestamptz AS trained_at,
    %(run_id)s::bigint AS run_id,
    count(*) AS accounts,
    count(DISTINCT account.person_key) AS people,
    (SELECT count(*) FROM canon.lead_keys) AS leads
FROM canon.drivers_index AS account
RETURNING version
