-- Writes  pg_temp.staged: one row per raw row the load looks at, and what is known of it.
-- Reads   the source (for the type of its key)
-- Rerun   gone with the transaction.
CREATE TEMPORARY TABLE staged ON COMMIT DROP AS
SELECT
    source.raw_id,
    NULL::varchar AS raw_pk,
    NULL::varchar AS source_pk,
    NULL::timestamp AS landed_at,
    -- The local day the row is counted on; NULL when it has neither event date nor landing time.
    NULL::date AS slot_on,
    NULL::date AS event_date,
    NULL::integer AS scout_id,
    NULL::text AS reason_code,
    true AS is_present,
    NULL::bigint AS event_id,
    true AS event_is_current,
    NULL::varchar AS event_source_pk,
    NULL::date AS event_event_date,
    NULL::bigint AS reject_id,
    true AS reject_is_current
FROM ( -- noqa: ST05
    %(raw_source)s
) AS source
WITH NO DATA
