-- Writes  pg_temp.checked_people: everybody who is known, has leads or has figures.
-- Reads   canon.identity_registry, observational.lead_events, observational.conversion_metrics,
--         ops.payment_calculation, ops.cabinet_financial_14d
-- Rerun   taken back after the checks.
CREATE TEMPORARY VIEW checked_people AS
SELECT person.person_key FROM canon.identity_registry AS person
UNION
SELECT event.person_key FROM observational.lead_events AS event
WHERE event.person_key IS NOT NULL
UNION
SELECT metric.person_key FROM observational.conversion_metrics AS metric
UNION
SELECT payment.person_key FROM ops.payment_calculation AS payment
UNION
SELECT financial.person_key FROM ops.cabinet_financial_14d AS financial
