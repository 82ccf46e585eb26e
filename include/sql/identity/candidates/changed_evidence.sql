-- Writes  pg_temp.changed_evidence: one row per account whose leads must be judged again: those that
--         changed, and all of each person of which one changed, or that gained or lost one. None while
--         all leads are new: they are judged anyway.
-- Reads   pg_temp.changed_accounts, pg_temp.moved_accounts, canon.drivers_index
-- Rerun   dropped with the run.
CREATE TEMPORARY TABLE changed_evidence ON COMMIT DROP AS
SELECT changed.account_id
FROM changed_accounts AS changed
WHERE NOT %(are_leads_new)s::boolean
UNION
SELECT account.account_id
FROM (
    SELECT moved.person_key
    FROM moved_accounts AS moved
    UNION
    SELECT moved.old_person_key
    FROM moved_accounts AS moved
    UNION
    SELECT kept.person_key
    FROM changed_accounts AS changed
    INNER JOIN canon.drivers_index AS kept ON changed.account_id = kept.account_id
    -- Others are connected with no account.
    WHERE kept.component_id IS NOT NULL
) AS touched
INNER JOIN canon.drivers_index AS account ON touched.person_key = account.person_key
WHERE NOT %(are_leads_new)s::boolean
