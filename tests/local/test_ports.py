"""Ports: what was asked for by name is kept or refused, defaults give way."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from leads.local.ports import PortTaken, Reservations, Want, choose, is_free


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield int(other.getsockname()[1])


@pytest.fixture
def reservations() -> Iterator[Reservations]:
    one = Reservations()
    yield one
    one.release()


def want(port: int) -> list[Want]:
    return [Want("api_port", port, everywhere=False)]


def test_a_taken_default_gives_way_and_says_so(taken: int, reservations: Reservations) -> None:
    chosen, remarks = choose(want(taken), {}, {}, reservations)
    assert chosen["api_port"] > taken
    assert remarks == [f"Port {taken} is taken: using {chosen['api_port']} (LEADS_API_PORT)."]


def test_a_taken_port_named_in_the_environment_is_refused(
    taken: int, reservations: Reservations
) -> None:
    with pytest.raises(PortTaken, match=rf"Port {taken} \(LEADS_API_PORT\) is taken"):
        choose(want(taken), {}, {"LEADS_API_PORT": str(taken)}, reservations)


def test_a_remembered_port_comes_before_the_default(taken: int, reservations: Reservations) -> None:
    chosen, _ = choose(want(taken), {}, {}, reservations)
    reservations.release()
    again, remarks = choose(want(taken), chosen, {}, reservations)
    assert again == chosen
    assert remarks == []


def test_two_stacks_starting_at_once_get_different_ports(
    taken: int, reservations: Reservations
) -> None:
    second = Reservations()
    try:
        first_port = choose(want(taken), {}, {}, reservations)[0]["api_port"]
        second_port = choose(want(taken), {}, {}, second)[0]["api_port"]
    finally:
        second.release()
    assert is_free(first_port)  # nobody listens yet; the reservation alone keeps them apart
    assert first_port != second_port
