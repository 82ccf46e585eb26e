-- Returns one row: when the figures were published, and whether something of a person changed since.
-- Reads   ops.view_state, canon.stale_people
SELECT
    state.published_at,
    mark.person_key IS NOT NULL AS is_pending
FROM ops.view_state AS state
LEFT JOIN canon.stale_people AS mark
    ON mark.consumer = 'views' AND mark.person_key = %(person_key)s::uuid
