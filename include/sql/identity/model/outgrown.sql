-- Returns one row: the model's version, what it was trained on, and about how much there is now.
-- Reads   canon.identity_models, canon.identity_state, the planner's statistics
SELECT
    model.version,
    model.accounts,
    model.leads,
    (
        SELECT greatest(class.reltuples, 0)::bigint
        FROM pg_class AS class
        WHERE class.oid = 'canon.drivers_index'::regclass
    ) AS accounts_now,
    (
        SELECT greatest(class.reltuples, 0)::bigint
        FROM pg_class AS class
        WHERE class.oid = 'canon.lead_keys'::regclass
    ) AS leads_now
FROM canon.identity_models AS model
INNER JOIN canon.identity_state AS state ON model.version = state.model_version
