-- Writes  canon.identity_model_terms: one row per name token and car model: how many people have it.
-- Reads   canon.drivers_index
-- Rerun   a version is trained once.
INSERT INTO canon.identity_model_terms (version, kind, term, people)
SELECT
    %(model_version)s::integer,
    'token',
    word.token,
    count(DISTINCT account.person_key)
FROM canon.drivers_index AS account
CROSS JOIN unnest(account.name_tokens) AS word (token)
GROUP BY word.token
UNION ALL
SELECT
    %(model_version)s::integer,
    'model',
    account.model_short,
    count(DISTINCT account.person_key)
FROM canon.drivers_index AS account
WHERE account.model_short IS NOT NULL
GROUP BY account.model_short
