-- Writes  canon.identity_decisions: one decision is withdrawn.
-- Reads   -
-- Rerun   safe: one that was withdrawn before is left alone.
UPDATE canon.identity_decisions
SET
    undone_at = %(decided_at)s::timestamptz,
    undone_by = %(decided_by)s::varchar,
    undone_reason = %(reason)s::text
WHERE id = %(number)s::bigint AND undone_at IS NULL
