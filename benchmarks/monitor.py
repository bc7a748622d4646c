"""A claim about the cases of several quarters together, looked at every week.

    .venv/bin/python -m benchmarks.monitor [--series 200]

Four quarters of 3,000 cases; of each, 350 are drawn with equal probabilities after its end. Every
week, after 25 more reviews, one asks whether at most 10 % of all cases so far are defective, or
whether more are. Prints how many series ever said so, at any look, then by quarter how many did and
after how many reviews of the newest quarter (all of them where it was not shown).
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from math import floor, log

import numpy as np

from cases.numeric import Floats
from evaluation.surveys.acceptance import LEVEL, Reading, Side, log_fortunes
from evaluation.surveys.splits import Part, least_evidence

CASES, DRAWN, WEEK, AT_MOST = 3000, 350, 25, 0.10
PI = DRAWN / CASES
COUNTS = np.append(np.arange(700.0), np.linspace(700, CASES, 60).round())  # tried in a quarter
SETTINGS: tuple[tuple[Side, tuple[float, ...]], ...] = (
    ("fewer", (0.05, 0.05, 0.05, 0.05)),
    ("fewer", (0.03, 0.07, 0.03, 0.07)),
    ("fewer", (0.1003, 0.1003, 0.1003, 0.1003)),
    ("fewer", (0.14, 0.061, 0.14, 0.061)),
    ("fewer", (0.06, 0.141, 0.06, 0.141)),
    ("more", (0.10, 0.10, 0.10, 0.10)),
    ("more", (0.15, 0.15, 0.15, 0.15)),
)


class Quarter:
    """What the reviews of one quarter say, week by week."""

    def __init__(self, rng: np.random.Generator, rate: float, side: Side) -> None:
        """So many defects are drawn from without replacement."""
        self.side: Side = side
        self.y: Floats = rng.permutation(np.arange(CASES) < round(rate * CASES))[:DRAWN] * 1.0
        read = Reading(self.y, np.full(DRAWN, PI), DRAWN, PI, 1 / PI)
        self.logs = log_fortunes(read, COUNTS, claimed=AT_MOST * CASES, side=side)
        self.parts = {reviews: self.part(reviews) for reviews in range(WEEK, DRAWN + 1, WEEK)}

    def part(self, reviews: int) -> Part:
        """After so many reviews; what these exclude is left out."""
        found = self.y[:reviews].sum()
        possible = (found <= COUNTS) & (CASES - reviews + found >= COUNTS)
        return Part.at(COUNTS[possible], self.logs[possible, reviews - 1], self.side)


def shown(quarters: Sequence[Quarter], side: Side) -> int | None:
    """After how many reviews of the last quarter it is shown of all together."""
    allowed = floor(AT_MOST * CASES * len(quarters) + 1e-9)
    for reviews in range(WEEK, DRAWN + 1, WEEK):
        looks = [DRAWN] * (len(quarters) - 1) + [reviews]
        parts = [quarter.parts[look] for quarter, look in zip(quarters, looks, strict=True)]
        total = allowed + 1 if side == "fewer" else -allowed
        if least_evidence(parts, total) >= -log(LEVEL):
            return reviews
    return None


def main() -> None:
    """Print a line for every setting."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--series", type=int, default=200)
    series = parser.parse_args().series
    for side, rates in SETTINGS:
        rng = np.random.default_rng(1)
        years = ([Quarter(rng, rate, side) for rate in rates] for _series in range(series))
        rows = [[shown(year[: k + 1], side) for k in range(len(year))] for year in years]
        found = np.array([[np.nan if n is None else n for n in row] for row in rows])
        said = ~np.isnan(found)
        reviews = np.where(said, found, DRAWN).mean(0)
        print(
            f"{' '.join(f'{100 * rate:5.4g}' for rate in rates)} % {side:6s}",
            f"ever {100 * said.any(1).mean():5.1f} % | by quarter",
            *(f"{100 * share:5.1f}" for share in said.mean(0)),
            "| reviews",
            *(f"{count:4.0f}" for count in reviews),
            flush=True,
        )


if __name__ == "__main__":
    main()
