-- Writes  pg_temp.touched: everybody who has leads or figures.
-- Reads   observational.lead_events, observational.conversion_metrics, ops.payment_calculation,
--         ops.cabinet_financial_14d
-- Rerun   safe: one row per person.
INSERT INTO touched (person_key)
SELECT event.person_key
FROM observational.lead_events AS event
WHERE event.person_key IS NOT NULL
UNION
SELECT metric.person_key
FROM observational.conversion_metrics AS metric
UNION
SELECT payment.person_key
FROM ops.payment_calculation AS payment
UNION
SELECT financial.person_key
FROM ops.cabinet_financial_14d AS financial
ORDER BY person_key
ON CONFLICT (person_key) DO NOTHING
