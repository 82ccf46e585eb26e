-- Writes  pg_temp.joined_accounts: one row per touched account, with the person it belongs to now.
-- Reads   pg_temp.members, pg_temp.components, canon.drivers_index
-- Rerun   dropped with the run.
-- Note    the anchor of a person is the account with the least (business date, driver_id): whatever
--         order accounts arrive in, the same accounts give the same key.
CREATE TEMPORARY TABLE joined_accounts ON COMMIT DROP AS
SELECT
    member.account_id,
    CASE
        WHEN count(*) OVER (PARTITION BY member.label) > 1 THEN member.label
    END AS component_id,
    component.refused_reason,
    account.person_key AS old_person_key,
    account.component_id AS old_component_id,
    account.refused_reason AS old_refused_reason,
    first_value(account.account_key) OVER (
        PARTITION BY
            member.label,
            CASE
                WHEN component.refused_reason IS NULL THEN member.label
                WHEN member.block = any(component.torn_blocks) THEN member.account_id
                ELSE member.block
            END
        ORDER BY account.business_date ASC NULLS LAST, account.driver_id COLLATE "C" ASC -- noqa: RF02,RF03
    ) AS person_key
FROM members AS member
INNER JOIN components AS component ON member.label = component.label
INNER JOIN canon.drivers_index AS account ON member.account_id = account.account_id
