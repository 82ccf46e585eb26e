-- Writes  canon.account_edges: one row per dirty account and other account that look like one person.
-- Reads   pg_temp.dirty_accounts, canon.drivers_index
-- Rerun   safe: after the delete none of them is there.
-- Source  the three rules of people: same licence and phone or name; same phone and name; same plate and
--         nearly the same name. A key held by more than 50 accounts is no evidence.
-- Note    a word left over in both names is another person's, father and son, unless it is one slip apart.
--         Who is called Quispe by both parents has that word twice.
INSERT INTO canon.account_edges (account_a, account_b, edge_rule)
WITH
dirty AS MATERIALIZED (
    SELECT
        account.account_id,
        account.phone_norm,
        account.license_norm,
        account.plate_norm,
        CASE
            WHEN account.license_norm LIKE 'X:%%'
                THEN canon.licence_number(account.license_norm)
        END AS document
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

-- A document in another spelling is compared, too, so it is asked how common that one is.
held_licence AS MATERIALIZED (
    SELECT dirty.license_norm
    FROM dirty
    UNION
    SELECT other.license_norm
    FROM dirty
    INNER JOIN canon.drivers_index AS other
        ON
        dirty.document = canon.licence_number(other.license_norm)
        AND other.license_norm LIKE 'X:%%'
),

common_licence AS MATERIALIZED (
    SELECT account.license_norm AS key
    FROM held_licence
    INNER JOIN canon.drivers_index AS account
        ON held_licence.license_norm = account.license_norm
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
    -- Whoever has another document than the DNI, written in another way.
    SELECT
        least(dirty.account_id, other.account_id) AS account_a,
        greatest(dirty.account_id, other.account_id) AS account_b
    FROM dirty
    INNER JOIN canon.drivers_index AS other
        ON
        dirty.document = canon.licence_number(other.license_norm)
        AND other.license_norm LIKE 'X:%%'
        AND dirty.account_id != other.account_id
    WHERE
        NOT EXISTS (
            SELECT 1 FROM common_licence
            WHERE common_licence.key IN (dirty.license_norm, other.license_norm)
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
            (
                a.license_norm = b.license_norm
                OR (
                    a.license_norm LIKE 'X:%%'
                    AND b.license_norm LIKE 'X:%%'
                    AND canon.licence_number(a.license_norm)
                    = canon.licence_number(b.license_norm)
                )
            )
            AND NOT EXISTS (
                SELECT 1 FROM common_licence
                WHERE common_licence.key IN (a.license_norm, b.license_norm)
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
        worded.words_a,
        worded.words_b,
        CASE
            WHEN worded.words_a = worded.words_b THEN '{}'
            WHEN a.name_tokens && b.name_tokens
                THEN array(
                    SELECT unnest(worded.words_a)
                    EXCEPT ALL
                    SELECT unnest(worded.words_b)
                )
            ELSE worded.words_a
        END AS left_a,
        CASE
            WHEN worded.words_a = worded.words_b THEN '{}'
            WHEN a.name_tokens && b.name_tokens
                THEN array(
                    SELECT unnest(worded.words_b)
                    EXCEPT ALL
                    SELECT unnest(worded.words_a)
                )
            ELSE worded.words_b
        END AS left_b
    FROM pair
    INNER JOIN canon.drivers_index AS a ON pair.account_a = a.account_id
    INNER JOIN canon.drivers_index AS b ON pair.account_b = b.account_id
    CROSS JOIN
        LATERAL ( -- noqa: ST05
            SELECT
                canon.full_words(a.name_norm, a.name_tokens) AS words_a,
                canon.full_words(b.name_norm, b.name_tokens) AS words_b
            LIMIT 1 -- noqa: AM09
        ) AS worded
    -- No rule joins licences that contradict each other.
    WHERE canon.is_other_licence(a.license_norm, b.license_norm) IS NOT true
),

fitted AS (
    SELECT
        compared.*,
        cardinality(compared.words_a) AS size_a,
        cardinality(compared.words_b) AS size_b,
        cardinality(compared.words_a) - cardinality(compared.left_a) AS shared,
        '{}' IN (compared.left_a, compared.left_b)
        OR EXISTS (
            SELECT 1
            FROM unnest(compared.left_a) AS word (token)
            INNER JOIN unnest(compared.left_b) AS other (token)
                ON
                least(length(word.token), length(other.token)) > 2
                AND canon.is_one_slip(word.token, other.token)
        ) AS names_fit
    FROM compared
),

judged AS (
    SELECT
        fitted.account_a,
        fitted.account_b,
        CASE
            WHEN
                fitted.same_licence
                AND (fitted.same_phone OR fitted.shared >= 2)
                THEN 'LICENCE'
            WHEN
                fitted.same_phone
                AND fitted.shared >= 3
                AND fitted.names_fit
                THEN 'PHONE_NAME'
            WHEN
                fitted.same_plate
                AND fitted.shared >= 3
                AND fitted.names_fit
                AND canon.name_similarity(
                    fitted.shared, fitted.size_a, fitted.size_b
                ) >= 0.8
                THEN 'PLATE_NAME'
        END AS edge_rule
    FROM fitted
)

SELECT
    judged.account_a,
    judged.account_b,
    judged.edge_rule
FROM judged
WHERE judged.edge_rule IS NOT NULL
