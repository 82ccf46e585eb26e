-- Writes  canon.drivers_index: component and person of accounts that changed them.
-- Reads   pg_temp.joined_accounts
-- Rerun   safe: the others are left alone.
UPDATE canon.drivers_index AS account
SET
    component_id = joined.component_id,
    person_key = joined.person_key,
    refused_reason = joined.refused_reason
FROM joined_accounts AS joined
WHERE
    account.account_id = joined.account_id
    AND (joined.component_id, joined.person_key, joined.refused_reason)
    IS DISTINCT FROM (
        joined.old_component_id, joined.old_person_key, joined.old_refused_reason
    )
