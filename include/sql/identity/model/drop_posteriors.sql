-- Writes  pg_temp: without the posteriors of the former prior.
DROP TABLE priors, posteriors
