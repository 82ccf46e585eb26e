-- Writes  pg_temp.wanted_payment: one row per touched person, origin and rule that applies to the lead
--         date, as it is to be.
-- Reads   pg_temp.wanted_conversion, pg_temp.reached_milestones, pg_temp.quarantined_people,
--         pg_temp.rules_now, canon.identity_links
-- Rerun   dropped with the run.
CREATE TEMPORARY TABLE wanted_payment ON COMMIT DROP AS
WITH
-- What is the same for all rules of a person, and for all people of a rule, is looked up once.
person AS MATERIALIZED (
    SELECT
        metric.person_key,
        metric.origin_tag,
        metric.scout_id,
        metric.driver_id,
        metric.lead_date,
        link.source_pk IS NOT NULL AS is_scout_proved
    FROM wanted_conversion AS metric
    LEFT JOIN canon.identity_links AS link
        ON
        metric.scout_source_table = link.source_table
        AND metric.scout_source_pk = link.source_pk
        AND metric.person_key = link.person_key
        AND link.confidence_level = 'HIGH'
    WHERE metric.person_key NOT IN (
        SELECT quarantined_people.person_key FROM quarantined_people
    )
),

rule AS MATERIALIZED (
    SELECT
        known.*,
        format(
            '%%s_%%sd_%%strips',
            CASE
                WHEN
                    known.rule_scope = 'partner' AND known.origin_tag = 'cabinet'
                    THEN 'yango'
                WHEN known.rule_scope = 'partner' THEN 'yango_migration'
                WHEN known.origin_tag = 'cabinet' THEN 'cabinet'
                ELSE 'migration'
            END,
            known.window_days,
            known.milestone_trips
        )::varchar AS payment_scheme
    FROM rules_now AS known
)

SELECT
    person.person_key,
    person.origin_tag,
    person.scout_id,
    person.driver_id,
    person.lead_date,
    rule.rule_id,
    rule.rule_scope::varchar AS rule_scope,
    rule.milestone_trips,
    rule.window_days,
    rule.currency,
    rule.amount,
    rule.valid_from AS rule_valid_from,
    rule.valid_to AS rule_valid_to,
    (reached.achieved_date IS NOT NULL) AS milestone_achieved,
    reached.achieved_date,
    coalesce(reached.trips_so_far, 0) AS achieved_trips_in_window,
    (
        reached.achieved_date IS NOT NULL
        AND (
            rule.rule_scope = 'partner'
            OR (person.scout_id IS NOT NULL AND person.is_scout_proved)
        )
    ) AS is_payable,
    reached.achieved_date + rule.payable_offset_days AS payable_date,
    rule.payment_scheme
FROM person
INNER JOIN rule
    ON
    person.origin_tag = rule.origin_tag
    AND person.lead_date >= rule.valid_from
    AND person.lead_date <= coalesce(rule.valid_to, 'infinity')
LEFT JOIN reached_milestones AS reached
    ON
    person.person_key = reached.person_key
    AND person.origin_tag = reached.origin_tag
    AND rule.rule_scope = reached.rule_scope
    AND rule.rule_id = reached.rule_id
