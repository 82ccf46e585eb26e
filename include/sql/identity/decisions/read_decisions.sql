-- Returns one row per decision, newest first; of some numbers only, when they are given.
-- Reads   canon.identity_decisions
SELECT
    decision.id AS number,
    decision.decision,
    decision.driver_a,
    decision.driver_b,
    decision.source_table,
    decision.source_pk,
    decision.decided_by,
    decision.reason,
    decision.decided_at,
    decision.undone_at,
    decision.undone_by,
    decision.undone_reason,
    decision.applied_run_id
FROM canon.identity_decisions AS decision
WHERE
    (%(numbers)s::bigint[] IS NULL OR decision.id = any(%(numbers)s::bigint[]))
    AND (%(with_undone)s::boolean OR decision.undone_at IS NULL)
ORDER BY decision.id DESC
LIMIT %(limit)s::bigint
