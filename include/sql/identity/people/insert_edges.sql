-- Writes  canon.account_edges: one row per dirty account and other account that look like one person.
-- Reads   pg_temp.dirty_accounts, canon.drivers_index
-- Rerun   safe: after the delete none of them is there.
-- Source  the three rules of people: same licence and phone or name; same phone and name; same plate and
--         nearly the same name. A key held by more than 50 accounts is no evidence.
-- Note    a word left over in both names is another person's, father and son, unless it is one slip apart.
INSERT INTO canon.account_edges (account_a, account_b, edge_rule)
WITH
dirty AS MATERIALIZED (
    SELECT
        account.account_id,
        account.phone_norm,
        account.license_norm,
        account.plate_norm
    FROM dirty_accounts
    INNER JOIN canon.drivers_index AS account
        ON dirty_accounts.account_id = account.account_id
),

common_phone AS MATERIALIZED (
    SELECT account.phone_norm AS key
    FROM (SELECT DISTINCT phone_norm FROM dirty) AS held
    INNER JOIN canon.drivers_index AS account ON held.phone_norm = account.phone_norm
    GROUP BY account.phone_norm
    HAVING count(*) > 50
),

common_licence AS MATERIALIZED (
    SELECT account.license_norm AS key
    FROM (SELECT DISTINCT license_norm FROM dirty) AS held
    INNER JOIN
        canon.drivers_index AS account
        ON held.license_norm = account.license_norm
    GROUP BY account.license_norm
    HAVING count(*) > 50
),

common_plate AS MATERIALIZED (
    SELECT account.plate_norm AS key
    FROM (SELECT DISTINCT plate_norm FROM dirty) AS held
    INNER JOIN canon.drivers_index AS account ON held.plate_norm = account.plate_norm
    GROUP BY account.plate_norm
    HAVING count(*) > 50
),

pair AS (
    SELECT
        least(dirty.account_id, other.account_id) AS account_a,
        greatest(dirty.account_id, other.account_id) AS account_b
    FROM dirty
    INNER JOIN canon.drivers_index AS other
        ON dirty.license_norm = other.license_norm
        AND dirty.account_id != other.account_id
    WHERE
        NOT EXISTS (
            SELECT 1 FROM common_licence
            WHERE common_licence.key = dirty.license_norm
        )
    UNION
    SELECT
        least(dirty.account_id, other.account_id) AS account_a,
        greatest(dirty.account_id, other.account_id) AS account_b
    FROM dirty
    INNER JOIN canon.drivers_index AS other
        ON dirty.phone_norm = other.phone_norm AND dirty.account_id != other.account_id
    WHERE
        NOT EXISTS (
            SELECT 1 FROM common_phone
            WHERE common_phone.key = dirty.phone_norm
        )
    UNION
    SELECT
        least(dirty.account_id, other.account_id) AS account_a,
        greatest(dirty.account_id, other.account_id) AS account_b
    FROM dirty
    INNER JOIN canon.drivers_index AS other
        ON dirty.plate_norm = other.plate_norm AND dirty.account_id != other.account_id
    WHERE NOT EXISTS (
        SELECT 1 FROM common_plate
        WHERE common_plate.key = dirty.plate_norm
    )
),

compared AS (
    SELECT
        pair.account_a,
        pair.account_b,
        coalesce(
            a.license_norm = b.license_norm
            AND NOT EXISTS (
                SELECT 1 FROM common_licence
                WHERE common_licence.key = a.license_norm
            ), false
        ) AS same_licence,
        coalesce(
            a.phone_norm = b.phone_norm
            AND NOT EXISTS (
                SELECT 1 FROM common_phone
                WHERE common_phone.key = a.phone_norm
            ), false
        ) AS same_phone,
        coalesce(
            a.plate_norm = b.plate_norm
            AND NOT EXISTS (
                SELECT 1 FROM common_plate
                WHERE common_plate.key = a.plate_norm
            ), false
        ) AS same_plate,
        NOT EXISTS (
            SELECT 1
            FROM unnest(a.name_tokens) AS word (token)
            WHERE word.token != all(b.name_tokens)
        )
        OR NOT EXISTS (
            SELECT 1
            FROM unnest(b.name_tokens) AS word (token)
            WHERE word.token != all(a.name_tokens)
        )
        OR EXISTS (
            SELECT 1
            FROM unnest(a.name_tokens) AS word (token)
            INNER JOIN unnest(b.name_tokens) AS other (token)
                ON
                word.token != all(b.name_tokens)
                AND other.token != all(a.name_tokens)
                AND canon.is_near_token(word.token, other.token)
        ) AS names_fit,
        cardinality(a.name_tokens) AS size_a,
        cardinality(b.name_tokens) AS size_b,
        (
            SELECT count(*)
            FROM unnest(a.name_tokens) AS word (token)
            WHERE word.token = any(b.name_tokens)
        ) AS shared
    FROM pair
    INNER JOIN canon.drivers_index AS a ON pair.account_a = a.account_id
    INNER JOIN canon.drivers_index AS b ON pair.account_b = b.account_id
    -- No rule joins two different licences.
    WHERE coalesce(a.license_norm = b.license_norm, true)
),

judged AS (
    SELECT
        compared.account_a,
        compared.account_b,
        CASE
            WHEN
                compared.same_licence AND (compared.same_phone OR compared.shared >= 2)
                THEN 'LICENCE'
            WHEN
                compared.same_phone
                AND compared.shared >= 3
                AND compared.names_fit
                THEN 'PHONE_NAME'
            WHEN
                compared.same_plate
                AND compared.shared >= 3
                AND compared.names_fit
                AND canon.name_similarity(
                    compared.shared, compared.size_a, compared.size_b
                ) >= 0.8
                THEN 'PLATE_NAME'
        END AS edge_rule
    FROM compared
)

SELECT
    judged.account_a,
    judged.account_b,
    judged.edge_rule
FROM judged
WHERE judged.edge_rule IS NOT NULL
