"""How the knob was moved: only what changed, from what to what."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from serving.use_cases.planning.knob import Knob, moves
from serving.use_cases.remembered import Planned

AT = datetime(2026, 7, 1, tzinfo=UTC)


def planned(record: int, **content: Any) -> Planned:
    """A plan's record."""
    return Planned(record, AT, "U-1", {"plan_id": f"p{record}"} | content)


def test_a_plan_that_asks_for_the_same_is_no_move() -> None:
    """A higher capacity and a margin are; records that say nothing of a knob are passed over."""
    wide = {"capacity": 100, "search_share": "0.9", "margin": None}
    found = moves(
        [
            planned(1),
            planned(2, **wide),
            planned(3, **wide),
            planned(4, **wide | {"capacity": 120}),
            planned(5, **wide | {"capacity": 120, "margin": "0.02"}),
        ]
    )
    assert [(move.record, move.was, move.now) for move in found] == [
        (2, None, Knob(100, 0.9, None)),
        (4, Knob(100, 0.9, None), Knob(120, 0.9, None)),
        (5, Knob(120, 0.9, None), Knob(120, 0.9, 0.02)),
    ]


def test_a_knob_is_said_by_what_counts() -> None:
    """The margin where one is wanted, else the search share."""
    assert str(Knob(1200, 0.5, None).says) == "capacity 1,200, search share 50%"
    assert str(Knob(10, 0.5, 0.025).says) == "capacity 10, margin ± 2.5 percentage points"
