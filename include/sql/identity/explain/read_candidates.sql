-- Returns one row per candidate of the one lead, best first: bits, posterior, odds.
-- Reads   pg_temp.posteriors
SELECT
    candidate.person_key,
    candidate.driver_id,
    candidate.phone_bits,
    candidate.licence_bits,
    candidate.plate_bits,
    candidate.model_bits,
    candidate.date_bits,
    candidate.name_bits,
    candidate.prior,
    candidate.odds,
    candidate.posterior
FROM posteriors AS candidate
ORDER BY candidate.place
