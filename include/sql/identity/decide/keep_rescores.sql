-- Writes  canon.identity_rescores: one row per lead of a batch: what the model decided, not in use yet.
-- Reads   pg_temp.decided
-- Rerun   safe: a batch takes only leads that have none.
INSERT INTO canon.identity_rescores (version, event_id, decided)
SELECT
    %(model_version)s::integer,
    decided.event_id,
    to_jsonb(decided) AS decided
FROM decided
