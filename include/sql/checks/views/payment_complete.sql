-- Claim     Everybody who is not quarantined has one payment row per active rule of the lead date, with
--           that rule's amount.
-- Severity  error
-- Scope     people
-- Reads     pg_temp.checked_conversion, pg_temp.checked_payment, ops.published_rules, canon.drivers_index,
--           ops.published_quarantine
WITH
wanted AS (
    SELECT
        metric.person_key,
        metric.origin_tag,
        metric.lead_date,
        rule.rule_scope,
        rule.rule_id,
        rule.amount,
        rule.currency
    FROM checked_conversion AS metric
    INNER JOIN ops.published_rules AS rule
        ON
        metric.origin_tag = rule.origin_tag
        AND metric.lead_date BETWEEN rule.valid_from AND coalesce(
            rule.valid_to, 'infinity'
        )
    WHERE metric.person_key NOT IN (
        SELECT account.person_key
        FROM ops.published_quarantine AS quarantine
        INNER JOIN canon.drivers_index AS account
            ON quarantine.driver_id = account.driver_id
        WHERE account.person_key IS NOT NULL
    )
),

payment AS (
    SELECT known.*
    FROM checked_payment AS known
)

SELECT
    coalesce(wanted.person_key, payment.person_key) AS person_key,
    coalesce(wanted.origin_tag, payment.origin_tag) AS origin_tag,
    coalesce(wanted.rule_scope, payment.rule_scope) AS rule_scope,
    coalesce(wanted.rule_id, payment.rule_id) AS rule_id
FROM wanted
FULL JOIN payment
    ON
    wanted.person_key = payment.person_key
    AND wanted.origin_tag = payment.origin_tag
    AND wanted.rule_scope = payment.rule_scope
    AND wanted.rule_id = payment.rule_id
WHERE
    (wanted.lead_date, wanted.amount, wanted.currency)
    IS DISTINCT FROM (payment.lead_date, payment.amount, payment.currency)
