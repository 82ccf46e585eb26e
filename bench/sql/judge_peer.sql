-- Returns one row per lead that the peer has a candidate for: the match weight of the best person,
--         how far ahead of the second-best that is, and whether it is right.
-- Reads   pg_temp.peer_best, canon.lead_keys, canon.drivers_index, truth.leads, truth.accounts
-- Note    right as include/sql/evaluation has it: an account of the person belongs to whoever came.
WITH
known AS (
    SELECT DISTINCT
        account.person_key,
        truth.person_no
    FROM canon.drivers_index AS account
    INNER JOIN truth.accounts AS truth ON account.driver_id = truth.driver_id
)

SELECT
    best.weight,
    coalesce(best.weight - best.second_weight, 'infinity') AS ahead,
    known.person_no IS NOT NULL AS is_right
FROM peer_best AS best
INNER JOIN canon.lead_keys AS kept ON best.event_id = kept.event_id
INNER JOIN truth.leads AS lead
    ON kept.source_table = lead.source_table AND kept.source_pk = lead.source_pk
LEFT JOIN known
    ON best.person_key = known.person_key AND lead.person_no = known.person_no
ORDER BY best.weight DESC, best.event_id ASC
