-- Writes  the schema truth: who invented drivers and leads are; evaluation only.
-- Rerun   an existing table is left as it is.
CREATE SCHEMA IF NOT EXISTS truth;

COMMENT ON SCHEMA truth IS 'Who the invented drivers and leads are; evaluation only';

CREATE TABLE IF NOT EXISTS truth.accounts (
    driver_id text PRIMARY KEY,
    person_no bigint NOT NULL
);

COMMENT ON TABLE truth.accounts IS 'One row per row of public.drivers';
COMMENT ON COLUMN truth.accounts.driver_id IS 'Key of public.drivers';
COMMENT ON COLUMN truth.accounts.person_no IS 'The person who holds the account';

CREATE TABLE IF NOT EXISTS truth.leads (
    source_table text NOT NULL,
    source_pk text NOT NULL,
    person_no bigint,
    PRIMARY KEY (source_table, source_pk)
);

COMMENT ON TABLE truth.leads IS 'One row per row of the three lead tables';
COMMENT ON COLUMN truth.leads.source_table IS 'Raw table of the lead';
COMMENT ON COLUMN truth.leads.source_pk IS 'Key of the lead, as its event has it';
COMMENT ON COLUMN truth.leads.person_no IS 'Who came; NULL: nobody with an account';
