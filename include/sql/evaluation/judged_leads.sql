-- Writes  pg_temp.judged_leads: one row per lead with truth: what resolution made of it, what the
--         predecessor's rules would have, and whether that is right.
-- Reads   pg_temp.true_leads, pg_temp.true_accounts, pg_temp.ruled_leads, canon.lead_keys,
--         canon.drivers_index, canon.identity_links, canon.identity_unmatched
-- Rerun   dropped with the session.
-- Note    a link is right when an account of its person belongs to whoever came.
CREATE TEMPORARY TABLE judged_leads AS
WITH
known AS MATERIALIZED (
    SELECT DISTINCT
        account.person_key,
        truth.person_no
    FROM canon.drivers_index AS account
    INNER JOIN true_accounts AS truth ON account.driver_id = truth.driver_id
),

said AS MATERIALIZED (
    SELECT
        link.source_table,
        link.source_pk,
        link.person_key,
        link.match_rule,
        link.confidence_level,
        link.person_key AS best_key,
        (link.evidence ->> 'posterior')::double precision AS posterior
    FROM canon.identity_links AS link
    WHERE link.source_table != 'drivers'
    UNION ALL
    SELECT
        unmatched.source_table,
        unmatched.source_pk,
        NULL AS person_key,
        NULL AS match_rule,
        NULL AS confidence_level,
        (unmatched.candidates_preview -> 0 ->> 'person_key')::uuid AS best_key,
        (unmatched.candidates_preview -> 0 ->> 'posterior')::double precision
            AS posterior
    FROM canon.identity_unmatched AS unmatched
    WHERE unmatched.status != 'RESOLVED'
)

SELECT
    lead.source_table,
    lead.source_pk,
    lead.person_no,
    kept.event_id,
    coalesce(kept.has_driver_id, false) AS has_driver_id,
    said.person_key,
    said.match_rule,
    said.confidence_level,
    said.posterior,
    said.person_key IS NOT NULL AS is_linked,
    linked.person_no IS NOT NULL AS is_right,
    best.person_no IS NOT NULL AS is_best_right,
    ruled.match_rule AS ruled_rule,
    ruled.driver_id IS NOT NULL AS is_ruled,
    ruled_account.driver_id IS NOT NULL AS is_ruled_right
FROM true_leads AS lead
LEFT JOIN canon.lead_keys AS kept
    ON lead.source_table = kept.source_table AND lead.source_pk = kept.source_pk
LEFT JOIN said
    ON lead.source_table = said.source_table AND lead.source_pk = said.source_pk
LEFT JOIN known AS linked
    ON
    said.person_key = linked.person_key
    AND lead.person_no = linked.person_no
LEFT JOIN known AS best
    ON
    said.best_key = best.person_key
    AND lead.person_no = best.person_no
LEFT JOIN ruled_leads AS ruled ON kept.event_id = ruled.event_id
LEFT JOIN true_accounts AS ruled_account
    ON
    ruled.driver_id = ruled_account.driver_id
    AND lead.person_no = ruled_account.person_no
