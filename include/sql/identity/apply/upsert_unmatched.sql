-- Writes  canon.identity_unmatched: one row per judged lead that has nobody, and why.
-- Reads   pg_temp.decided, canon.identity_unmatched
-- Rerun   safe: a lead that is unmatched for the same reason is left out before the write.
INSERT INTO canon.identity_unmatched AS kept (
    source_table,
    source_pk,
    snapshot_date,
    reason_code,
    details,
    candidates_preview,
    status,
    created_at, resolved_at, run_id
)
SELECT
    decided.source_table,
    decided.source_pk,
    decided.snapshot_date,
    decided.reason_code,
    decided.evidence,
    decided.candidates_preview,
    CASE WHEN decided.reason_code = 'IGNORED' THEN 'IGNORED' ELSE 'OPEN' END AS status,
    %(read_at)s::timestamptz AS created_at,
    CASE
        WHEN decided.reason_code = 'IGNORED' THEN %(read_at)s::timestamptz
    END AS resolved_at,
    %(run_id)s::bigint AS run_id
FROM decided
LEFT JOIN canon.identity_unmatched AS known
    ON decided.source_table = known.source_table AND decided.source_pk = known.source_pk
WHERE
    decided.person_key IS NULL
    AND (
        known.snapshot_date, known.reason_code, known.details, known.candidates_preview,
        known.status
    ) IS DISTINCT FROM (
        decided.snapshot_date, decided.reason_code, decided.evidence,
        decided.candidates_preview,
        CASE WHEN decided.reason_code = 'IGNORED' THEN 'IGNORED' ELSE 'OPEN' END
    )
ON CONFLICT (source_table, source_pk) DO UPDATE
    SET
        snapshot_date = excluded.snapshot_date,
        reason_code = excluded.reason_code,
        details = excluded.details,
        candidates_preview = excluded.candidates_preview,
        status = excluded.status,
        -- Open anew after it was resolved: its age counts from now.
        created_at = CASE
            WHEN kept.status = 'RESOLVED' THEN excluded.created_at
            ELSE kept.created_at
        END,
        resolved_at = excluded.resolved_at,
        run_id = excluded.run_id
