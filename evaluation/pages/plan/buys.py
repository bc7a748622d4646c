"""What a plan buys, in words: for a terminal and for pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from cases.language.messages import Sayable, _
from policies.spot_check.plan import CHOICES, Outlook

HEADS = (
    _("What it buys"),
    _("defects expected"),
    _("defect rate known to"),
    _("upper end at most"),
)
COUNTED = {
    "mandatory": _("{count:,} mandatory"),
    "search": _("{count:,} by search"),
    "lottery": _("{count:,} by random draw"),
}


def counted(drawn: Mapping[str, int]) -> list[Sayable]:
    """How many cases were drawn, by how they were selected."""
    return [COUNTED[how].filled(count=count) for how, count in drawn.items()]


def rows(outlook: Iterable[Outlook]) -> Iterator[tuple[Sayable, ...]]:
    """For each way to choose what `HEADS` says."""
    for way in outlook:
        yield (
            CHOICES[way.choice],
            _("{number:.1f}", number=way.expected_defects),
            margin(way.margin),
            _upper(way.upper_margin),
        )


def margin(half: float | None) -> Sayable:
    """Half the width of the interval of the rate."""
    if half is None:
        return _("cannot be estimated")
    return _("± {points:.1f} percentage points", points=100 * half)


def _upper(half: float | None) -> Sayable:
    """How far the interval of the rate reaches above the estimate."""
    if half is None:
        return _("cannot be estimated")
    return _("+ {points:.1f} percentage points", points=100 * half)


def price(floor: float, cost: float) -> Iterator[Sayable]:
    """What the floor of the inclusion probability costs, if it does."""
    if cost:
        yield _(
            "No case has less than {floor:.0%} of the inclusion probability of an even draw. That "
            "costs {cost:.1f} of the defects expected and keeps the defect rate's interval true "
            "where the model is wrong about a group of cases.",
            floor=floor,
            cost=cost,
        )
