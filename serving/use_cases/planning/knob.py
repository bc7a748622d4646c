"""How the knob of the plans was moved: when, by whom, from what to what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cases.language.messages import Sayable, _
from cases.language.values import round_share
from evaluation.pages.plan.buys import margin
from serving.use_cases.remembered import Planned


@dataclass(frozen=True)
class Knob:
    """What a plan was asked for: so many reviews, and a `margin`, or else a `search_share`."""

    capacity: int
    search_share: float
    margin: float | None

    @classmethod
    def of(cls, planned: Planned) -> Knob | None:
        """Of a plan's record; None where an earlier version recorded none."""
        content = planned.content
        if "capacity" not in content or "search_share" not in content:
            return None
        wanted = content.get("margin")
        return cls(
            int(content["capacity"]),
            float(content["search_share"]),
            None if wanted is None else float(wanted),
        )

    @property
    def says(self) -> Sayable:
        """In words."""
        if self.margin is not None:
            return _(
                "capacity {capacity:,}, margin {margin}",
                capacity=self.capacity,
                margin=margin(self.margin),
            )
        share = round_share(self.search_share)
        return _("capacity {capacity:,}, search share {share}", capacity=self.capacity, share=share)


@dataclass(frozen=True)
class Move:
    """A plan whose knob stood another way than that of the plan before; `was` None: the first."""

    record: int
    at: datetime
    by: str | None
    plan_id: str
    was: Knob | None
    now: Knob


def moves(planned: Iterable[Planned]) -> list[Move]:
    """Where the knob was moved, of plans in order; the first one that recorded it is one, too."""
    found: list[Move] = []
    for one in planned:
        now, was = Knob.of(one), found[-1].now if found else None
        if now is not None and now != was:
            found.append(Move(one.record, one.at, one.by, one.plan_id, was, now))
    return found
