-- Writes  pg_temp.true_accounts, pg_temp.true_leads: who is who, as somebody told by driver_id; the
--         accounts of one person are taken for one person.
-- Reads   pg_temp.told_leads, canon.drivers_index
-- Rerun   dropped with the session.
CREATE TEMPORARY TABLE true_accounts AS
SELECT
    account.driver_id,
    dense_rank() OVER (ORDER BY account.person_key) AS person_no
FROM canon.drivers_index AS account;
CREATE TEMPORARY VIEW true_leads AS
SELECT
    told.source_table,
    told.source_pk,
    account.person_no
FROM told_leads AS told
LEFT JOIN true_accounts AS account ON told.driver_id = account.driver_id
