-- Returns one row per run that the page started, among those that are asked for.
-- Reads   ops.page_actions
SELECT
    action.dag_run_id,
    action.acted_by,
    action.acted_at,
    action.request
FROM ops.page_actions AS action
WHERE
    action.outcome = 'started'
    AND action.id IN (SELECT unnest(%(numbers)s::bigint[])::bigint)
ORDER BY action.id
