-- Returns one row per group of leads, for resolution and for the predecessor's rules: how many are linked, and how
--         many of these rightly. Groups are all scored leads, sources, and the rules and levels of links;
--         a lead that names its account is scored by nobody, so only its source counts it.
-- Reads   pg_temp.judged_leads, pg_temp.true_accounts
WITH
lead AS (
    SELECT
        judged.*,
        judged.person_no IN (
            SELECT account.person_no FROM true_accounts AS account
        ) AS is_linkable
    FROM judged_leads AS judged
)

SELECT
    part.matcher,
    part.kind,
    part.name,
    count(*) AS leads,
    count(*) FILTER (WHERE lead.is_linkable) AS linkable,
    count(*) FILTER (WHERE part.is_linked) AS linked,
    count(*) FILTER (WHERE part.is_right) AS rightly
FROM lead
CROSS JOIN
    LATERAL (
        VALUES
        (
            'resolution', 'all', 'all scored',
            lead.is_linked, lead.is_right, NOT lead.has_driver_id
        ),
        (
            'resolution', 'source', lead.source_table,
            lead.is_linked, lead.is_right, true
        ),
        (
            'resolution', 'rule', lead.match_rule,
            lead.is_linked, lead.is_right, lead.is_linked
        ),
        (
            'resolution', 'level', lead.confidence_level,
            lead.is_linked, lead.is_right, lead.is_linked AND NOT lead.has_driver_id
        ),
        (
            'rules', 'all', 'all scored',
            lead.is_ruled, lead.is_ruled_right, NOT lead.has_driver_id
        ),
        (
            'rules', 'rule', lead.ruled_rule,
            lead.is_ruled, lead.is_ruled_right, lead.is_ruled
        )
    ) AS part (matcher, kind, name, is_linked, is_right, is_counted)
WHERE part.is_counted
GROUP BY part.matcher, part.kind, part.name
ORDER BY part.matcher, part.kind, part.name
