"""How an estimate is shown on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cases.language.messages import Sayable, _, ngettext, sentences
from cli.console import Terminal
from evaluation.quality.estimate import FEWEST_EFFECTIVE, Estimate, GroupRate
from evaluation.quality.returned import OutsideReason
from evaluation.statistics.metrics import Figure
from evaluation.statistics.saying import number, percent

WITHHELD = _("withheld: too few to tell")
HEADS = (
    _("cases"),
    _("reviews"),
    _("defect rate"),
    _("drawn towards the whole by"),
)


def show_estimate(
    terminal: Terminal, estimate: Estimate, outside: Mapping[OutsideReason, int]
) -> None:
    """The rate of all cases, then groups, then what the reader must know.

    `outside` are the closed cases that the rate does not speak for.
    """
    terminal.show(*_rates(estimate))
    for by, groups in estimate.groups.items():
        if groups[1:]:
            terminal.table((by, *HEADS), map(_row, groups))
    terminal.show(*_explained(estimate))
    for reason, count in outside.items():
        not_meant = _("The rate does not speak for them.")
        terminal.show(sentences(_outside(reason, count), not_meant))


def _rates(estimate: Estimate) -> Iterator[Sayable]:
    yield _(
        "Defect rate of all {cases:,} cases: {rate} (95% interval), from {returned:,} of "
        "{drawn:,} reviews.",
        cases=estimate.cases,
        rate=_percent(estimate.rate),
        returned=estimate.returned,
        drawn=estimate.drawn,
    )
    grade = estimate.mean_place
    if grade is not None and grade.value is not None:
        yield _(
            "Mean grade, counted from 0 for the best: {grade}.",
            grade=number(grade),
        )


def _row(group: GroupRate) -> Sequence[object]:
    shrunk = "" if group.rate.value is None else _("{share:.0%}", share=group.shrunk)
    name = group.name or _("(unknown)")
    return name, _number(group.cases), _number(group.returned), _percent(group.rate), shrunk


def _number(value: int) -> Sayable:
    return _("{number:,}", number=value)


def _percent(figure: Figure) -> Sayable:
    if figure.value is None or figure.low is None or figure.high is None:
        return WITHHELD
    return percent(figure)


def _outside(reason: OutsideReason, count: int) -> Sayable:
    """How many closed cases are not in the plan's frame for that reason."""
    if reason == "reviewed":
        return ngettext(
            "{count:,} closed case of the same time had been reviewed before the draw.",
            "{count:,} closed cases of the same time had been reviewed before the draw.",
            count,
        )
    return ngettext(
        "{count:,} closed case of the same time is not in the plan's frame (recorded later, or "
        "taken out of it).",
        "{count:,} closed cases of the same time are not in the plan's frame (recorded later, or "
        "taken out of it).",
        count,
    )


def _explained(estimate: Estimate) -> Iterator[Sayable]:
    """What the reader must know of the figures above."""
    missing = estimate.drawn - estimate.returned
    if missing:
        yield _(
            "{missing:,} reviews have not come back. If all of them found nothing, the rate would "
            "be {best:.1%}; if all found a defect, {worst:.1%}. The estimate takes those that came "
            "back for a random part of those that were drawn.",
            missing=missing,
            best=estimate.best,
            worst=estimate.worst,
        )
    if estimate.hand_picked:
        yield _(
            "{picked:,} reviews of cases that the plan did not draw are left out: hand-picked "
            "cases say nothing about the others.",
            picked=estimate.hand_picked,
        )
    if any(group.rate.value is None for groups in estimate.groups.values() for group in groups):
        yield _(
            "Withheld: less is known than {reviews} random reviews would say.",
            reviews=FEWEST_EFFECTIVE,
        )
    yield _(
        "Groups are drawn towards the whole, more so the less is known of them: what could be "
        "luck is taken for luck; the interval is that of their own reviews. They stand in order "
        "of name: this is no ranking."
    )
