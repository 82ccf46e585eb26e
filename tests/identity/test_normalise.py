"""How phones, licences, plates, names and models are written, and the one form of each."""

from __future__ import annotations

from typing import Any

import pytest
from psycopg import Connection

from identity.people import SCOUTING, account, lead, reason, resolve, rows, scouted
from leads.identity.keys import read_phone

PHONES: list[tuple[str | None, str | None]] = [
    ("987111222", "+51987111222"),
    (" 987 111 222 ", "+51987111222"),
    ("987-111-222", "+51987111222"),
    ("(987) 111.222", "+51987111222"),
    ("+51987111222", "+51987111222"),
    ("+51 987 111 222", "+51987111222"),
    ("51987111222", "+51987111222"),
    ("0051987111222", "+51987111222"),
    ("00 51 987 111 222", "+51987111222"),
    ("0987111222", "+51987111222"),
    ("+51 0987111222", "+51987111222"),
    ("\t987\u00a0111/222\n", "+51987111222"),
    # The library's turn.
    ("987111222 casa", "+51987111222"),
    ("cel: 987111222", "+51987111222"),
    ("987111222 / 987333444", "+51987111222"),
    ("999999999 / 987333444", "+51987333444"),
    ("01 4271234", "+5114271234"),
    ("+58 412 555 1234", "+584125551234"),
    ("+57 300 123 4567", "+573001234567"),
    # Nobody's.
    ("999999999", None),
    ("+51 999 999 999", None),
    ("900000000", None),
    ("987654321", None),
    ("912345678", None),
    ("999999999 / 999999999", None),
    ("cel: 987654321", None),
    ("000000000", None),
    ("912345", None),
    ("98711122", None),
    ("9871112223", None),
    ("S/N", None),
    ("-", None),
    ("", None),
    ("   ", None),
    (None, None),
]

LICENCES: list[tuple[str | None, str | None]] = [
    ("Q40111222", "40111222"),
    ("q-40111222", "40111222"),
    ("Q 40.111.222", "40111222"),
    ("40111222", "40111222"),
    ("Q4O111222", "40111222"),
    ("O4O111222", "40111222"),
    ("A40111222", "40111222"),
    ("V18345672A", "X:V18345672A"),
    ("V-18.345.672-a", "X:V18345672A"),
    ("CE 001234567", "X:CE001234567"),
    ("401112223", "X:401112223"),
    ("4011122", "X:4011122"),
    # Nobody's.
    ("00000000", None),
    ("Q00000000", None),
    ("OOOOOOOO", None),
    ("12345678", None),
    ("Q99999999", None),
    ("912345", None),
    ("123456789", None),
    ("0000000000", None),
    ("X00000000", None),
    ("LICENCIA", None),
    ("12345", None),
    ("S/N", None),
    ("", None),
    (None, None),
]

PLATES: list[tuple[str | None, str | None]] = [
    ("ABC123", "ABC123"),
    ("abc-123", "ABC123"),
    (" ABC 123 ", "ABC123"),
    ("ABC-12O", "ABC120"),
    ("ABC-I23", "ABC123"),
    ("A1O-OI5", "A1O015"),
    ("OIC123", "OIC123"),
    ("AB1234", "AB1234"),
    ("1234AB", "1234AB"),
    ("A1B2C3D4", "A1B2C3D4"),
    # Nobody's.
    ("000000", None),
    ("AAAAAA", None),
    ("912345", None),
    ("123456", None),
    ("ABCDEF", None),
    ("AB12", None),
    ("ABC1234567", None),
    ("S/N", None),
    ("", None),
    (None, None),
]

NAMES: list[tuple[str | None, list[str]]] = [
    ("Juan Carlos Quispe Mamani", ["CARLOS", "JUAN", "MAMANI", "QUISPE"]),
    ("QUISPE  MAMANI,JUAN   CARLOS", ["CARLOS", "JUAN", "MAMANI", "QUISPE"]),
    ("José Ñahui Peñá", ["JOSE", "NAHUI", "PENA"]),
    ("Rosa de la Cruz del Águila y los Ríos", ["AGUILA", "CRUZ", "RIOS", "ROSA"]),
    ("D'Angelo O’Higgins", ["DANGELO", "OHIGGINS"]),
    ("Flores Flores Ana", ["ANA", "FLORES"]),
    ("Ana M. Paz", ["ANA", "PAZ"]),
    ("J.Carlos", ["CARLOS"]),
    ("Zoraida", ["ZORAIDA"]),
    ("123 - 456", []),
    ("de la", []),
    ("%_\\", []),
    ("", []),
    (None, []),
]

MODELS: list[tuple[str | None, str | None, str | None, str | None]] = [
    # Brand, model; both together, and the model alone.
    ("Toyota", "Yaris", "TOYOTA YARIS", "YARIS"),
    (" toyota ", "yaris-2", "TOYOTA YARIS 2", "YARIS 2"),
    ("Citroën", "C-Elysée", "CITROEN C ELYSEE", "C ELYSEE"),
    (None, "Rio", "RIO", "RIO"),
    ("Kia", None, "KIA", None),
    ("-", "?", None, None),
    (None, None, None, None),
]

HOSTILE = [
    "%",
    "%s",
    "%(run_id)s",
    "100%% 'sure'",
    "'; DROP TABLE canon.drivers_index; --",
    '"quoted" $$dollars$$ \\',
    "\\x00 \x01\x1f\x7f",
    "\u202e\u200b\ufeffname",
    "😀" * 30,
    "e\u0301" * 60,
    "((((((((((((((((((((",
    "9" * 1_000_000,
    "a 9" * 350_000,
    "ÀÉ" * 500_000,
    "+" * 1_000_000,
]


@pytest.fixture
def normalised(connection: Connection[Any]) -> Any:
    """What an account's and a lead's fields are kept as, by running them through."""

    def run(**fields: Any) -> tuple[Any, ...]:
        account(connection, "a", **fields)
        resolve(connection)
        ((found),) = rows(
            connection,
            "SELECT phone_norm, license_norm, plate_norm, name_tokens, model_norm, model_short "
            "FROM canon.drivers_index",
        )
        return tuple(found)

    return run


def ask(connection: Connection[Any], query: str, value: Any) -> Any:
    ((answer,),) = rows(connection, query, value)
    return answer


def test_phones(connection: Connection[Any]) -> None:
    """The short way and the long one together, as accounts and leads take them."""
    for number, (written, _) in enumerate(PHONES):
        account(connection, f"{number:03}", phone=written)
        scouted(connection, f"{number:03}", driver_phone=written)
    resolve(connection)
    expected = [norm for _, norm in PHONES]
    for table, key in (("drivers_index", "driver_id"), ("lead_keys", "source_pk")):
        kept = rows(connection, f"SELECT phone_norm FROM canon.{table} ORDER BY {key}")  # noqa: S608
        assert [norm for (norm,) in kept] == expected


@pytest.mark.parametrize(("written", "norm"), PHONES)
def test_a_plain_mobile_is_read_alike_by_the_server_and_the_library(
    functions: Connection[Any], written: str | None, norm: str | None
) -> None:
    is_mobile = ask(functions, "SELECT canon.is_mobile(%s::text)", written)
    quick = ask(functions, "SELECT canon.mobile_norm(%s::text)", written)
    if is_mobile:
        assert quick == norm
        assert read_phone(str(written)) == norm
    else:
        assert quick is None
        assert (written and read_phone(written)) in (norm, "", None)


@pytest.mark.parametrize(("written", "norm"), LICENCES)
def test_a_licence(functions: Connection[Any], written: str | None, norm: str | None) -> None:
    query = "SELECT canon.licence_norm(canon.alphanumerics(%s::text))"
    assert ask(functions, query, written) == norm


@pytest.mark.parametrize(("written", "norm"), PLATES)
def test_a_plate(functions: Connection[Any], written: str | None, norm: str | None) -> None:
    query = "SELECT canon.plate_norm(canon.alphanumerics(%s::text))"
    assert ask(functions, query, written) == norm


def test_names(connection: Connection[Any]) -> None:
    for number, (written, _) in enumerate(NAMES):
        account(connection, f"{number:03}", full_name=written)
        scouted(connection, f"{number:03}", driver_name=written)
    resolve(connection)
    expected = [tokens for _, tokens in NAMES]
    for table, key in (("drivers_index", "driver_id"), ("lead_keys", "source_pk")):
        kept = rows(connection, f"SELECT name_tokens FROM canon.{table} ORDER BY {key}")  # noqa: S608
        assert [tokens for (tokens,) in kept] == expected


def test_models(connection: Connection[Any]) -> None:
    for number, (brand, model, _, _) in enumerate(MODELS):
        account(connection, f"{number:03}", car_brand=brand, car_model=model)
        lead(connection, f"{number:03}", asset_model=f"{brand or ''} {model or ''}")
    resolve(connection)
    assert rows(
        connection, "SELECT model_norm, model_short FROM canon.drivers_index ORDER BY driver_id"
    ) == [(both, alone) for _, _, both, alone in MODELS]
    assert rows(connection, "SELECT model_norm FROM canon.lead_keys ORDER BY source_pk") == [
        (both,) for _, _, both, _ in MODELS
    ]


def test_an_accounts_name_may_stand_in_parts(normalised: Any) -> None:
    found = normalised(full_name="  ", first_name="Juan", middle_name="", last_name="Quispe Paz")
    assert found[3] == ["JUAN", "PAZ", "QUISPE"]


def test_the_normalised_columns_stand_in_for_unreadable_ones(normalised: Any) -> None:
    found = normalised(
        license_number="S/N",
        license_normalized_number="40111222",
        car_number="---",
        car_normalized_number="ABC123",
    )
    assert found[1:3] == ("40111222", "ABC123")


def test_the_written_columns_come_before_the_normalised_ones(normalised: Any) -> None:
    found = normalised(
        license_number="Q40111222",
        license_normalized_number="40999888",
        car_number="ABC-123",
        car_normalized_number="XYZ987",
    )
    assert found[1:3] == ("40111222", "ABC123")


@pytest.mark.parametrize(
    ("one", "other", "are_near"),
    [
        ("QUISPE", "QUISPE", True),
        ("QUISPE", "QUISPI", True),
        ("QUISPE", "QUISP", True),
        ("QUISPE", "QUSIPE", True),
        ("QUISPE", "UQISPE", True),
        ("QUISPE", "QUSEPI", False),
        ("QUISPE", "QUSPI", False),
        ("ROSA", "ROSO", True),
        ("PAZ", "PAS", False),
        ("PAZ", "PAZO", False),
        (None, "PAZO", None),
    ],
)
def test_words_one_slip_apart(
    functions: Connection[Any], one: str | None, other: str, are_near: bool | None
) -> None:
    ((found,),) = rows(functions, "SELECT canon.is_near_token(%s::text, %s::text)", one, other)
    assert bool(found) is bool(are_near)


@pytest.mark.parametrize(
    ("shared", "one", "other", "likeness"),
    [(4, 4, 4, 1.0), (2, 2, 4, 0.5), (3, 3, 4, 0.75), (0, 2, 2, 0.0), (2, 3, 3, 7 / 12)],
)
def test_likeness_of_names(
    functions: Connection[Any], shared: int, one: int, other: int, likeness: float
) -> None:
    ((found,),) = rows(functions, "SELECT canon.name_similarity(%s, %s, %s)", shared, one, other)
    assert found == pytest.approx(likeness)
    assert rows(functions, "SELECT canon.name_similarity(0, 0, 0)") == [(None,)]


def test_hostile_text_is_inert(connection: Connection[Any]) -> None:
    """However long or odd, a field is read or is not, and nothing else happens."""
    for number, text in enumerate(HOSTILE):
        account(
            connection,
            f"{number} {text[:40]}",
            phone=text,
            license_number=text,
            license_normalized_number=text,
            full_name=text,
            car_number=text,
            car_brand=text,
            car_model=text,
        )
        pk = f"{number} {text[:40]}"
        lead(
            connection,
            pk,
            park_phone=text,
            first_name=text,
            last_name=text,
            asset_plate_number=text,
            asset_model=text,
        )
        scouted(connection, pk, driver_phone=text, driver_license=text, driver_name=text)
        lead(connection, pk, source="module_ct_migrations", driver_id=text[:40])
    resolve(connection)
    assert rows(connection, "SELECT count(*) FROM canon.drivers_index") == [(len(HOSTILE),)]
    ((longest,),) = rows(
        connection,
        "SELECT max(greatest(length(phone_norm), length(license_norm), length(plate_norm), "
        "length(array_to_string(name_tokens, ' ')), length(model_norm))) FROM canon.lead_keys",
    )
    assert longest <= 420
    assert rows(connection, "SELECT max(length(raw)) FROM canon.phone_readings")[0][0] in (
        None,
        *range(61),
    )


def test_an_account_named_by_a_quote_is_found_by_it(connection: Connection[Any]) -> None:
    odd = 'o\'Hara "%s" \\ %'
    person = account(connection, odd, full_name="Somebody")
    lead(connection, odd, source="module_ct_migrations", driver_id=odd)
    scouted(connection, odd)
    resolve(connection)
    assert rows(
        connection,
        "SELECT person_key FROM canon.identity_links WHERE source_table = 'module_ct_migrations'",
    ) == [(person,)]
    assert reason(connection, odd, SCOUTING) == "NO_EVIDENCE"
