"""What PostgreSQL cannot reckon itself: phones as the world writes them, and keys of persons."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from psycopg import Connection, sql

from leads.sources import Registry, Source
from leads.statements import statement

if TYPE_CHECKING:
    from typing_extensions import LiteralString

#: Namespace of person keys; it must never change, or every key would.
PEOPLE = uuid.UUID("5f0d1a52-6c0e-5a43-9a77-3d1f2c8be9a4")
#: What people write who have no phone, or do not tell it; as in `canon.mobile_norm`.
PLACEHOLDERS = frozenset({"+51900000000", "+51912345678", "+51987654321", "+51999999999"})
#: What a lead may carry, in the order of the columns of `lead_fields`.
FIELDS = ("phone", "licence", "plate", "name", "model", "driver_id")


def person_key(driver_id: str) -> uuid.UUID:
    """The key of the person whose anchor is this account.

    Source: RFC 9562, section 5.5: a name-based UUID. The server has no SHA-1 to make one.
    """
    return uuid.uuid5(PEOPLE, f"driver:{driver_id}")


def create_lead_fields(connection: Connection[Any], registry: Registry) -> None:
    """Make the temporary view `lead_fields`: what each pending lead carries, as it was written.

    One row per pending event: event_id, source_table, source_pk, event_date, phone, licence, plate,
    name, model, driver_id, has_driver_id. Which payload column is which comes from the registry; an
    event of a source that the registry no longer has carries nothing.
    """
    known = list(registry.sources.values())
    arms = [_fields_of(source) for source in known]
    arms.append(_select(dict.fromkeys(FIELDS, sql.NULL), has_driver_id=False))
    conditions = [sql.SQL("event.source_table = {}").format(one.source_table) for one in known]
    conditions.append(
        sql.SQL("event.source_table != ALL(ARRAY[{}]::text[])").format(
            sql.SQL(", ").join(sql.Literal(source.source_table) for source in known)
        )
    )
    connection.execute(
        sql.SQL("CREATE TEMPORARY VIEW lead_fields AS {}").format(
            sql.SQL(" UNION ALL ").join(
                sql.SQL("{} WHERE event.identity_pending AND {}").format(arm, condition)
                for arm, condition in zip(arms, conditions, strict=True)
            )
        )
    )


def _fields_of(source: Source) -> sql.Composable:
    carried: dict[str, sql.Composable] = {}
    for field in FIELDS:
        columns = getattr(source.identity, field)
        parts = [sql.SQL("event.payload_json ->> {}").format(column) for column in columns]
        if not parts:
            carried[field] = sql.NULL
        elif len(parts) == 1:
            carried[field] = parts[0]
        else:
            carried[field] = sql.SQL("concat_ws(' ', {})").format(sql.SQL(", ").join(parts))
    return _select(carried, has_driver_id=bool(source.identity.driver_id))


def _select(carried: dict[str, sql.Composable], *, has_driver_id: bool) -> sql.Composable:
    return sql.SQL(
        "SELECT event.id AS event_id, event.source_table, event.source_pk, event.event_date, {}, "
        "{}::boolean AS has_driver_id FROM observational.lead_events AS event"
    ).format(
        sql.SQL(", ").join(
            sql.SQL("({})::text AS {}").format(value, sql.Identifier(field))
            for field, value in carried.items()
        ),
        sql.Literal(has_driver_id),
    )


def read_odd_phones(connection: Connection[Any], which: LiteralString, binds: Any) -> int:
    """Read the phones that are no plain Peruvian mobiles, each spelling once in its life.

    Args:
        connection: in the run's transaction.
        which: statement that returns the spellings nobody has read yet.
        binds: its binds.

    Returns:
        How many were read.
    """
    spellings = [row[0] for row in connection.execute(statement(which), binds).fetchall()]
    if spellings:
        command = "COPY canon.phone_readings (raw, phone_norm) FROM STDIN"
        with connection.cursor() as cursor, cursor.copy(command) as copy:
            for spelling in spellings:
                copy.write_row((spelling, read_phone(spelling)))
    return len(spellings)


def read_phone(spelling: str) -> str | None:
    """The E.164 form of a phone as somebody wrote it, Peru understood; None when it is none.

    Of several numbers the first one counts that is no placeholder.
    """
    # Imported here: its tables of the world's numbers are large, and most runs need none of them.
    import phonenumbers

    try:
        number = phonenumbers.parse(spelling, "PE")
    except phonenumbers.NumberParseException:
        number = None
    if number is not None and phonenumbers.is_valid_number(number):
        numbers = [number]
    else:  # two numbers in one field, or words around it
        numbers = [match.number for match in phonenumbers.PhoneNumberMatcher(spelling, "PE")]
    for number in numbers:
        read = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        if read not in PLACEHOLDERS:
            return read
    return None


def name_new_accounts(connection: Connection[Any]) -> None:
    """Fill `anchor_keys`: the person key of each new account."""
    connection.execute(statement("identity/normalise/create_anchor_keys"))
    new = connection.execute(statement("identity/normalise/new_accounts")).fetchall()
    if new:
        command = "COPY anchor_keys (account_id, person_key) FROM STDIN"
        with connection.cursor() as cursor, cursor.copy(command) as copy:
            # Numbers and keys need no quoting; a first run writes all in one go.
            copy.write("".join(f"{number}\t{person_key(driver_id)}\n" for number, driver_id in new))
