-- Writes  canon.identity_models: one row: what there is to learn from.
-- Reads   canon.drivers_index, canon.lead_keys
-- Returns its version.
INSERT INTO canon.identity_models (version, trained_at, run_id, accounts, people, leads)
SELECT
    (SELECT coalesce(max(version), 0) + 1 FROM canon.identity_models),
    %(read_at)s::timestamptz,
    %(run_id)s::bigint,
    count(*),
    count(DISTINCT account.person_key),
    (SELECT count(*) FROM canon.lead_keys)
FROM canon.drivers_index AS account
RETURNING version
