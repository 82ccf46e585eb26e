-- Writes  pg_temp.staged: the wanted rows that still exist.
-- Reads   pg_temp.wanted, compared
-- Rerun   wanted rows are never staged yet.
INSERT INTO staged
SELECT
    compared.raw_id,
    compared.raw_pk,
    compared.source_pk,
    compared.landed_at,
    compared.slot_on,
    compared.event_date,
    compared.scout_id,
    compared.reason_code,
    true AS is_present,
    compared.event_id,
    compared.event_is_current,
    compared.event_source_pk,
    compared.event_event_date,
    compared.reject_id,
    compared.reject_is_current
FROM wanted
INNER JOIN ( -- noqa: ST05
    %(compared)s
) AS compared
    ON wanted.raw_id = compared.raw_id
