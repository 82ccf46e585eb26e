-- Writes  pg_temp.true_accounts, pg_temp.true_leads: who is who, as the generator wrote it.
-- Reads   truth.accounts, truth.leads
-- Rerun   dropped with the session.
CREATE TEMPORARY VIEW true_accounts AS
SELECT
    account.driver_id,
    account.person_no
FROM truth.accounts AS account;
CREATE TEMPORARY VIEW true_leads AS
SELECT
    lead.source_table,
    lead.source_pk,
    lead.person_no
FROM truth.leads AS lead
