-- Writes  canon.identity_model_parameters: one row per parameter, estimated where there is something to
--         estimate it on, drawn towards the shipped default by the default's weight.
-- Reads   pg_temp.comparisons, pg_temp.dirty_leads, pg_temp.common_keys, canon.lead_keys,
--         canon.drivers_index
-- Rerun   a version is trained once.
-- Source  m of a field: how often it agrees where other fields leave no doubt who it is (anchors). s: how
--         often leads carry a key of somebody else, seen by names that do not fit. No labels are needed.
INSERT INTO canon.identity_model_parameters (
    version, parameter, value, shipped, support
)
WITH
-- One row per lead and candidate person.
pair AS MATERIALIZED (
    SELECT
        comparison.event_id,
        comparison.person_key,
        max(comparison.phone) AS phone,
        max(comparison.licence) AS licence,
        max(comparison.plate) AS plate,
        max(comparison.model) AS model,
        min(abs(comparison.days_after_hire)) AS days_apart,
        bool_or(comparison.days_after_hire BETWEEN -30 AND 15) AS is_near_date,
        max(cardinality(comparison.shared)) AS shared,
        min(comparison.left_over) AS left_over,
        max(least(comparison.lead_size, comparison.account_size)) AS size
    FROM comparisons AS comparison
    GROUP BY comparison.event_id, comparison.person_key
),

anchor AS MATERIALIZED (
    SELECT
        pair.*,
        coalesce(pair.licence = 2 AND pair.shared >= 2 AND pair.left_over = 0, false)
            AS by_licence,
        coalesce(pair.phone = 2 AND pair.shared >= 3 AND pair.left_over = 0, false)
            AS by_phone,
        coalesce(pair.plate = 2 AND pair.shared >= 3 AND pair.left_over = 0, false)
            AS by_plate
    FROM pair
),

agreed AS (
    SELECT
        count(*) FILTER (
            WHERE (by_licence OR by_plate) AND phone IS NOT NULL
        ) AS phone_n,
        count(*) FILTER (WHERE (by_licence OR by_plate) AND phone = 2) AS phone_k,
        count(*) FILTER (
            WHERE (by_licence OR by_phone) AND plate IS NOT NULL
        ) AS plate_n,
        count(*) FILTER (WHERE (by_licence OR by_phone) AND plate = 2) AS plate_k,
        count(*) FILTER (WHERE by_phone AND licence IS NOT NULL) AS licence_n,
        count(*) FILTER (WHERE by_phone AND licence = 2) AS licence_k,
        count(*) FILTER (WHERE by_phone AND licence = 1) AS licence_near_k,
        count(*) FILTER (
            WHERE (by_licence OR by_phone OR by_plate) AND model IS NOT NULL
        ) AS model_n,
        count(*) FILTER (
            WHERE (by_licence OR by_phone OR by_plate) AND model = 2
        ) AS model_k,
        count(*) FILTER (
            WHERE (by_licence OR by_phone OR by_plate) AND days_apart IS NOT NULL
        ) AS date_n,
        count(*) FILTER (
            WHERE (by_licence OR by_phone OR by_plate) AND is_near_date
        ) AS near_k,
        count(*) FILTER (
            WHERE
            (by_licence OR by_phone OR by_plate)
            AND NOT is_near_date AND days_apart <= 90
        ) AS middle_k,
        -- Two agreeing documents: whatever the names say, it is the same person.
        count(*) FILTER (WHERE licence = 2 AND phone = 2 AND size >= 2) AS name_n,
        count(*) FILTER (
            WHERE licence = 2 AND phone = 2 AND size >= 2 AND left_over = 1
        ) AS one_left_k,
        count(*) FILTER (
            WHERE licence = 2 AND phone = 2 AND size >= 2 AND left_over > 1
        ) AS more_left_k,
        -- Somebody else's key, by the name.
        count(*) FILTER (
            WHERE phone = 2
            AND size >= 2
            AND left_over > 0
            AND licence IS DISTINCT FROM 2
        ) AS phone_other_k,
        count(*) FILTER (
            WHERE
            phone = 2 AND plate IS NOT NULL AND size >= 2 AND left_over > 0
            AND licence IS DISTINCT FROM 2
        ) AS both_other_n,
        count(*) FILTER (
            WHERE
            2 IN (phone, plate) AND days_apart IS NOT NULL AND size >= 2
            AND left_over > 0 AND licence IS DISTINCT FROM 2
        ) AS date_other_n,
        count(*) FILTER (
            WHERE
            2 IN (phone, plate) AND is_near_date AND size >= 2
            AND left_over > 0 AND licence IS DISTINCT FROM 2
        ) AS date_other_k,
        count(*) FILTER (
            WHERE
            phone = 2 AND plate = 2 AND size >= 2 AND left_over > 0
            AND licence IS DISTINCT FROM 2
        ) AS both_other_k,
        count(*) FILTER (
            WHERE
            plate = 2 AND size >= 2 AND left_over > 0
            AND licence IS DISTINCT FROM 2 AND phone IS DISTINCT FROM 2
        ) AS plate_other_k,
        count(*) FILTER (
            WHERE licence = 2
            AND size >= 2
            AND left_over > 1
            AND phone IS DISTINCT FROM 2
        ) AS licence_other_k
    FROM anchor
),

lead AS (
    SELECT
        count(*) FILTER (
            WHERE kept.phone_norm IS NOT NULL AND cardinality(kept.name_tokens) >= 2
        ) AS phone_n,
        count(*) FILTER (
            WHERE kept.plate_norm IS NOT NULL AND cardinality(kept.name_tokens) >= 2
        ) AS plate_n,
        count(*) FILTER (
            WHERE kept.license_norm IS NOT NULL AND cardinality(kept.name_tokens) >= 2
        ) AS licence_n
    FROM dirty_leads AS dirty
    INNER JOIN canon.lead_keys AS kept ON dirty.event_id = kept.event_id
    WHERE NOT kept.has_driver_id
),

phone_holders AS (
    SELECT count(*) AS people
    FROM (
        SELECT DISTINCT
            account.phone_norm,
            account.person_key
        FROM canon.drivers_index AS account
        WHERE account.phone_norm IS NOT NULL
    ) AS held
    GROUP BY held.phone_norm
),

plate_holders AS (
    SELECT count(*) AS people
    FROM (
        SELECT DISTINCT
            account.plate_norm,
            account.person_key
        FROM canon.drivers_index AS account
        WHERE account.plate_norm IS NOT NULL
    ) AS held
    GROUP BY held.plate_norm
),

registry AS (
    SELECT
        (
            SELECT coalesce(sum(people), 0) FROM phone_holders
            WHERE people <= 50)
            AS phone_n,
        (
            SELECT coalesce(sum(people), 0)
            FROM phone_holders
            WHERE people BETWEEN 2 AND 50
        ) AS phone_k,
        (
            SELECT coalesce(sum(people), 0) FROM plate_holders
            WHERE people <= 50)
            AS plate_n,
        (
            SELECT coalesce(sum(people), 0)
            FROM plate_holders
            WHERE people BETWEEN 2 AND 50
        ) AS plate_k
),

-- How often a lead and a driver that have nothing to do with each other are near in time.
lead_day AS MATERIALIZED (
    SELECT
        kept.event_date,
        count(*)::double precision AS leads
    FROM canon.lead_keys AS kept
    GROUP BY kept.event_date
),

hire_day AS MATERIALIZED (
    SELECT
        account.hire_date,
        count(*)::double precision AS accounts
    FROM canon.drivers_index AS account
    WHERE account.hire_date IS NOT NULL
    GROUP BY account.hire_date
),

chance AS (
    SELECT
        coalesce(sum(lead_day.leads * hire_day.accounts) FILTER (
            WHERE lead_day.event_date - hire_day.hire_date BETWEEN -30 AND 15
        ), 0) AS near_k,
        coalesce(sum(lead_day.leads * hire_day.accounts) FILTER (
            WHERE lead_day.event_date - hire_day.hire_date NOT BETWEEN -30 AND 15
        ), 0) AS middle_k,
        (SELECT sum(any_lead.leads) FROM lead_day AS any_lead)
        * (SELECT sum(any_hire.accounts) FROM hire_day AS any_hire) AS pair_n
    FROM lead_day
    INNER JOIN hire_day
        ON abs(lead_day.event_date - hire_day.hire_date) <= 90
),

-- What was seen: k of n; the default counts as `weight` observations.
seen AS (
    SELECT
        figure.parameter,
        figure.shipped,
        figure.weight,
        figure.least,
        figure.greatest,
        coalesce(figure.k, 0)::double precision AS k,
        coalesce(figure.n, 0)::double precision AS n
    FROM agreed
    CROSS JOIN lead
    CROSS JOIN registry
    CROSS JOIN chance
    CROSS JOIN LATERAL (
        VALUES
        ('phone_m', 0.85, 50, 0.3, 0.99, agreed.phone_k, agreed.phone_n),
        ('plate_m', 0.80, 50, 0.2, 0.99, agreed.plate_k, agreed.plate_n),
        ('licence_m', 0.95, 50, 0.5, 0.995, agreed.licence_k, agreed.licence_n),
        (
            'licence_m_near',
            0.02,
            100,
            0.001,
            0.2,
            agreed.licence_near_k,
            agreed.licence_n
        ),
        ('model_m', 0.75, 50, 0.2, 0.98, agreed.model_k, agreed.model_n),
        ('date_m_near', 0.80, 50, 0.05, 0.97, agreed.near_k, agreed.date_n),
        ('date_m_middle', 0.10, 50, 0.01, 0.5, agreed.middle_k, agreed.date_n),
        ('name_m_one_left', 0.067, 300, 0.01, 0.2, agreed.one_left_k, agreed.name_n),
        (
            'name_m_more_left',
            0.002,
            1000,
            0.0005,
            0.008,
            agreed.more_left_k,
            agreed.name_n
        ),
        ('phone_s', 0.05, 100, 0.005, 0.9, agreed.phone_other_k, lead.phone_n),
        ('phone_s', 0.05, 100, 0.005, 0.9, registry.phone_k, registry.phone_n),
        ('plate_s', 0.08, 100, 0.005, 0.9, agreed.plate_other_k, lead.plate_n),
        ('plate_s', 0.08, 100, 0.005, 0.9, registry.plate_k, registry.plate_n),
        (
            'plate_s_beside_phone', 0.4, 50, 0.1, 0.9,
            agreed.both_other_k, agreed.both_other_n
        ),
        (
            'date_u_beside_key', 0.3, 50, 0.001, 0.9,
            agreed.date_other_k, agreed.date_other_n
        ),
        ('licence_s', 0.002, 500, 0.0005, 0.9, agreed.licence_other_k, lead.licence_n),
        ('date_u_near', 0.08, 0.001, 0.001, 0.9, chance.near_k, chance.pair_n),
        ('date_u_middle', 0.12, 0.001, 0.001, 0.9, chance.middle_k, chance.pair_n),
        ('licence_different_bits', -11, 1, -11, -11, 0, 0),
        ('token_bits_cap', 12, 1, 12, 12, 0, 0),
        ('threshold_high', 0.999, 1, 0.999, 0.999, 0, 0),
        ('threshold_accept', 0.99, 1, 0.99, 0.99, 0, 0),
        ('threshold_review', 0.90, 1, 0.90, 0.90, 0, 0),
        ('prior', 0.75, 1, 0.75, 0.75, 0, 0)
    ) AS figure (parameter, shipped, weight, least, greatest, k, n)
)

SELECT
    %(model_version)s::integer AS version,
    seen.parameter,
    -- Of two ways to see the same, the more cautious one.
    max(least(greatest(
        (seen.k + seen.weight * seen.shipped) / (seen.n + seen.weight), seen.least
    ), seen.greatest)) AS value,
    max(seen.shipped) AS shipped,
    max(seen.n)::bigint AS support
FROM seen
GROUP BY seen.parameter
