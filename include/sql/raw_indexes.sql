-- Writes  optional indexes on the raw tables; docs/raw-indexes.md says what each makes cheap.
-- Reads   nothing; an absent table is left out.
-- Rerun   safe: an index that is there stays.
-- Note    CREATE INDEX keeps writers of the table out while it runs. The document has the way without.
DO $$
BEGIN
    IF to_regclass('public.module_ct_cabinet_leads') IS NOT NULL THEN
        CREATE INDEX IF NOT EXISTS leads_raw_cabinet_lead_created_at_idx
        ON public.module_ct_cabinet_leads (lead_created_at);
        CREATE INDEX IF NOT EXISTS leads_raw_cabinet_created_at_idx
        ON public.module_ct_cabinet_leads (created_at);
    END IF;
END
$$;

DO $$
BEGIN
    IF to_regclass('public.module_ct_scouting_daily') IS NOT NULL THEN
        CREATE INDEX IF NOT EXISTS leads_raw_scouting_registration_date_idx
        ON public.module_ct_scouting_daily (registration_date);
        CREATE INDEX IF NOT EXISTS leads_raw_scouting_created_at_idx
        ON public.module_ct_scouting_daily (created_at);
    END IF;
END
$$;

DO $$
BEGIN
    IF to_regclass('public.module_ct_migrations') IS NOT NULL THEN
        -- The event time as include/sql/ingest/module_ct_migrations.sql writes it.
        CREATE INDEX IF NOT EXISTS leads_raw_migrations_event_at_idx
        ON public.module_ct_migrations (coalesce(hire_date::timestamp, created_at));
        CREATE INDEX IF NOT EXISTS leads_raw_migrations_created_at_idx
        ON public.module_ct_migrations (created_at);
        CREATE INDEX IF NOT EXISTS leads_raw_migrations_hire_date_idx
        ON public.module_ct_migrations (hire_date);
        -- From here on: the dates that health watches, as include/sources.yml writes them.
        CREATE INDEX IF NOT EXISTS leads_raw_migrations_ingestion_at_idx
        ON public.module_ct_migrations (coalesce(updated_at, created_at));
    END IF;
END
$$;

DO $$
BEGIN
    IF to_regclass('public.drivers') IS NOT NULL THEN
        CREATE INDEX IF NOT EXISTS leads_raw_drivers_business_at_idx
        ON public.drivers (coalesce(hire_date, created_at));
        CREATE INDEX IF NOT EXISTS leads_raw_drivers_ingestion_at_idx
        ON public.drivers (coalesce(updated_at, created_at));
    END IF;
END
$$;

DO $$
BEGIN
    IF
        to_regclass('public.summary_daily') IS NOT NULL
        AND to_regproc('ops.read_date') IS NOT NULL
    THEN
        CREATE INDEX IF NOT EXISTS leads_raw_work_business_at_idx
        ON public.summary_daily (ops.read_date(date_file));
        CREATE INDEX IF NOT EXISTS leads_raw_work_created_at_idx
        ON public.summary_daily (created_at);
    END IF;
END
$$;

DO $$
BEGIN
    IF to_regclass('public.module_ct_cabinet_payments') IS NOT NULL THEN
        CREATE INDEX IF NOT EXISTS leads_raw_payments_date_idx
        ON public.module_ct_cabinet_payments (date);
        CREATE INDEX IF NOT EXISTS leads_raw_payments_ingestion_at_idx
        ON public.module_ct_cabinet_payments (coalesce(updated_at, created_at));
    END IF;
END
$$;
