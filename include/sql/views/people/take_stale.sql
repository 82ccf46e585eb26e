-- Writes  pg_temp.touched: the people marked for the views; canon.stale_people: without the marks.
-- Reads   canon.stale_people
-- Rerun   nobody is marked twice; a rollback gives the marks back.
WITH
taken AS (
    DELETE FROM canon.stale_people AS mark
    WHERE mark.consumer = 'views'
    RETURNING mark.person_key
)

INSERT INTO touched (person_key)
SELECT taken.person_key
FROM taken
ORDER BY taken.person_key
