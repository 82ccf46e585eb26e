"""`./leads test`: pytest on this repository."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer


def test(
    context: typer.Context,
    nightly: Annotated[
        bool, typer.Option("--nightly", help="The long versions: more examples, more kills.")
    ] = False,
) -> None:
    """Run the tests; they bring their own database server and network nothing.

    Anything else is passed on to pytest.

    For example:

      ./leads test

      ./leads test --nightly

      ./leads test tests/local -k port -x
    """
    from leads.settings import REPOSITORY

    if nightly:
        os.environ["LEADS_NIGHTLY"] = "1"
    given = list(context.args)
    if all(word.startswith("-") for word in given):
        given.append(str(REPOSITORY / "tests"))
    arguments = ["--rootdir", str(REPOSITORY), "--durations=10", *given]
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *arguments])
