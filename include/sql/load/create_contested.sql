CREATE TEMPORARY TABLE contested (source_pk varchar) ON COMMIT DROP
