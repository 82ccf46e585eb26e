-- Writes  pg_temp.staged: known duplicates of contested keys, to be judged again.
-- Reads   pg_temp.contested
-- Rerun   safe: changes nothing twice.
UPDATE staged
SET reason_code = NULL
FROM contested
WHERE
    staged.reason_code = 'DUPLICATE_SOURCE_PK'
    AND staged.source_pk = contested.source_pk
