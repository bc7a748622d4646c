"""Does the interval hold when the model is confidently wrong, and what does that cost?

    .venv/bin/python benchmarks/blind_spots.py [--draws 1000] [--only hidden] [--method present]

A frame of 3,000 cases with known truth; every setting of the grid below is drawn with the
real design and draw and estimated many times, new outcomes each time. Prints per setting:
coverage of the 95% interval and the share of draws in which it lies wholly below the truth
(with standard errors), its width as a multiple of the oracle's (an interval from the same draw
by somebody who knows the true risks), the share of draws without a rate, defects expected
among the reviewed, and expected finds as a share of those at a floor of 0.01. The grid came first.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit

from cases.numeric import Flags, Floats, Ints
from evaluation.statistics.hidden_group import figure_of
from evaluation.statistics.metrics import Figure
from evaluation.statistics.sample import SampleTotal, SurveySample, corrected_risks
from evaluation.surveys.reviewer_error import pairs, reviewer_error
from evaluation.surveys.unreturned import unreturned
from policies.seeds import tickets
from policies.spot_check import design
from policies.spot_check.draw import draw

CASES, UNITS, HANDLERS = 3000, 10, 50
SPREAD = 1.2  # standard deviation of the true log-odds: an AUC of about 0.78
REST = 0.058  # rate of the cases outside a hidden group
EVERYONE = np.ones(CASES, bool)
HEAD = "part rate hid def model n share quotas method cover below half ratio silent defects finds"
CONFIDENT = 0.003  # the risk that the model gives a hidden group

SIZES, SEARCH, QUOTAS = (100, 300, 1000), (0.0, 0.5, 0.9), (False, True)
HIDDEN, DEFECTIVE = (0.02, 0.05, 0.10), (0.2, 0.5, 0.8)
RATES, MODELS = (0.005, 0.02, 0.085, 0.30), ("good", "useless", "reversed")


@dataclass(frozen=True)
class Cell:
    """One setting of the grid.

    `rate` is that of the cases outside the hidden group, which is `hidden` of all cases and
    has `defective` of defects. `model` ranks the others well, not at all or upside down.
    `response` is the share of drawn defects and of drawn good cases whose reviews come back,
    `reviewer` the sensitivity and specificity of a review.
    """

    part: str
    rate: float
    size: int
    share: float
    hidden: float = 0.0
    defective: float = 0.0
    model: str = "good"
    quotas: bool = False
    response: tuple[float, float] = (1.0, 1.0)
    reviewer: tuple[float, float] = (1.0, 1.0)


REPORTED = (
    Cell("reported", REST, 600, 0.9, hidden=0.05, defective=0.6),
    Cell("reported", REST, 150, 0.5, hidden=0.05, defective=0.6),
    Cell("reported", 0.085, 300, 0.9, response=(0.7, 0.9)),
    Cell("reported", 0.085, 300, 0.5, response=(0.7, 0.9)),
    Cell("reported", 0.085, 600, 0.5, reviewer=(0.8, 0.97)),
    Cell("reported", 0.007, 300, 0.9),
    Cell("reported", 0.085, 20, 0.9),
)
GRID = (
    *REPORTED,
    *(
        Cell("hidden", REST, size, share, hidden, defective, quotas=quotas)
        for quotas, hidden, size, share, defective in product(
            QUOTAS, HIDDEN, SIZES, SEARCH, DEFECTIVE
        )
    ),
    *(
        Cell("models", rate, size, share, model=model, quotas=quotas)
        for quotas, rate, size, share, model in product(QUOTAS, RATES, SIZES, SEARCH, MODELS)
    ),
)
LARGE = tuple(  # not part of the grid, and looked at when the largest group was chosen
    Cell("large", REST, size, share, hidden, defective)
    for size, hidden, share, defective in product((100, 300), (0.2, 0.3), (0.5, 0.9), DEFECTIVE)
)


@dataclass(frozen=True)
class Trust:
    """How far the draw trusts the model (see `design.Design`)."""

    floor: float
    doubt: float


BEFORE, NOW = Trust(0.01, 0.0), Trust(0.1, 0.25)


@dataclass(frozen=True)
class Trial:
    """One draw: the sample, the true outcomes and those of second readings, shape (cases,)."""

    sample: SurveySample
    y: Floats
    second: Floats


Method = Callable[[Trial], Figure]


def log_odds() -> Floats:
    """The true log-odds but for their level, shape (cases,)."""
    return np.random.default_rng(1).normal(0.0, SPREAD, CASES)


@lru_cache(maxsize=8)
def at_rate(rate: float) -> Floats:
    """True risks with a mean of `rate`, shape (cases,)."""
    level = brentq(lambda off: expit(log_odds() + off).mean() - rate, -20, 20)
    risk: Floats = expit(log_odds() + level)
    return risk


def hidden_group(share: float) -> Flags:
    """Which cases the model is confidently wrong about, shape (cases,)."""
    order = np.random.default_rng(2).permutation(CASES)
    return order < round(share * CASES)


def risks(rate: float, hidden: float) -> Floats:
    """What the model says, shape (cases,)."""
    return np.where(hidden_group(hidden), CONFIDENT, at_rate(rate))


@lru_cache(maxsize=8)
def truth(cell: Cell) -> Floats:
    """The true risks, shape (cases,): a bad model is a good one's risks given to other cases."""
    risk = at_rate(cell.rate)
    if cell.model == "useless":
        risk = np.random.default_rng(3).permutation(risk)
    elif cell.model == "reversed":
        risk = np.sort(risk)[::-1][np.argsort(np.argsort(risk))]
    return np.where(hidden_group(cell.hidden), cell.defective, risk)


def quotas_of(size: int, wanted: bool) -> tuple[design.Quotas, Ints]:
    """Quotas and each case's cell: at least half an even share of every handler, or none.

    With quotas a unit also gets at most twice its even share.
    """
    if not wanted:
        none, every = np.zeros(1), np.array([float(CASES)])
        one = np.zeros(1, np.int64)
        return design.Quotas(size, none, every, none, every, one), np.zeros(CASES, np.int64)
    handler = np.random.default_rng(4).integers(0, HANDLERS, CASES)
    unit = np.arange(HANDLERS) % UNITS
    own = np.bincount(handler, minlength=HANDLERS).astype(float)
    least = np.full(HANDLERS, float(size // (2 * HANDLERS)))
    most = np.full(UNITS, float(2 * size // UNITS))
    return design.Quotas(size, least, own, np.zeros(UNITS), most, unit), handler


@dataclass(frozen=True)
class Drawn:
    """A design and its draws: `pi` of shape (cases,), `drawn` of shape (draws, cases)."""

    risk: Floats
    pi: Floats
    drawn: Flags


@lru_cache(maxsize=1)
def all_tickets(draws: int) -> list[Floats]:
    """The cases' tickets for every seed."""
    ids = [f"{case:05d}" for case in range(CASES)]
    return [tickets(str(seed), ids) for seed in range(draws)]


@lru_cache(maxsize=4)
def probabilities(cell: Cell, trust: Trust) -> tuple[Floats, Floats]:
    """The model's risks and the inclusion probabilities, both of shape (cases,)."""
    quotas, at = quotas_of(cell.size, cell.quotas)
    risk = risks(cell.rate, cell.hidden)
    trusting = design.Design.of(risk, at, quotas, floor=trust.floor, doubt=trust.doubt)
    return risk, trusting.at_search_share(cell.share)


@lru_cache(maxsize=1)
def draws_of(cell: Cell, trust: Trust, draws: int) -> Drawn:
    """All draws of a setting (see `same_draw`)."""
    risk, pi = probabilities(cell, trust)
    quotas, at = quotas_of(cell.size, cell.quotas)
    drawn = [draw(pi, at, quotas.unit_of_cell, luck) for luck in all_tickets(draws)]
    return Drawn(risk, pi, np.array(drawn))


def same_draw(cell: Cell) -> Cell:
    """The setting as far as the draw can see: not what is true, nor what comes back."""
    return Cell(cell.part, cell.rate, cell.size, cell.share, cell.hidden, quotas=cell.quotas)


def trials(cell: Cell, trust: Trust, draws: int) -> Iterator[Trial]:
    """Every draw, with new outcomes."""
    many, risk = draws_of(same_draw(cell), trust, draws), truth(cell)
    rng, again = np.random.default_rng(5), np.random.default_rng(6)
    for drawn in many.drawn:
        y = (rng.random(CASES) < risk).astype(float)
        seen = reading(rng, y, cell)
        returned = drawn & (rng.random(CASES) < np.where(y == 1, *cell.response))
        yield Trial(sample_of(many, drawn, returned, seen), y, reading(again, y, cell))


def reading(rng: np.random.Generator, y: Floats, cell: Cell) -> Floats:
    """What a reviewer finds in every case, shape (cases,)."""
    right = rng.random(CASES) < np.where(y == 1, *cell.reviewer)
    return np.where(right, y, 1 - y)


def sample_of(many: Drawn, drawn: Flags, returned: Flags, seen: Floats) -> SurveySample:
    """What `SurveySample.of` makes of the joined frame."""
    outcome = np.where(returned, seen, 0.0)
    return SurveySample(
        p=many.risk,
        pi=many.pi,
        pi_returned=many.pi * (returned.sum() / drawn.sum()),
        y=outcome,
        corrected=corrected_risks(many.risk, outcome, returned),
        drawn=drawn,
        returned=returned,
        survey=np.zeros(CASES, np.int64),
    )


def present(trial: Trial) -> Figure:
    """The interval as it is: Wilson's, at the effective size of the mixed variance."""
    return trial.sample.total_of(EVERYONE).figure()


def hidden(trial: Trial) -> Figure:
    """The interval that allows for a group of defects which the draw missed."""
    return figure_of(trial.sample, EVERYONE)


def unreturned_bounds(trial: Trial) -> Figure:
    """Bounds that allow for defects whose reviews come back less often."""
    found = unreturned(trial.sample, EVERYONE, figure_of)
    return replace(found.bounds, value=found.at_random.value)


def corrected(trial: Trial) -> Figure:
    """The rate without the reviewers' errors; every drawn case was read twice."""
    sample, about = trial.sample, trial.sample.total_of(EVERYONE)
    drawn = np.flatnonzero(sample.drawn)
    rank = np.argsort(np.argsort(sample.p[drawn]))
    readings = pairs(sample.y[drawn], trial.second[drawn], rank * 3 // len(drawn))
    return reviewer_error(about.rate, about.effective, readings).rate


def oracle(cell: Cell, sample: SurveySample, y: Floats) -> Figure:
    """The interval of somebody who knows the true risks, from the same draw."""
    q, pi, drawn = truth(cell), sample.pi, sample.drawn
    certain = pi == 1
    return SampleTotal(
        cases=CASES,
        returned=int(drawn.sum()),
        total=float(q.sum() + ((y - q) / pi)[drawn].sum()),
        certain=int(certain.sum()),
        defects=float(y[certain].sum()),
        variance=float(((1 / pi - 1) * q * (1 - q)).sum()),
        corrected_risk=float(q[~certain].mean()),
    ).figure()


METHODS: dict[str, Method] = {
    "present": present,
    "hidden": hidden,
    "returned": unreturned_bounds,
    "readings": corrected,
}


def methods_for(cell: Cell) -> list[str]:
    """The interval as it was, and the one for what is wrong in this setting."""
    if cell.response != (1, 1):
        return ["present", "returned"]
    return ["present", "readings" if cell.reviewer != (1, 1) else "hidden"]


@dataclass(frozen=True)
class Tried:
    """What became of one setting under one method; shares of draws and rates.

    `defects` are expected among the reviewed, `finds` is their number as a share of before.
    """

    cell: Cell
    method: str
    covered: float
    below: float
    width: float
    ratio: float
    silent: float
    draws: int
    defects: float
    finds: float

    def line(self) -> str:
        """Coverage, wholly below, half the width, multiple of the oracle's, silence."""
        error = (max(self.covered * (1 - self.covered), 1 / self.draws) / self.draws) ** 0.5
        return (
            f"{100 * self.covered:6.1f} ±{100 * error:3.1f} {100 * self.below:6.1f} "
            f"{50 * self.width:7.2f} {self.ratio:6.2f} {100 * self.silent:7.1f}"
        )


def tried(cell: Cell, method: str, trust: Trust, draws: int) -> Tried:
    """Draw and estimate many times."""
    rows = [outcome(METHODS[method](trial), cell, trial) for trial in trials(cell, trust, draws)]
    covered, below, width, most, silent = np.array(rows, float).mean(0)
    q, pi = truth(cell), probabilities(same_draw(cell), trust)[1]
    finds = float((pi @ q) / (probabilities(same_draw(cell), BEFORE)[1] @ q))
    return Tried(
        cell, method, covered, below, width, width / most, silent, draws, float(pi @ q), finds
    )


def outcome(figure: Figure, cell: Cell, trial: Trial) -> tuple[float, ...]:
    """Whether it covers, lies below, its width, the oracle's, and whether it gives no rate."""
    best, rate = oracle(cell, trial.sample, trial.y), float(trial.y.mean())
    low, high = figure.low or 0.0, 1.0 if figure.high is None else figure.high
    most = (best.high or 0.0) - (best.low or 0.0)
    return low <= rate <= high, high < rate, high - low, most, figure.value is None


def named(cell: Cell) -> str:
    """The setting as the first columns of the table."""
    odd = "" if cell.response == (1, 1) else f" returned {cell.response[0]}/{cell.response[1]}"
    odd += "" if cell.reviewer == (1, 1) else f" read {cell.reviewer[0]}/{cell.reviewer[1]}"
    return (
        f"{cell.part:8s} {cell.rate:6.1%} {cell.hidden:4.0%} {cell.defective:4.0%} "
        f"{cell.model:8s} {cell.size:4d} {cell.share:3.1f} {cell.quotas:3d}{odd}"
    )


def show(found: Tried) -> None:
    """The line of one setting and method."""
    finds = f"{found.defects:6.1f} {found.finds:6.3f}"
    print(f"{named(found.cell)} {found.method:8s} {found.line()} {finds}", flush=True)


def summary(everything: list[Tried], method: str) -> None:
    """The least coverage, the mean ratio by search share with a good model, and the silence."""
    rows = [found for found in everything if found.method == method]
    least = min(found.covered for found in rows)
    few = sum(found.covered < 0.93 for found in rows)
    print(f"{method}: {len(rows)} settings, least coverage {least:.1%}, {few} below 93 %")
    for share in SEARCH:
        good = [f for f in rows if f.cell.share == share and not f.cell.hidden]
        ratios = [f.ratio for f in good if f.cell.model == "good" and f.cell.part == "models"]
        if ratios:
            print(f"  search share {share}: {np.mean(ratios):.2f} of the oracle's width on average")
    silent = max((f.silent for f in rows if f.defects >= 30), default=0.0)
    finds = min(f.finds for f in rows)
    print(f"  withheld in at most {silent:.1%} with 30 defects or more; least finds {finds:.3f}")


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--only", choices=["reported", "hidden", "models", "large"])
    parser.add_argument("--floor", type=float, default=NOW.floor)
    parser.add_argument("--doubt", type=float, default=NOW.doubt)
    parser.add_argument("--method", choices=METHODS, action="append")
    parser.add_argument("--size", type=int, help="only settings with so many reviews")
    parser.add_argument("--every", type=int, default=1, help="only every so many-th setting")
    asked = parser.parse_args()
    print(HEAD)
    trust, everything = Trust(asked.floor, asked.doubt), []
    part = LARGE if asked.only == "large" else [c for c in GRID if asked.only in (None, c.part)]
    cells = [cell for cell in part if asked.size in (None, cell.size)]
    for cell in cells[:: asked.every]:
        for method in asked.method or methods_for(cell):
            show(found := tried(cell, method, trust, asked.draws))
            everything.append(found)
    for method in dict.fromkeys(found.method for found in everything):
        summary(everything, method)


if __name__ == "__main__":
    main()
