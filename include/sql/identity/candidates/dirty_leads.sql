-- Writes  pg_temp.dirty_leads: one row per lead to judge: new and changed ones, those that share a key,
--         as it was or as it is, with an account whose evidence changed, those linked to a person
--         that changed, and those that a decision is about.
-- Reads   pg_temp.lead_news, pg_temp.changed_evidence, pg_temp.changed_accounts,
--         pg_temp.changed_name_keys, pg_temp.moved_accounts, pg_temp.new_decisions,
--         canon.lead_keys, canon.lead_name_keys, canon.drivers_index, canon.name_key_places,
--         canon.identity_links, canon.identity_decisions
-- Rerun   dropped with the run.
CREATE TEMPORARY TABLE dirty_leads ON COMMIT DROP AS
WITH
evidence AS MATERIALIZED (
    SELECT
        account.phone_norm,
        account.license_norm,
        account.plate_norm,
        account.driver_id
    FROM changed_evidence AS changed
    INNER JOIN canon.drivers_index AS account ON changed.account_id = account.account_id
    UNION
    SELECT
        changed.old_phone_norm,
        changed.old_license_norm,
        changed.old_plate_norm,
        changed.driver_id
    FROM changed_accounts AS changed
    -- No other lead can be concerned while all are new.
    WHERE NOT changed.is_new AND NOT %(are_leads_new)s::boolean
),

name_key AS MATERIALIZED (
    SELECT
        changed.name_key,
        changed.hire_date
    FROM changed_name_keys AS changed
    WHERE NOT %(are_leads_new)s::boolean
    UNION
    -- Of accounts that did not change, but whose person did.
    SELECT
        canon.name_key(
            account.model_short,
            account.name_tokens[place.first],
            account.name_tokens[place.second],
            account.name_tokens[place.third]
        ) AS name_key,
        account.hire_date
    FROM changed_evidence AS changed
    INNER JOIN canon.drivers_index AS account ON changed.account_id = account.account_id
    INNER JOIN canon.name_key_places AS place
        ON least(cardinality(account.name_tokens), 7) = place.tokens
    WHERE
        changed.account_id NOT IN (
            SELECT changed_accounts.account_id FROM changed_accounts
        )
        AND account.hire_date IS NOT NULL
        AND (place.third IS NOT NULL OR account.model_short IS NOT NULL)
)

SELECT news.event_id
FROM lead_news AS news
UNION
SELECT lead.event_id
FROM evidence
INNER JOIN canon.lead_keys AS lead ON evidence.phone_norm = lead.phone_norm
UNION
SELECT lead.event_id
FROM evidence
INNER JOIN canon.lead_keys AS lead ON evidence.license_norm = lead.license_norm
UNION
SELECT lead.event_id
FROM evidence
INNER JOIN canon.lead_keys AS lead ON evidence.plate_norm = lead.plate_norm
UNION
SELECT lead.event_id
FROM evidence
INNER JOIN canon.lead_keys AS lead ON btrim(evidence.driver_id) = lead.driver_id
UNION
SELECT kept.event_id
FROM name_key
INNER JOIN canon.lead_name_keys AS kept ON name_key.name_key = kept.name_key
INNER JOIN canon.lead_keys AS lead ON kept.event_id = lead.event_id
WHERE lead.event_date BETWEEN name_key.hire_date - 90 AND name_key.hire_date + 90
UNION
SELECT lead.event_id
FROM moved_accounts AS moved
INNER JOIN canon.identity_links AS link ON moved.old_person_key = link.person_key
INNER JOIN canon.lead_keys AS lead
    ON link.source_table = lead.source_table AND link.source_pk = lead.source_pk
UNION
SELECT lead.event_id
FROM new_decisions AS news
INNER JOIN canon.identity_decisions AS decision ON news.id = decision.id
INNER JOIN canon.lead_keys AS lead
    ON
    decision.source_table = lead.source_table
    AND decision.source_pk = lead.source_pk
WHERE decision.decision IN ('confirm', 'ignore')
UNION
SELECT lead.event_id
FROM changed_accounts AS changed
INNER JOIN canon.identity_decisions AS decision ON changed.driver_id = decision.driver_a
INNER JOIN canon.lead_keys AS lead
    ON
    decision.source_table = lead.source_table
    AND decision.source_pk = lead.source_pk
WHERE
    decision.decision IN ('confirm', 'ignore')
    AND decision.undone_at IS NULL
