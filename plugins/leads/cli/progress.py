"""What a person sees while something takes long: live lines, or now and then a plain one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

PLAIN_SECONDS = 5.0  # between two plain lines of one step


def standard_output() -> Console:
    """Standard output; as wide as the terminal, or wide enough for our tables in a file."""
    plain = Console(highlight=False)
    return plain if plain.is_terminal else Console(highlight=False, width=150)


class Line:
    """One step on the screen."""

    def __init__(self, display: Display, title: str, total: int | None) -> None:
        """Show the step; `Display.step` does it."""
        self._display = display
        self._title = title
        self._total = total
        self._note = ""
        self._done = 0
        self._started = self._printed = time.monotonic()
        self._task = display.live.add_task(title, total=total, note="") if display.live else None

    def show(self, note: str, done: int = 0) -> None:
        """Say what is going on now.

        Args:
            note: a few words.
            done: how much of the step's total.
        """
        changed = (note, done) != (self._note, self._done)
        self._note, self._done = note, done
        if self._display.live is not None and self._task is not None:
            self._display.live.update(self._task, note=note, completed=done)
        elif changed and time.monotonic() - self._printed >= PLAIN_SECONDS:
            self._printed = time.monotonic()
            self._display.print(f"{self._title}: {self._counted(note)}")

    def finish(self) -> None:
        """Mark the step as done and say how long it took."""
        seconds = time.monotonic() - self._started
        if self._display.live is not None and self._task is not None:
            self._display.live.update(self._task, total=1, completed=1, visible=False)
        note = self._counted(self._note) if self._total is not None else "done"
        self._display.print(f"{self._title}: {note} ({seconds:.1f} s)")

    def _counted(self, note: str) -> str:
        counted = f"{self._done} of {self._total}" if self._total is not None else ""
        return ", ".join(part for part in (counted, note) if part)


class Display:
    """The screen of one command."""

    def __init__(self) -> None:
        """Write to standard output; live only on a terminal."""
        self.console = standard_output()
        self.live: Progress | None = None
        if self.console.is_terminal:
            self.live = Progress(
                SpinnerColumn(finished_text=" "),
                TextColumn("{task.description}"),
                BarColumn(bar_width=24),
                TextColumn("{task.fields[note]}"),
                TimeElapsedColumn(),
                console=self.console,
                transient=True,
            )

    def __enter__(self) -> Display:
        """Begin to show."""
        if self.live is not None:
            self.live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the terminal as it was."""
        self.end_live()

    def end_live(self) -> None:
        """Stop the moving part; plain text follows."""
        if self.live is not None:
            self.live.stop()
            self.live = None

    def print(self, text: object) -> None:
        """Print something that stays."""
        self.console.print(text, soft_wrap=isinstance(text, str), markup=False)

    @contextmanager
    def step(self, title: str, total: int | None = None) -> Iterator[Line]:
        """One step; the block's end finishes it, an error leaves it unfinished.

        Args:
            title: what is being done.
            total: how much there is to do; None when nobody can know.
        """
        line = Line(self, title, total)
        yield line
        line.finish()
