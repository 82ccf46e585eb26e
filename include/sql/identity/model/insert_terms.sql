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
    -- Once per person, however many accounts.
    SELECT
        account.person_key,
        'token' AS kind,
        word.token AS term
    FROM canon.drivers_index AS account
    CROSS JOIN unnest(account.name_tokens) AS word (token)
    GROUP BY account.person_key, word.token
    UNION ALL
    SELECT
        account.person_key,
        'model' AS kind,
        account.model_short AS term
    FROM canon.drivers_index AS account
    WHERE account.model_short IS NOT NULL
    GROUP BY account.person_key, account.model_short
) AS known
GROUP BY known.kind, known.term
