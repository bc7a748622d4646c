"""How a replay is shown on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cases.language.messages import Sayable, _
from cli.console import Terminal
from evaluation.replay.results import Replay, totals
from evaluation.replay.words import COVERED, FOUND, OF_RANDOM, OF_TOP, WAY, notes
from policies.spot_check.plan import CHOICES

HEADS = (WAY, FOUND, OF_TOP, OF_RANDOM, COVERED)


def show_replay(terminal: Terminal, replay: Replay) -> None:
    """What each way to choose would have found, and what the figures rest on."""
    terminal.table(HEADS, (_row(line) for line in totals(replay).iter_rows(named=True)))
    terminal.show(*_explained(replay))


def _row(line: Mapping[str, Any]) -> tuple[object, ...]:
    """The cells of a line of `totals`."""
    return (
        CHOICES[line["way"]],
        _("{number:.1f}", number=line["found"]),
        _multiple(line["of_top"]),
        _multiple(line["of_random"]),
        "-" if line["covered"] is None else _("{share:.0%}", share=line["covered"]),
    )


def _multiple(value: float | None) -> Sayable | str:
    return "-" if value is None else _("{number:.2f}", number=value)


def _explained(replay: Replay) -> Iterator[Sayable]:
    cases = replay.world.cases
    yield _(
        "{defects:,} of {cases:,} cases had a defect.",
        defects=int(cases["y"].sum()),
        cases=cases.height,
    )
    yield from notes(replay)
