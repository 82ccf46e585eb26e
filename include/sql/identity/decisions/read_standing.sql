-- Returns one row per account or lead asked for: as the tables have it now.
-- Reads   canon.identity_links, canon.identity_unmatched
SELECT
    asked.source_table,
    asked.source_pk,
    link.person_key,
    link.match_rule,
    link.confidence_level,
    CASE WHEN link.person_key IS NULL THEN unmatched.reason_code END AS reason_code
FROM
    unnest(
        %(sources)s::varchar[], %(pks)s::varchar[]
    ) AS asked (source_table, source_pk)
LEFT JOIN canon.identity_links AS link
    ON asked.source_table = link.source_table AND asked.source_pk = link.source_pk
LEFT JOIN canon.identity_unmatched AS unmatched
    ON
    asked.source_table = unmatched.source_table
    AND asked.source_pk = unmatched.source_pk
    AND unmatched.status != 'RESOLVED'
