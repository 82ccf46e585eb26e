-- Writes  canon.drivers_index: one account per person, and a second one for every tenth.
-- Rerun   no: the keys would be taken.
INSERT INTO canon.drivers_index (
    account_id, driver_id, park_id, name_norm, full_name, hire_date, business_date,
    account_key, person_key
)
SELECT
    nextval('canon.drivers_index_account_id_seq') AS account_id,
    md5('driver ' || account.place) AS driver_id,
    'lima-home-park' AS park_id,
    'NAME ' || account.place AS name_norm,
    'Name ' || account.place AS full_name,
    date '2026-01-01' + mod(account.place, 300) AS hire_date,
    date '2026-01-01' + mod(account.place, 300) AS business_date,
    md5('driver key ' || account.place)::uuid AS account_key,
    md5('person ' || 1 + mod(account.place - 1, %(people)s::integer))::uuid
        AS person_key
FROM generate_series(1, %(people)s::integer * 11 / 10) AS account (place)
