-- Writes  canon.identity_rescores: empty. Re-scores of other models begin anew.
-- Reads   -
-- Rerun   safe.
DELETE FROM canon.identity_rescores
