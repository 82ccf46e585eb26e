-- Writes  canon.identity_unmatched: rows of leads that have somebody now, or are gone.
-- Reads   pg_temp.decided, pg_temp.departed, pg_temp.lead_news
-- Rerun   safe: resolved rows are left alone.
WITH
settled AS (
    SELECT
        decided.source_table,
        decided.source_pk
    FROM decided
    WHERE decided.person_key IS NOT NULL
    UNION
    SELECT
        departed.source_table,
        departed.source_pk
    FROM departed
    WHERE
        NOT EXISTS (
            SELECT 1 FROM decided
            WHERE
                decided.source_table = departed.source_table
                AND decided.source_pk = departed.source_pk
        )
    UNION
    SELECT
        news.old_source_table AS source_table,
        news.old_source_pk AS source_pk
    FROM lead_news AS news
    WHERE
        (news.old_source_table, news.old_source_pk)
        != (news.source_table, news.source_pk)
        AND NOT EXISTS (
            SELECT 1 FROM decided
            WHERE
                decided.source_table = news.old_source_table
                AND decided.source_pk = news.old_source_pk
        )
)

UPDATE canon.identity_unmatched AS unmatched
SET
    status = 'RESOLVED',
    resolved_at = %(read_at)s::timestamptz,
    run_id = %(run_id)s::bigint
FROM settled
WHERE
    unmatched.source_table = settled.source_table
    AND unmatched.source_pk = settled.source_pk
    AND unmatched.status != 'RESOLVED'
