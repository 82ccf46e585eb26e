-- Writes  canon.identity_decisions: one decision for a preview that is rolled back, under the greatest
--         number, without taking one from the sequence.
-- Reads   canon.identity_decisions
INSERT INTO canon.identity_decisions (
    id, decision, driver_a, driver_b, source_table, source_pk, decided_by, decided_at
)
SELECT
    coalesce(max(decision.id), 0) + 1 AS id,
    %(decision)s::varchar AS decision,
    %(driver_a)s::varchar AS driver_a,
    %(driver_b)s::varchar AS driver_b,
    %(source_table)s::varchar AS source_table,
    %(source_pk)s::varchar AS source_pk,
    %(decided_by)s::varchar AS decided_by,
    %(decided_at)s::timestamptz AS decided_at
FROM canon.identity_decisions AS decision
