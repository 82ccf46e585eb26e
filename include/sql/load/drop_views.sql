DROP VIEW compared, known, raw_source
