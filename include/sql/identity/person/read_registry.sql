-- Returns one row: the golden record of a person.
-- Reads   canon.identity_registry
SELECT
    person.confidence_level,
    person.primary_phone,
    person.primary_license,
    person.primary_full_name,
    person.flags,
    person.created_at,
    person.updated_at
FROM canon.identity_registry AS person
WHERE person.person_key = %(person_key)s::uuid
