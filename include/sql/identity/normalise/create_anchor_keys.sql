-- Writes  pg_temp.anchor_keys: empty; one row per new account will hold the key of the person it anchors.
-- Rerun   dropped with the run.
CREATE TEMPORARY TABLE anchor_keys (
    account_id bigint NOT NULL,
    person_key uuid NOT NULL
) ON COMMIT DROP
