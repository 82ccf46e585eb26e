-- Writes  public.bench_accounts: all accounts, those of people who came as leads first.
-- Reads   public.drivers, truth.accounts, truth.leads
-- Rerun   no: the table would be there.
CREATE TABLE public.bench_accounts AS
SELECT
    account,
    row_number() OVER (
        ORDER BY
            truth.person_no NOT IN (
                SELECT lead.person_no FROM truth.leads AS lead
                WHERE lead.person_no IS NOT NULL
            ),
            truth.person_no,
            truth.driver_id
    ) AS place
FROM public.drivers AS account
INNER JOIN truth.accounts AS truth ON account.driver_id = truth.driver_id
