-- Writes  pg_temp.decided: also what was decided in the batches of the re-score.
-- Reads   canon.identity_rescores
-- Rerun   once per run: leads that were judged in this run are not in it any more.
INSERT INTO decided (
    event_id, source_table, source_pk, snapshot_date, person_key, match_rule,
    match_score, confidence_level, evidence, reason_code, candidates_preview
)
SELECT
    kept.event_id,
    said.source_table,
    said.source_pk,
    said.snapshot_date,
    said.person_key,
    said.match_rule,
    said.match_score,
    said.confidence_level,
    said.evidence,
    said.reason_code,
    said.candidates_preview
FROM canon.identity_rescores AS kept
CROSS JOIN
    LATERAL jsonb_to_record(kept.decided) AS said (
        source_table varchar,
        source_pk varchar,
        snapshot_date date,
        person_key uuid,
        match_rule text,
        match_score integer,
        confidence_level text,
        evidence jsonb,
        reason_code text,
        candidates_preview jsonb
    )
WHERE kept.version = %(model_version)s::integer
