-- Removes everything the migration made. The schemas go too unless something else lives in them;
-- ops stays, as it holds the record of which migrations have run.

DROP TABLE IF EXISTS
ops.scout_payment_rules,
ops.partner_payment_rules,
ops.ingestion_rejects,
canon.identity_decisions,
canon.driver_orphan_quarantine,
canon.drivers_index,
canon.identity_unmatched,
canon.identity_links,
observational.lead_ledger,
observational.lead_events,
canon.identity_registry,
ops.ingestion_runs;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['observational', 'canon'] LOOP
        BEGIN
            EXECUTE 'DROP SCHEMA IF EXISTS ' || quote_ident(name);
        EXCEPTION WHEN dependent_objects_still_exist THEN
            RAISE NOTICE USING MESSAGE = 'Kept, as something else lives in it: schema ' || name;
        END;
    END LOOP;
END
$$;
