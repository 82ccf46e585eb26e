-- Claim     A scout is payable only by a lead whose link is HIGH.
-- Severity  error
-- Scope     people
-- Reads     pg_temp.checked_payment, pg_temp.checked_conversion, canon.identity_links
SELECT
    payment.person_key,
    payment.origin_tag,
    payment.rule_id
FROM checked_payment AS payment
INNER JOIN checked_conversion AS metric
    ON
    payment.person_key = metric.person_key
    AND payment.origin_tag = metric.origin_tag
LEFT JOIN canon.identity_links AS link
    ON
    metric.scout_source_table = link.source_table
    AND metric.scout_source_pk = link.source_pk
    AND metric.person_key = link.person_key
WHERE
    payment.rule_scope = 'scout'
    AND payment.is_payable
    AND (
        link.confidence_level IS DISTINCT FROM 'HIGH'
        OR payment.scout_id IS DISTINCT FROM metric.scout_id
    )
