"""What the commands show: progress, results and faults, on a terminal or in a log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from cases.errors import BadInput, Fault, PlumblineError
from cases.progress import Progress as Tell

SHOWN_ALIKE = 5

out = Console(highlight=False, emoji=False)
err = Console(stderr=True, highlight=False, emoji=False)


@contextmanager
def progress() -> Iterator[Tell]:
    """Bars on a terminal; in a log, one line per finished step."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, disable=not err.is_terminal) as bars:
        steps: dict[str, TaskID] = {}
        finished: set[str] = set()

        def tell(what: str, done: float) -> None:
            if what not in steps:
                steps[what] = bars.add_task(escape(what), total=1.0)
            bars.update(steps[what], completed=done)
            if done >= 1 and what not in finished:
                finished.add(what)
                if not err.is_terminal:
                    err.print(f"{what}: done", markup=False)

        yield tell


def show_error(error: PlumblineError) -> None:
    """The error in plain sentences, alike faults grouped."""
    if isinstance(error, BadInput):
        for line in fault_lines(error.faults):
            err.print(line, markup=False, soft_wrap=True)
        count = len(error.faults)
        err.print(f"{count:,} {'fault' if count == 1 else 'faults'}; nothing was changed.")
    else:
        err.print(str(error), markup=False, soft_wrap=True)


def fault_lines(faults: Iterable[Fault]) -> Iterator[str]:
    """One line per fault; of faults of the same kind only the first few, then how many more."""

    def kind(fault: Fault) -> tuple[str, str, str]:
        return (fault.where, fault.column or "", fault.problem)

    for _, alike in groupby(sorted(faults, key=kind), key=kind):
        same = sorted(alike, key=lambda fault: fault.row or 0)
        yield from (str(fault) for fault in same[:SHOWN_ALIKE])
        if len(same) > SHOWN_ALIKE:
            yield f"  … and {len(same) - SHOWN_ALIKE:,} more of this kind in {same[0].where}"
