-- Returns one row: whether no account ever had a person, so that there is nothing to end or to take back.
-- Reads   canon.identity_registry, canon.identity_links, canon.identity_merges
SELECT
    NOT EXISTS (SELECT 1 FROM canon.identity_registry)
    AND NOT EXISTS (SELECT 1 FROM canon.identity_links)
    AND NOT EXISTS (SELECT 1 FROM canon.identity_merges) AS is_bare
