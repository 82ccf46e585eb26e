-- Writes  ops.payment_calculation: without rows of touched people that are no longer to be.
-- Reads   pg_temp.published_payment, pg_temp.wanted_payment
-- Rerun   safe.
DELETE FROM ops.payment_calculation AS known
USING published_payment AS published
WHERE
    known.person_key = published.person_key
    AND known.origin_tag = published.origin_tag
    AND known.rule_scope = published.rule_scope
    AND known.rule_id = published.rule_id
    AND NOT EXISTS (
        SELECT 1 FROM wanted_payment AS wanted
        WHERE
            published.person_key = wanted.person_key
            AND published.origin_tag = wanted.origin_tag
            AND published.rule_scope = wanted.rule_scope
            AND published.rule_id = wanted.rule_id
    )
