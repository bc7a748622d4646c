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

from cases.language.messages import _
from cases.language.texts import Text
from cases.numeric import Flags, Floats, Z
from evaluation.statistics.facts import Fact
from evaluation.statistics.metrics import FEWEST, Figure, effective_size, wilson_interval

Measure = Literal["selection_rate", "true_positive_rate", "false_positive_rate", "calibration"]
LEVEL = 0.05  # chance that any of the intervals of differences misses
UNRANKED = ("unit",)  # shown beside each other by name; that one is above another is not said
LEAST_EXPECTED = 1e-6  # nobody's probability is quite 0

NAMES: dict[Measure, Text] = {
    "selection_rate": _("cases selected"),
    "true_positive_rate": _("defects selected"),
    "false_positive_rate": _("good cases selected"),
    "calibration": _("defects found per defect expected"),
}


@dataclass(frozen=True)
class Group:
    """The figures of one group, all weighted where inclusion probabilities are known.

    - `selection_rate`: share of its cases on the list; `true_positive_rate`,
      `false_positive_rate`: of its defects, and of its good cases.
    - `calibration`: defects found divided by the sum of the probabilities.
    - `detection_share`: its share of all defects that the list finds, to be read beside
      `defect_share`, its share of all defects.

    Rates have Wilson's interval at Kish's effective size. With fewer than `FEWEST` defects or
    good cases all figures are withheld.
    """

    name: Text
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
    more: Text
    less: Text
    difference: Figure

    @property
    def told(self) -> bool:
        """Whether it is larger than chance allows."""
        return (self.difference.low or 0.0) > 0


@dataclass(frozen=True)
class Grouping:
    """The groups by one attribute, in order of level, and their largest differences.

    There are none of the `UNRANKED` attributes.
    """

    attribute: str
    meaning: Text
    groups: tuple[Group, ...]
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
        """With its 95 % interval."""
        return Figure(self.value, *self.limits(Z), self.n)


Rates = Mapping[Measure, Rate]


def compare(
    facts: list[Fact], y: Floats, p: Floats, weight: Floats, listed: Floats
) -> tuple[tuple[Grouping, ...], int]:
    """The groups of each fact, and how many differences there are between them.

    `y`, `p`, `weight` and `listed` (the chance to be on the list) have shape (cases,).
    """
    found = [
        [_rates(y, p, weight, listed, one.level == place) for place in range(len(one.levels))]
        for one in facts
    ]
    ranked = [one.attribute not in UNRANKED for one in facts]
    sizes = [
        told * sum(rates is not None for rates in each)
        for told, each in zip(ranked, found, strict=True)
    ]
    comparisons = len(NAMES) * sum(size * (size - 1) // 2 for size in sizes)
    z = float(ndtri(1 - LEVEL / (2 * max(1, comparisons))))
    groupings = tuple(
        Grouping(
            one.attribute,
            one.meaning,
            tuple(
                _group(name, rates, y, weight, listed, one.level == place)
                for place, (name, rates) in enumerate(zip(one.levels, each, strict=True))
            ),
            tuple(_differences(one.levels, each, z)) if told else (),
        )
        for one, each, told in zip(facts, found, ranked, strict=True)
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


def _rate(values: Floats, weight: Floats, some: Flags, scale: float = 1.0) -> Rate:
    share = float(np.average(values[some], weights=weight[some]))
    return Rate(share, effective_size(weight[some]), int(some.sum()), scale)


def _group(
    name: Text, rates: Rates | None, y: Floats, weight: Floats, listed: Floats, own: Flags
) -> Group:
    cases = int(own.sum())
    if rates is None:
        withheld = Figure(None, None, None, cases, "too_few" if cases else "no_cases")
        return Group(name, cases, *[withheld] * 6)
    return Group(
        name,
        cases,
        **{measure: rate.figure() for measure, rate in rates.items()},
        detection_share=_part(weight * y * listed, own),
        defect_share=_part(weight * y, own),
    )


def _part(mass: Floats, own: Flags) -> Figure:
    """The share of a mass that lies with the cases `own` picks."""
    some = mass > 0
    if not some.any():
        return Figure(None, None, None, 0, "no_cases")
    return _rate(own.astype(np.float64), mass, some).figure()


def _differences(
    levels: tuple[Text, ...], found: list[Rates | None], z: float
) -> Iterator[Difference]:
    """Of each measure the largest difference, as far as the interval is sure of it."""
    shown = [(name, rates) for name, rates in zip(levels, found, strict=True) if rates]
    for measure in NAMES:
        all_differences = [
            Difference(measure, more, less, _difference(high[measure], low[measure], z))
            for (more, high), (less, low) in itertools.permutations(shown, 2)
            if high[measure].value >= low[measure].value
        ]
        yield from sorted(all_differences, key=lambda one: -(one.difference.low or 0.0))[:1]


def _difference(high: Rate, low: Rate, z: float) -> Figure:
    """Newcombe's hybrid interval (1998, Statistics in Medicine 17, method 10)."""
    (high_low, high_high), (low_low, low_high) = high.limits(z), low.limits(z)
    value = high.value - low.value
    down = ((high.value - high_low) ** 2 + (low_high - low.value) ** 2) ** 0.5
    up = ((high_high - high.value) ** 2 + (low.value - low_low) ** 2) ** 0.5
    return Figure(value, value - down, value + up, high.n + low.n)
