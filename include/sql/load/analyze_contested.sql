ANALYZE contested
