"""How a replay is shown on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cases.language.messages import Sayable, _
from cli.console import Terminal
from evaluation.replay.results import Replay, totals
from policies.spot_check.choices import CHOICES

HEADS = (
    _("Way to choose"),
    _("Defects found"),
    _("× top of the list"),
    _("× random"),
    _("Years whose interval holds the truth"),
)


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
    yield _(
        "A way to choose sees the outcome of a case it drew at the end of the case's period, or "
        "when the review became final if that was later. It never sees any other outcome."
    )
    yield _(
        "{features} features that read earlier reviews are left out: they would show outcomes "
        "nobody had seen. Rules that make reviews mandatory are left out too.",
        features=replay.left_out,
    )
    if replay.world.unknown:
        yield _("{cases:,} cases without a known outcome are left out.", cases=replay.world.unknown)
