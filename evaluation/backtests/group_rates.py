"""What a list does to groups of cases: rates with intervals, and the clearest differences.

For every group: how often its cases are selected, how many of its defects and of its good
cases are, and whether as many defects were found as expected (Barocas, Hardt and Narayanan
2023, chapter 3).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import ndtri

from cases.language.messages import Sayable, _
from cases.numeric import Flags, Floats, Z
from evaluation.statistics.facts import Fact
from evaluation.statistics.metrics import FEWEST, Figure, effective_size, wilson_interval

Measure = Literal["selection_rate", "true_positive_rate", "false_positive_rate", "calibration"]
LEVEL = 0.05  # probability that any of the intervals of differences misses
UNRANKED = ("unit",)  # shown in order of name; no sentence says that one is above another
LEAST_EXPECTED = 1e-6  # no case has a probability of exactly 0

NAMES: dict[Measure, Sayable] = {
    "selection_rate": _("cases selected"),
    "true_positive_rate": _("defects selected"),
    "false_positive_rate": _("good cases selected"),
    "calibration": _("defects found per defect expected"),
}


@dataclass(frozen=True)
class GroupFigures:
    """The figures of one group, all weighted where inclusion probabilities are known.

    - `selection_rate`: share of its cases on the list; `true_positive_rate`,
      `false_positive_rate`: of its defects, and of its good cases.
    - `calibration`: defects found divided by the sum of the probabilities.
    - `detection_share`: its share of all defects that the list finds, to be compared with
      `defect_share`, its share of all defects.

    Rates have Wilson's interval at Kish's effective size. With fewer than `FEWEST` defects or
    good cases all figures are withheld.
    """

    name: Sayable
    cases: int
    selection_rate: Figure
    true_positive_rate: Figure
    false_positive_rate: Figure
    calibration: Figure
    detection_share: Figure
    defect_share: Figure


@dataclass(frozen=True)
class Difference:
    """The largest difference of a measure between two groups: `more` less `less`.

    Of all pairs the one whose interval begins highest. The interval allows for every pair of
    groups of every attribute and measure that was looked at (Bonferroni); it is Newcombe's
    (1998), from the limits of the two.
    """

    measure: Measure
    more: Sayable
    less: Sayable
    difference: Figure

    @property
    def beyond_chance(self) -> bool:
        """Whether it is larger than chance allows."""
        return self.difference.surely_above(0)


@dataclass(frozen=True)
class Grouping:
    """The groups by one attribute, in order of level, and their largest differences.

    There are none of the `UNRANKED` attributes.
    """

    attribute: str
    meaning: Sayable
    groups: tuple[GroupFigures, ...]
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class Rate:
    """A share of effectively `size` cases, times `scale`."""

    share: float
    size: float
    n: int
    scale: float = 1.0

    @property
    def value(self) -> float:
        """The figure itself."""
        return self.share * self.scale

    def limits(self, z: float) -> tuple[float, float]:
        """Wilson's limits at the normal quantile `z`."""
        low, high = wilson_interval(self.share, self.size, z)
        return low * self.scale, high * self.scale

    def figure(self) -> Figure:
        """With its 95% interval."""
        return Figure(self.value, *self.limits(Z), self.n)


Rates = Mapping[Measure, Rate]


def compare(
    facts: list[Fact], y: Floats, p: Floats, weight: Floats, listed: Floats
) -> tuple[tuple[Grouping, ...], int]:
    """The groups of each fact, and how many differences there are between them.

    `y`, `p`, `weight` and `listed` (the probability to be on the list) have shape (cases,).
    """
    rates_of = {
        fact.attribute: [
            _rates(y, p, weight, listed, fact.level == index) for index in range(len(fact.levels))
        ]
        for fact in facts
    }
    # Bonferroni: every pair of shown groups of every ranked attribute, in every measure.
    shown = [
        sum(rates is not None for rates in rates_of[fact.attribute])
        for fact in facts
        if fact.attribute not in UNRANKED
    ]
    comparisons = len(NAMES) * sum(size * (size - 1) // 2 for size in shown)
    z = float(ndtri(1 - LEVEL / (2 * max(1, comparisons))))
    groupings = tuple(
        Grouping(
            fact.attribute,
            fact.meaning,
            tuple(
                _group(name, rates, y, weight, listed, fact.level == index)
                for index, (name, rates) in enumerate(
                    zip(fact.levels, rates_of[fact.attribute], strict=True)
                )
            ),
            ()
            if fact.attribute in UNRANKED
            else tuple(_differences(fact.levels, rates_of[fact.attribute], z)),
        )
        for fact in facts
    )
    return groupings, comparisons


def _rates(y: Floats, p: Floats, weight: Floats, listed: Floats, own: Flags) -> Rates | None:
    """The rates of the cases `own` picks, or None if they are too few."""
    defect, good = own & (y == 1), own & (y == 0)
    if min(defect.sum(), good.sum()) < FEWEST:
        return None
    expected = float(np.average(np.maximum(p[own], LEAST_EXPECTED), weights=weight[own]))
    return {
        "selection_rate": _rate(listed, weight, own),
        "true_positive_rate": _rate(listed, weight, defect),
        "false_positive_rate": _rate(listed, weight, good),
        "calibration": _rate(y, weight, own, 1 / expected),
    }


def _rate(values: Floats, weight: Floats, part: Flags, scale: float = 1.0) -> Rate:
    share = float(np.average(values[part], weights=weight[part]))
    return Rate(share, effective_size(weight[part]), int(part.sum()), scale)


def _group(
    name: Sayable, rates: Rates | None, y: Floats, weight: Floats, listed: Floats, own: Flags
) -> GroupFigures:
    cases = int(own.sum())
    if rates is None:
        return GroupFigures(name, cases, *[Figure.of_few(cases)] * 6)
    return GroupFigures(
        name,
        cases,
        **{measure: rate.figure() for measure, rate in rates.items()},
        detection_share=_part(weight * y * listed, own),
        defect_share=_part(weight * y, own),
    )


def _part(mass: Floats, own: Flags) -> Figure:
    """The share of a mass that lies with the cases `own` picks."""
    counted = mass > 0
    if not counted.any():
        return Figure.withheld(0, "no_cases")
    return _rate(own.astype(np.float64), mass, counted).figure()


def _differences(
    levels: tuple[Sayable, ...], all_rates: list[Rates | None], z: float
) -> Iterator[Difference]:
    """Of each measure the largest difference, as far as the interval is sure of it."""
    shown = [(name, rates) for name, rates in zip(levels, all_rates, strict=True) if rates]
    for measure in NAMES:
        all_differences = [
            Difference(measure, more, less, _difference(high[measure], low[measure], z))
            for (more, high), (less, low) in itertools.permutations(shown, 2)
            if high[measure].value >= low[measure].value
        ]
        yield from sorted(all_differences, key=lambda pair: -(pair.difference.low or 0.0))[:1]


def _difference(high: Rate, low: Rate, z: float) -> Figure:
    """Newcombe's hybrid interval (1998, Statistics in Medicine 17, method 10)."""
    (high_low, high_high), (low_low, low_high) = high.limits(z), low.limits(z)
    # d - sqrt((p1 - l1)^2 + (u2 - p2)^2) to d + sqrt((u1 - p1)^2 + (p2 - l2)^2)
    value = high.value - low.value
    down = ((high.value - high_low) ** 2 + (low_high - low.value) ** 2) ** 0.5
    up = ((high_high - high.value) ** 2 + (low.value - low_low) ** 2) ** 0.5
    return Figure(value, value - down, value + up, high.n + low.n)
