CREATE TEMPORARY TABLE touched (day_from date, day_to date) ON COMMIT DROP
