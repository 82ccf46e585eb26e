-- Writes  pg_temp: what the stages on accounts leave behind, empty: no account has any news.
-- Reads   pg_temp.account_news
-- Rerun   dropped with the run.
-- Note    most runs bring leads only, and are over the sooner.
CREATE TEMPORARY TABLE changed_accounts (LIKE account_news) ON COMMIT DROP;
CREATE TEMPORARY TABLE changed_name_keys (
    is_old boolean,
    account_id bigint,
    hire_date date,
    name_key bigint
) ON COMMIT DROP;
CREATE TEMPORARY TABLE decided_pairs (
    account_a bigint,
    account_b bigint,
    is_same boolean,
    decision_id bigint
) ON COMMIT DROP;
CREATE TEMPORARY TABLE joined_accounts (account_id bigint) ON COMMIT DROP;
CREATE TEMPORARY TABLE moved_accounts (
    account_id bigint,
    old_person_key uuid,
    person_key uuid
) ON COMMIT DROP;
CREATE TEMPORARY TABLE changed_people (person_key uuid) ON COMMIT DROP;
