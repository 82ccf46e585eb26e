-- The views, what they are made of, and the marks for them.

DROP VIEW IF EXISTS ops.v_cabinet_financial_14d;
DROP VIEW IF EXISTS ops.v_payment_calculation;
DROP VIEW IF EXISTS observational.v_conversion_metrics;
DROP VIEW IF EXISTS ops.v_unmatched_payments;
DROP TABLE IF EXISTS ops.cabinet_financial_14d;
DROP TABLE IF EXISTS ops.payment_calculation;
DROP TABLE IF EXISTS observational.conversion_metrics;
DROP TABLE IF EXISTS ops.cabinet_payments;
DROP TABLE IF EXISTS ops.unread_work;
DROP TABLE IF EXISTS ops.driver_days;
DROP TABLE IF EXISTS ops.raw_reads;
DROP TABLE IF EXISTS ops.view_state;
DROP TABLE IF EXISTS ops.view_totals;
DROP TABLE IF EXISTS ops.view_totals_daily;
DROP VIEW IF EXISTS ops.payment_rules;
DROP TABLE IF EXISTS ops.published_rules;
DROP TABLE IF EXISTS ops.published_quarantine;
DROP TABLE IF EXISTS ops.check_results;
DROP TABLE IF EXISTS ops.payment_rule_changes;
DROP TABLE IF EXISTS canon.stale_accounts;
DROP INDEX IF EXISTS canon.drivers_index_name_norm_idx;
DROP FUNCTION IF EXISTS ops.read_date;
DELETE FROM canon.stale_people
WHERE consumer = 'views';
COMMENT ON COLUMN canon.stale_people.consumer IS 'Who must look again: attribution.';

-- An earlier system's views get their names back.
DO $$
DECLARE
    old record;
BEGIN
    FOR old IN
        SELECT
            class.relname,
            space.nspname,
            class.relkind
        FROM pg_class AS class
        INNER JOIN pg_namespace AS space ON class.relnamespace = space.oid
        WHERE
            (space.nspname, class.relname) IN (
                ('observational', 'v_conversion_metrics_legacy'),
                ('ops', 'v_payment_calculation_legacy'),
                ('ops', 'v_cabinet_financial_14d_legacy')
            )
            AND class.relkind IN ('v', 'm')
    LOOP
        EXECUTE format(
            'ALTER %%s %%I.%%I RENAME TO %%I',
            CASE old.relkind WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'VIEW' END,
            old.nspname, old.relname, left(old.relname, -length('_legacy'))
        );
    END LOOP;
END
$$;
