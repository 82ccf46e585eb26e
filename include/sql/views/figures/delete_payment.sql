-- Writes  ops.payment_calculation: without rows of touched people that are no longer to be.
-- Reads   pg_temp.touched, pg_temp.wanted_payment
-- Rerun   safe.
DELETE FROM ops.payment_calculation AS known
USING touched
WHERE
    known.person_key = touched.person_key
    AND NOT EXISTS (
        SELECT 1 FROM wanted_payment AS wanted
        WHERE
            known.person_key = wanted.person_key
            AND known.origin_tag = wanted.origin_tag
            AND known.rule_scope = wanted.rule_scope
            AND known.rule_id = wanted.rule_id
    )
