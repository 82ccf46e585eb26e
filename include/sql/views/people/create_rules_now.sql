-- Writes  pg_temp.rules_now: the payment rules of this refresh: compared with the last one's, and reckoned with.
-- Reads   ops.payment_rules
-- Rerun   dropped with the run.
-- Note    read once: people change rules at any time, and a change that comes after is the next one's.
CREATE TEMPORARY TABLE rules_now ON COMMIT DROP AS
SELECT rule.*
FROM ops.payment_rules AS rule
