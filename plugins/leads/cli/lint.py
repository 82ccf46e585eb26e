"""`./leads lint`: every static check."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

# Title, program, arguments; {fix} arguments only with --fix.
CHECKS: tuple[tuple[str, list[str], list[str]], ...] = (
    ("ruff", ["ruff", "check", "."], ["--fix"]),
    ("format", ["ruff", "format", "."], []),
    ("mypy", ["mypy"], []),
    ("sqlfluff", ["sqlfluff", "lint", "include/sql", "include/migrations"], []),
    ("imports", ["lint-imports"], []),
)


def lint(
    fix: Annotated[bool, typer.Option("--fix", help="Mend what ruff can mend.")] = False,
) -> None:
    """Check style, types, SQL and import rules; exit status 1 when one complains.

    For example:

      ./leads lint

      ./leads lint --fix
    """
    from leads.cli.progress import standard_output
    from leads.settings import REPOSITORY

    console, failed = standard_output(), []
    programs = Path(sys.executable).parent
    for title, command, mending in CHECKS:
        words = [*command, *(mending if fix else [])]
        if title == "format" and not fix:
            words.append("--check")
        console.print(f"{title}: {' '.join(words)}", style="bold")
        done = subprocess.run([str(programs / words[0]), *words[1:]], cwd=REPOSITORY, check=False)
        if done.returncode:
            failed.append(title)
    if failed:
        console.print(f"Failed: {', '.join(failed)}.")
        raise typer.Exit(1)
    console.print("All clean.")
