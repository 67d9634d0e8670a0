"""What a person sees at the terminal: steps, bars, tables, a start's last screen. Plain lines where it is a file."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final, Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

console: Final = Console(highlight=False)
complaints: Final = Console(stderr=True, highlight=False)


class Steps(Protocol):
    """How a long command says how far it is."""

    def begin(self, what: str, total: int) -> None: ...
    def advance(self, by: int = 1) -> None: ...


def say(line: str) -> None:
    console.print(f"  {line}", markup=False)


class _Bars:
    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task: TaskID | None = None

    def begin(self, what: str, total: int) -> None:
        self._task = self._progress.add_task(what, total=total)

    def advance(self, by: int = 1) -> None:
        if self._task is not None:
            self._progress.advance(self._task, by)


class Quiet:
    """Where nobody watches a bar: a log file gets one line for each step, a test none."""

    def __init__(self, *, lines: bool = True) -> None:
        self._lines = lines

    def begin(self, what: str, total: int) -> None:
        if self._lines:
            say(f"{what}: {total}")

    def advance(self, by: int = 1) -> None: ...


@contextmanager
def bars() -> Iterator[Steps]:
    if not console.is_terminal:
        yield Quiet()
        return
    columns = (TextColumn("  {task.description:<28}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        yield _Bars(progress)


def table(*columns: str, rows: Sequence[Sequence[object]], title: str | None = None) -> None:
    """What stands in the first column is typed or copied: it is never cut or broken; the others make room for it."""
    shown = Table(title=title, title_justify="left", box=None, pad_edge=False, padding=(0, 3, 0, 0))
    for place, column in enumerate(columns):
        shown.add_column(column, no_wrap=place == 0, overflow="ignore" if place == 0 else "fold")
    for row in rows:
        shown.add_row(*(str(cell) for cell in row))
    console.print(shown)
