"""What the commands about identities share: a session of the warehouse, and words to print."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from leads.cli.texts import Language

if TYPE_CHECKING:
    from datetime import datetime

    from psycopg import Connection
    from rich.console import Console, RenderableType
    from rich.table import Table

    from leads.cli.texts import Texts
    from leads.identity.masking import Mask
    from leads.identity.standing import Decision
    from leads.settings import Settings
    from leads.sources import Registry

LanguageOption = Annotated[
    Language | None,
    typer.Option("--language", help="es or en; otherwise LEADS_LANGUAGE.", show_default=False),
]
RevealOption = Annotated[
    bool,
    typer.Option(
        "--reveal",
        help="Show phones, licences, plates and names as they are, and the reasons that people "
        "gave; without it these are hidden, as anything may stand in them.",
    ),
]
AccountArgument = Annotated[str, typer.Argument(help="Account: a driver_id, not a person key.")]
SourceArgument = Annotated[
    str, typer.Argument(help="Source table of the lead, such as module_ct_scouting_daily.")
]
PkArgument = Annotated[
    str,
    typer.Argument(
        help="Key of the lead in its source: its id; cabinet: external_id, or id where blank."
    ),
]


@dataclass(frozen=True, slots=True)
class Session:
    """A session of the warehouse, and how to speak to who asked for it."""

    connection: Connection[Any]
    registry: Registry
    settings: Settings
    say: Texts
    console: Console
    language: str

    def print(self, text: str = "") -> None:
        """One paragraph, as it is: nothing in it is markup, and long lines are left alone."""
        self.console.print(text, soft_wrap=True, markup=False)

    def local(self, moment: datetime) -> str:
        """A moment in local time."""
        return f"{moment.astimezone(self.settings.zone):%Y-%m-%d %H:%M}"


@contextmanager
def identity_session(language: Language | None) -> Iterator[Session]:
    """The warehouse for as long as the block lasts.

    Args:
        language: what the person asked for; None for the setting's.
    """
    import psycopg

    from leads.cli.progress import standard_output
    from leads.cli.texts import texts
    from leads.local.database import open_warehouse
    from leads.local.home import Home
    from leads.settings import settings
    from leads.sources import load_registry

    chosen = settings()
    spoken = language.value if language else chosen.language
    with (
        open_warehouse(Home(chosen.home), chosen) as warehouse,
        psycopg.connect(warehouse.conninfo) as connection,
    ):
        yield Session(
            connection,
            load_registry(),
            chosen,
            texts(spoken),
            standard_output(),
            spoken,
        )


def table(title: str | None, *columns: str, right: tuple[int, ...] = ()) -> Table:
    """A table; `right` are the places of columns of numbers, from 0."""
    from rich.table import Table
    from rich.text import Text

    # Not as a string, in which an account in brackets would be markup.
    shown = None if title is None else Text(title, style="bold")
    made = Table(title=shown, title_justify="left")
    for place, column in enumerate(columns):
        made.add_column(
            column,
            justify="right" if place in right else "left",
            overflow="fold",
            no_wrap=place in right,
        )
    return made


def cells(*values: object) -> list[RenderableType]:
    """Values as they are: nothing in them is markup, and None is blank."""
    from rich.text import Text

    return [Text("" if value is None else str(value)) for value in values]


def percent(share: float) -> str:
    """A probability with as many nines as it has, never rounded up to certainty."""
    from math import floor

    return f"{floor(share * 1_000_000) / 10_000:.4f}".rstrip("0").rstrip(".") + " %"


def decision_table(
    session: Session, decisions: tuple[Decision, ...], mask: Mask, title: str | None = None
) -> Table:
    """Decisions, one row each.

    Args:
        session: how to speak.
        decisions: in the order to show.
        mask: how reasons are shown.
        title: above the table; None for none.
    """
    say = session.say
    columns = ("number", "decision", "about", "by", "when", "reason", "withdrawn")
    shown = table(title, *(say(f"column.{name}") for name in columns), right=(0,))
    for one in decisions:
        about = filter(None, (one.source_table, one.source_pk, one.driver_a, one.driver_b))
        withdrawn = None
        if one.undone_at is not None:
            words = (session.local(one.undone_at), one.undone_by, mask.words(one.undone_reason))
            withdrawn = ", ".join(filter(None, words))
        shown.add_row(
            *cells(
                *(one.number, one.decision, " ".join(about), one.decided_by),
                *(session.local(one.decided_at), mask.words(one.reason), withdrawn),
            )
        )
    return shown
