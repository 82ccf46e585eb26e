-- Writes  canon.identity_model_terms: one row per name token and car model: how many people have it.
-- Reads   canon.drivers_index
-- Rerun   a version is trained once.
INSERT INTO canon.identity_model_terms (version, kind, term, people)
SELECT
    %(model_version)s::integer AS version,
    known.kind,
    known.term,
    count(*) AS people
FROM (
    -- Once per person: only accounts that are connected with others can be of one.
    SELECT
        'token' AS kind,
        word.token AS term
    FROM canon.drivers_index AS account
    CROSS JOIN unnest(account.name_tokens) AS word (token)
    WHERE account.component_id IS NULL
    UNION ALL
    SELECT
        'token' AS kind,
        shared.token AS term
    FROM (
        SELECT DISTINCT
            account.person_key,
            word.token
        FROM canon.drivers_index AS account
        CROSS JOIN unnest(account.name_tokens) AS word (token)
        WHERE account.component_id IS NOT NULL
    ) AS shared
    UNION ALL
    SELECT
        'model' AS kind,
        driven.model_short AS term
    FROM (
        SELECT DISTINCT
            account.person_key,
            account.model_short
        FROM canon.drivers_index AS account
        WHERE account.model_short IS NOT NULL
    ) AS driven
) AS known
GROUP BY known.kind, known.term
