"""In whatever order and portions a world arrives, links, people and ledger end the same."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from psycopg import Connection

from identity.histories import live, make_world, newest_first, shuffled
from identity.people import orphans, rows
from identity.pictures import assert_same, picture

SEED = 20_261_122


def check_aliases(connection: Connection[Any]) -> int:
    """Every key that was merged away means a current person; gives how many there are."""
    found = rows(
        connection,
        "SELECT alias.alias_key, alias.person_key IN (SELECT person_key FROM "
        "canon.identity_registry), alias.alias_key IN (SELECT person_key FROM "
        "canon.identity_registry) FROM canon.person_aliases AS alias",
    )
    assert [one for one in found if one[1:] != (True, False)] == []
    return len(found)


def check_world(connection: Connection[Any], seed: int, drivers: int, leads: int) -> None:
    rng = Random(seed)
    world = make_world(connection, rng, drivers=drivers, leads=leads)
    live(connection, world.final, 1)
    clean = picture(connection)
    kinds = {what for what, _ in clean}
    assert kinds >= {"link", "unmatched", "person", "ledger", "edge"}, "the world is too dull"
    aliases = 0
    for arrange, batches in ((shuffled, 1), (shuffled, 7), (newest_first, 7), (shuffled, 25)):
        live(connection, arrange(world, rng), batches)
        assert_same(picture(connection), clean)
        assert orphans(connection) == []
        aliases += check_aliases(connection)
    assert aliases, "nobody was merged on the way"


@pytest.mark.timeout(7200)
def test_any_order_and_portions_end_as_one_clean_run(
    connection: Connection[Any], nightly: bool
) -> None:
    check_world(connection, SEED, drivers=500, leads=300)
    for seed in range(10) if nightly else ():
        check_world(connection, seed, drivers=1_500, leads=900)
