-- Writes  pg_temp.touched: people whose lead date a changed payment rule applies to, or did.
-- Reads   pg_temp.rules_now, ops.published_rules, observational.conversion_metrics
-- Rerun   safe: one row per person.
INSERT INTO touched (person_key)
SELECT DISTINCT metric.person_key
FROM (
    (
        SELECT rule.* FROM rules_now AS rule
        EXCEPT
        SELECT published.* FROM ops.published_rules AS published
    )
    UNION ALL
    (
        SELECT published.* FROM ops.published_rules AS published
        EXCEPT
        SELECT rule.* FROM rules_now AS rule
    )
) AS changed
INNER JOIN observational.conversion_metrics AS metric
    ON
    changed.origin_tag = metric.origin_tag
    AND changed.valid_from <= metric.lead_date
    AND metric.lead_date <= coalesce(changed.valid_to, 'infinity')
ORDER BY metric.person_key
ON CONFLICT (person_key) DO NOTHING
