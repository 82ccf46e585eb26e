-- Sets    this transaction's part of the server's log uncompressed, where the role may: a refresh writes
--         pages of keys without order into it, which take long to compress and get no smaller.
SELECT set_config('wal_compression', 'off', true) AS wal_compression
WHERE has_parameter_privilege('wal_compression', 'SET')
