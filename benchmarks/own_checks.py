"""What is said of an office's own check, and how often it holds.

    .venv/bin/python -m benchmarks.own_checks [--draws 400]

The frame of `blind_spots.py` (3,000 cases, 8.5 % defects); a check fails 5 % of the good cases and
20, 50 or 80 % of the defective ones, and the model knows its result or does not. Prints, for the
share of the passed cases that has a defect, for the share of the failed ones, and for the share of
defects caught: coverage of the 95% interval and its width, and of the first and last also the bias
in standard errors and the share of draws in which a value is given.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np

from benchmarks.blind_spots import CASES, NOW, all_tickets, at_rate, quotas_of
from cases.numeric import Flags, Floats
from evaluation.statistics.hidden_group import figure_of_part
from evaluation.statistics.metrics import Figure
from evaluation.statistics.sample import SurveySample, corrected_risks
from evaluation.surveys.own_check import own_check
from policies.spot_check import design
from policies.spot_check.draw import draw

RATE, FALSE_ALARMS = 0.085, 0.05
SIZES, SEARCH, CATCHES = (100, 300, 1000), (0.0, 0.5, 0.9), (0.2, 0.5, 0.8)


@dataclass(frozen=True)
class Setting:
    """`known` says whether the model knows what the check found."""

    known: bool
    size: int
    share: float
    catches: float


@dataclass(frozen=True)
class Said:
    """A figure and the truth."""

    figure: Figure
    truth: float

    @property
    def numbers(self) -> tuple[float, float, float]:
        """Whether it covers, its width, and the error of its value (nan without one)."""
        low, high = self.figure.low or 0.0, 1.0 if self.figure.high is None else self.figure.high
        value = np.nan if self.figure.value is None else self.figure.value
        return low - 1e-9 <= self.truth <= high + 1e-9, high - low, value - self.truth


def risks(setting: Setting, failed: Flags) -> Floats:
    """What the model says, by Bayes' rule if it knows of the check, shape (cases,)."""
    q, c = at_rate(RATE), setting.catches
    if not setting.known:
        return q
    bad, good = q * c / (q * c + (1 - q) * FALSE_ALARMS), q * (1 - c)
    return np.where(failed, bad, good / (good + (1 - q) * (1 - FALSE_ALARMS)))


def trials(setting: Setting, draws: int) -> Iterator[tuple[SurveySample, Floats, Flags]]:
    """The sample, the true outcomes and which cases failed, with new outcomes each time."""
    rng = np.random.default_rng(11)
    quotas, at = quotas_of(setting.size, wanted=False)
    for luck in all_tickets(draws):
        y = (rng.random(CASES) < at_rate(RATE)).astype(float)
        failed = rng.random(CASES) < np.where(y == 1, setting.catches, FALSE_ALARMS)
        p = risks(setting, failed)
        trusting = design.Design.of(p, at, quotas, floor=NOW.floor, doubt=NOW.doubt)
        pi = trusting.at_search_share(setting.share)
        drawn = draw(pi, at, quotas.unit_of_cell, luck)
        seen, one = np.where(drawn, y, 0.0), np.zeros(CASES, np.int64)
        corrected = corrected_risks(p, seen, drawn)
        yield SurveySample(p, pi, pi, seen, corrected, drawn, drawn, one), y, failed


def said(sample: SurveySample, y: Floats, failed: Flags) -> tuple[Said, Said, Said]:
    """Of the passed, of the failed, and of what was caught."""
    found = own_check(sample, ~failed, failed)
    return (
        Said(found.missed, float(y[~failed].mean())),
        Said(figure_of_part(sample, failed).rate, float(y[failed].mean())),
        Said(found.caught, float(y[failed].sum() / y.sum())),
    )


def bias(errors: Floats) -> str:
    """In standard errors, and the share of draws with a value."""
    given = errors[~np.isnan(errors)]
    if len(given) < len(errors) / 10:
        return f"     - {len(given) / len(errors):5.0%}"
    return f"{given.mean() / given.std():6.2f} {len(given) / len(errors):5.0%}"


def main() -> None:
    """Print a line for every setting."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=400)
    draws = parser.parse_args().draws
    print("known    n share catch | missed: cover width  bias given | failed | caught: ...")
    for setting in (Setting(*of) for of in product((False, True), SIZES, SEARCH, CATCHES)):
        rows = np.array([[s.numbers for s in said(*one)] for one in trials(setting, draws)], float)
        cover, width = 100 * rows[:, :, 0].mean(0), 100 * rows[:, :, 1].mean(0)
        print(
            f"{setting.known:5d} {setting.size:4d} {setting.share:5.1f} {setting.catches:5.1f} | "
            f"{cover[0]:5.1f} {width[0]:5.1f} {bias(rows[:, 0, 2])} | {cover[1]:5.1f} | "
            f"{cover[2]:5.1f} {width[2]:5.1f} {bias(rows[:, 2, 2])}",
            flush=True,
        )


if __name__ == "__main__":
    main()
