"""The picture of what plans would buy: places in per cent, so that no letter is ever scaled."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from cases.language.messages import Sayable, _
from cases.language.values import Value
from evaluation.pages.drawing import round_numbers
from policies.spot_check.prospect import Point
from serving.use_cases.planning.picture import Picture

LEFT, RIGHT, TOP, BOTTOM = 15.0, 92.0, 6.0, 86.0  # of the picture, in per cent
PER_CENT = 100


@dataclass(frozen=True)
class Axis:
    """Round numbers along one side, and where each stands."""

    numbers: tuple[float, ...]
    begins: float
    ends: float

    def place(self, value: float) -> str:
        """Where a value lies, in per cent of the picture."""
        low, high = self.numbers[0], self.numbers[-1]
        return f"{self.begins + (self.ends - self.begins) * (value - low) / (high - low):.2f}%"

    @property
    def ticks(self) -> list[tuple[str, Value]]:
        """Where each number stands, and how it is written."""
        step = self.numbers[1] - self.numbers[0]
        digits = next((n for n in range(4) if abs(step - round(step, n)) < step / 100), 4)
        return [(self.place(number), Value(number, f",.{digits}f")) for number in self.numbers]


@dataclass(frozen=True)
class Drawing:
    """Margins from left to right, defects found upwards, and the plan that is thought of."""

    across: Axis
    up: Axis
    points: tuple[Point, ...]
    chosen: Point

    @property
    def segments(self) -> list[tuple[str, str, str, str]]:
        """The parts of the line through all plans: both ends of each."""
        places = [self._place(point) for point in self.points]
        return [(*one, *other) for one, other in pairwise(places)]

    @property
    def place(self) -> tuple[str, str]:
        """Where the plan that is thought of lies."""
        return self._place(self.chosen)

    def _place(self, point: Point) -> tuple[str, str]:
        return self.across.place(PER_CENT * point.margin), self.up.place(point.finds)


def drawing(found: Picture) -> Drawing | None:
    """The picture; None where there is nothing to choose."""
    plan = found.chosen.outlook[0]
    if not found.frontier or plan.margin is None:
        return None
    chosen = Point(plan.margin, plan.expected_defects)
    points = (*found.frontier, chosen)
    margins = [PER_CENT * point.margin for point in points]
    finds = [point.finds for point in points]
    across = Axis(round_numbers(min(margins), max(margins)), LEFT, RIGHT)
    up = Axis(round_numbers(min(finds), max(finds)), BOTTOM, TOP)
    return Drawing(across, up, found.frontier, chosen)


def in_words(found: Picture) -> Sayable:
    """What the plan would buy, next to what the two ends of the knob would."""
    plan = found.chosen.outlook[0]
    if plan.margin is None or not found.frontier:
        return _(
            "This plan would be expected to find {finds:.1f} defects.", finds=plan.expected_defects
        )
    least, most = found.frontier[0], found.frontier[-1]
    return _(
        "This plan would be expected to find {finds:.1f} defects, and the defect rate would be "
        "known to ± {margin:.1f} percentage points. The plan that knows the rate best would find "
        "{least:.1f} (± {best:.1f}), the one that finds the most {most:.1f} (± {widest:.1f}).",
        finds=plan.expected_defects,
        margin=PER_CENT * plan.margin,
        least=least.finds,
        best=PER_CENT * least.margin,
        most=most.finds,
        widest=PER_CENT * most.margin,
    )
