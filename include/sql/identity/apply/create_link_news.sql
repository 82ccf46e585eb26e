-- Writes  pg_temp.link_news: one row per account or lead whose link is to be as said here; person_key NULL
--         closes it. Those whose link is so already are left out.
-- Reads   pg_temp.decided, pg_temp.departed, pg_temp.lead_news, pg_temp.account_news,
--         pg_temp.moved_accounts, pg_temp.joined_accounts, pg_temp.decided_pairs,
--         canon.account_edges, canon.drivers_index, canon.identity_links
-- Rerun   dropped with the run.
CREATE TEMPORARY TABLE link_news ON COMMIT DROP AS
WITH
account AS (
    SELECT account_id FROM account_news
    UNION
    SELECT account_id FROM moved_accounts
    UNION
    SELECT account_id FROM joined_accounts
),

size AS (
    SELECT
        member.person_key,
        count(*) AS accounts
    FROM canon.drivers_index AS member
    WHERE
        member.person_key IN (
            SELECT kept.person_key
            FROM account
            INNER JOIN
                canon.drivers_index AS kept
                ON account.account_id = kept.account_id
        )
    GROUP BY member.person_key
),

tied AS (
    SELECT
        tie.account_id,
        to_jsonb(array_agg(DISTINCT tie.edge_rule ORDER BY tie.edge_rule)) AS edge_rules
    FROM (
        SELECT
            edge.account_a AS account_id,
            edge.edge_rule
        FROM canon.account_edges AS edge
        INNER JOIN account ON edge.account_a = account.account_id
        UNION ALL
        SELECT
            edge.account_b AS account_id,
            edge.edge_rule
        FROM canon.account_edges AS edge
        INNER JOIN account ON edge.account_b = account.account_id
    ) AS tie
    GROUP BY tie.account_id
),

wanted AS (
    SELECT
        'drivers' AS source_table,
        kept.driver_id AS source_pk,
        kept.person_key,
        kept.snapshot_at::date AS snapshot_date,
        CASE WHEN manual.account_id IS NULL THEN 'DRIVER_ID' ELSE 'MANUAL' END
            AS match_rule,
        100 AS match_score,
        'HIGH' AS confidence_level,
        jsonb_strip_nulls(jsonb_build_object(
            'accounts', size.accounts,
            'joined_by', tied.edge_rules,
            'not_joined', kept.refused_reason
        )) AS evidence,
        NULL::bigint AS event_id
    FROM account
    INNER JOIN canon.drivers_index AS kept ON account.account_id = kept.account_id
    INNER JOIN size ON kept.person_key = size.person_key
    LEFT JOIN tied ON kept.account_id = tied.account_id
    LEFT JOIN ( -- noqa: ST05
        SELECT pair.account_a AS account_id FROM decided_pairs AS pair
        WHERE pair.is_same
        UNION
        SELECT pair.account_b AS account_id FROM decided_pairs AS pair
        WHERE pair.is_same
    ) AS manual ON kept.account_id = manual.account_id
    UNION ALL
    SELECT
        decided.source_table,
        decided.source_pk,
        decided.person_key,
        decided.snapshot_date,
        decided.match_rule,
        decided.match_score,
        decided.confidence_level,
        decided.evidence,
        decided.event_id
    FROM decided
    UNION ALL
    -- Under the key that a corrected lead had before, unless another lead has it now.
    SELECT
        news.old_source_table AS source_table,
        news.old_source_pk AS source_pk,
        NULL AS person_key,
        NULL AS snapshot_date,
        NULL AS match_rule,
        NULL AS match_score,
        NULL AS confidence_level,
        NULL AS evidence,
        news.event_id
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
    UNION ALL
    SELECT
        departed.source_table,
        departed.source_pk,
        NULL AS person_key,
        NULL AS snapshot_date,
        NULL AS match_rule,
        NULL AS match_score,
        NULL AS confidence_level,
        NULL AS evidence,
        departed.event_id
    FROM departed
    WHERE NOT EXISTS (
        SELECT 1 FROM decided
        WHERE
            decided.source_table = departed.source_table
            AND decided.source_pk = departed.source_pk
    )
)

SELECT
    wanted.*,
    link.person_key AS old_person_key,
    (link.source_pk IS NOT NULL) AS is_known,
    (
        link.source_pk IS NOT NULL
        AND (
            link.person_key, link.match_rule, link.match_score, link.confidence_level
        ) IS DISTINCT FROM (
            wanted.person_key,
            wanted.match_rule,
            wanted.match_score,
            wanted.confidence_level
        )
    ) AS is_new_version
FROM wanted
LEFT JOIN canon.identity_links AS link
    ON
    wanted.source_table = link.source_table
    AND wanted.source_pk = link.source_pk
WHERE
    (wanted.person_key IS NOT NULL OR link.source_pk IS NOT NULL)
    AND (
        link.person_key, link.snapshot_date, link.match_rule, link.match_score,
        link.confidence_level, link.evidence
    ) IS DISTINCT FROM (
        wanted.person_key, wanted.snapshot_date, wanted.match_rule, wanted.match_score,
        wanted.confidence_level, wanted.evidence
    )
