"""How an estimate is shown on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.markup import escape
from rich.table import Table

from cli.show.console import out
from evaluation.quality.estimate import FEWEST_EFFECTIVE, Estimate, GroupRate
from evaluation.quality.returned import OutsideReason
from evaluation.statistics.metrics import Figure

OUTSIDE: dict[OutsideReason, str] = {
    "reviewed": "{count:,} closed cases of the same time had been reviewed before the draw",
    "missing": "{count:,} closed cases of the same time are not in the plan's frame (recorded "
    "later, or taken out of it)",
}


def show_estimate(found: Estimate, others: Mapping[OutsideReason, int]) -> None:
    """The rate of all cases, then groups, then what the reader must know.

    `others` are the closed cases that the rate does not speak for.
    """
    out.print(
        f"Defect rate of all {found.cases:,} cases: [bold]{_percent(found.rate)}[/bold] "
        f"(95 % interval), from {found.returned:,} of {found.drawn:,} reviews."
    )
    if found.mean_place is not None and found.mean_place.value is not None:
        place = found.mean_place
        out.print(
            f"Mean grade, counted from 0 for the best: {place.value:.2f} "
            f"({place.low:.2f} to {place.high:.2f})."
        )
    for by, groups in found.groups.items():
        if groups[1:]:
            out.print(_table(by, groups))
    for sentence in _sentences(found):
        out.print(sentence, soft_wrap=True)
    for reason, count in others.items():
        out.print(f"{OUTSIDE[reason].format(count=count)}: the rate does not speak for them.")


def _table(by: str, groups: tuple[GroupRate, ...]) -> Table:
    table = Table(by, "cases", "reviews", "defect rate", "drawn towards the whole by")
    for group in groups:
        shrunk = "" if group.rate.value is None else f"{group.shrunk:.0%}"
        name = escape(group.name) or "(unknown)"
        table.add_row(name, f"{group.cases:,}", f"{group.returned:,}", _percent(group.rate), shrunk)
    return table


def _percent(figure: Figure) -> str:
    if figure.value is None or figure.low is None or figure.high is None:
        return "withheld: too few to tell"
    return f"{100 * figure.value:.1f} % ({100 * figure.low:.1f} to {100 * figure.high:.1f})"


def _sentences(found: Estimate) -> Iterator[str]:
    missing = found.drawn - found.returned
    if missing:
        yield (
            f"{missing:,} reviews have not come back. If all of them found nothing, the rate would "
            f"be {found.best:.1%}; if all found a defect, {found.worst:.1%}. The estimate takes "
            "those that came back for a random part of those that were drawn."
        )
    if found.hand_picked:
        yield (
            f"{found.hand_picked:,} reviews of cases that the plan did not draw are left out: "
            "hand-picked cases say nothing about the others."
        )
    if any(group.rate.value is None for groups in found.groups.values() for group in groups):
        yield f"Withheld: less is known than {FEWEST_EFFECTIVE} random reviews would say."
    yield (
        "Groups are drawn towards the whole, more so the less is known of them: what could be "
        "luck is taken for luck; the interval is that of their own reviews. They stand in order of "
        "name: this is no ranking."
    )
