-- Returns one row per model, the newest first: when and on what it was trained, whether it is in use, and how
--         many leads a re-score that is not finished has judged with it.
-- Reads   canon.identity_models, canon.identity_state, canon.identity_rescores
SELECT
    model.version,
    model.trained_at,
    model.accounts,
    model.people,
    model.leads,
    coalesce(model.version = state.model_version, false) AS is_in_use,
    (
        SELECT count(*) FROM canon.identity_rescores AS kept
        WHERE kept.version = model.version
    ) AS rescored
FROM canon.identity_models AS model
CROSS JOIN canon.identity_state AS state
ORDER BY model.version DESC
