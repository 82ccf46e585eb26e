-- Writes  canon.identity_registry: one row per person.
-- Rerun   no: the keys would be taken.
INSERT INTO canon.identity_registry (person_key, confidence_level)
SELECT
    md5('person ' || person.place)::uuid AS person_key,
    'HIGH' AS confidence_level
FROM generate_series(1, %(people)s::integer) AS person (place)
