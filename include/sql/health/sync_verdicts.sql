-- Writes  ops.verdict_texts: one row per verdict and language, as the texts say it.
-- Reads   nothing else
-- Rerun   safe: rows that are as they should be stay untouched.
WITH
written AS (
    SELECT written.*
    FROM jsonb_to_recordset(%(texts)s::jsonb) AS written (
        verdict varchar,
        language varchar,
        sentence text,
        action text
    )
),

removed AS (
    DELETE FROM ops.verdict_texts AS known
    WHERE NOT EXISTS (
        SELECT 1
        FROM written
        WHERE
            written.verdict = known.verdict
            AND written.language = known.language
    )
)

INSERT INTO ops.verdict_texts AS known (verdict, language, sentence, action)
SELECT
    written.verdict,
    written.language,
    written.sentence,
    written.action
FROM written
ON CONFLICT (verdict, language) DO UPDATE SET
    sentence = excluded.sentence,
    action = excluded.action
WHERE
(known.sentence, known.action) IS DISTINCT FROM (excluded.sentence, excluded.action)
