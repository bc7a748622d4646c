"""A model that learns from nothing but its own draws: are its level and its order right?

    python benchmarks/own_draws.py [--repetitions 40]

A made-up world that does not change, so that what the level is off is the learning's own
fault: about 9 % defects, of which two facts and a code tell much and two hidden facts the rest.
Fourteen rounds of 1,500 cases: the first is an even draw; twelve follow, each drawn by the model
of the rounds before it, with the product's design at its defaults (search share, floor, doubt)
and 5 % capacity. The last round is scored, and compared with its true probabilities, by the
model of these draws and by one of equally many random reviews.

Printed for both: the level's error (mean risk less mean truth) and the AUC against the truth, as
mean and standard error over the repetitions, and the paired difference in AUC. The level's
error also has the luck of the outcomes in it, which no model can know; so it is given once more
less its regression on that luck (the weighted mean of outcome less true probability in the
later half of the reviews), a control variate.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import polars as pl
from scipy.special import expit

from cases.numeric import Flags, Floats
from cases.office.spot_checks import SpotChecks
from models.estimators.calibrated import CalibratedModel
from models.estimators.estimator import TrainingSample
from policies.seeds import tickets
from policies.spot_check.design import DOUBT, without_quotas
from policies.spot_check.draw import draw
from training.weights import review_weights

NAMES = ("haste", "returns", "charge", "noise")
ROUNDS, CASES = 12, 1_500
FIRST, REVIEWS = 750, 75
BEGIN, STEP = datetime(2020, 1, 1), timedelta(days=91)
USUAL = SpotChecks()
WAYS = ("own draws", "random reviews")


@dataclass(frozen=True)
class Round:
    """The cases of one round: features with `moment`, true probabilities, outcomes."""

    x: pl.DataFrame
    truth: Floats
    y: Floats


@dataclass(frozen=True)
class Found:
    """Of the last round: mean risk less mean truth, AUC against the truth; the outcomes' luck."""

    off: float
    auc: float
    luck: float


def main() -> None:
    """Simulate and print."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--repetitions", type=int, default=40)
    found: dict[str, list[Found]] = {way: [] for way in WAYS}
    for repetition in range(arguments.parse_args().repetitions):
        for way in WAYS:
            found[way].append(after_all_rounds(way, repetition))
        if (repetition + 1) % 4 == 0:
            report(found)


def report(found: dict[str, list[Found]]) -> None:
    """The figures of the repetitions so far."""
    print(f"{len(found[WAYS[0]])} repetitions")
    for way, every in found.items():
        off = 100 * np.array([one.off for one in every])
        luck = 100 * np.array([one.luck for one in every])
        slope = np.cov(off, luck)[0, 1] / luck.var(ddof=1)
        auc = np.array([one.auc for one in every])
        print(f"  {way:15} level off by {_mean(off)} points, less luck {_mean(off - slope * luck)}")
        print(f"  {'':15} AUC {_mean(auc)}")
    own, other = ([one.auc for one in found[way]] for way in WAYS)
    print(f"  AUC of own draws less that of random reviews {_mean(np.subtract(own, other))}")


def round_of(number: int, rng: np.random.Generator) -> Round:
    """New cases, evenly over the round's quarter."""
    haste, returns = rng.exponential(0.7, CASES), rng.poisson(0.5, CASES)
    charge, hidden = rng.integers(0, 8, CASES), rng.normal(0, 0.7, CASES)
    log_odds = -3.7 + haste + 0.7 * returns + 0.8 * (charge == 3) + 0.5 * haste * (charge == 5)
    truth = expit(log_odds + hidden)
    moment = [BEGIN + STEP * (number + place / CASES) for place in range(CASES)]
    x = pl.DataFrame(
        {
            "moment": moment,
            "haste": haste,
            "returns": returns.astype(float),
            "charge": [f"c{one}" for one in charge],
            "noise": rng.normal(size=CASES),
        }
    )
    return Round(x, truth, (rng.random(CASES) < truth).astype(float))


def after_all_rounds(way: str, repetition: int) -> Found:
    """What a model is worth that learnt from `ROUNDS` rounds of draws made `way`."""
    rng = np.random.default_rng(repetition)
    rounds = [round_of(number, rng) for number in range(ROUNDS + 2)]
    reviewed = [of_draw(rounds[0], *even(FIRST, rng))]
    for number, cases in enumerate(rounds[1:-1]):
        seed = f"{repetition}:{number}"
        drawn = even(REVIEWS, rng) if way == WAYS[1] else designed(cases, fitted(reviewed), seed)
        reviewed.append(of_draw(cases, *drawn))
    last, model = rounds[-1], fitted(reviewed)
    risk = model.predict(last.x)
    off = float(risk.mean() - last.truth.mean())
    return Found(off, against_truth(risk, last.truth), luck_of(reviewed))


def even(size: int, rng: np.random.Generator) -> tuple[Floats, Flags]:
    """Inclusion probabilities of an even draw from a round, and what it drew."""
    drawn = np.zeros(CASES, dtype=bool)
    drawn[rng.choice(CASES, size, replace=False)] = True
    return np.full(CASES, size / CASES), drawn


def designed(cases: Round, model: CalibratedModel, seed: str) -> tuple[Floats, Flags]:
    """The same of the product's design."""
    risk = model.predict(cases.x)
    design = without_quotas(risk, REVIEWS, floor=USUAL.floor, doubt=DOUBT)
    pi = design.at_search_share(USUAL.search_share)
    ids = [f"case {place}" for place in range(CASES)]
    return pi, draw(pi, design.cell, design.quotas.unit_of_cell, tickets(seed, ids))


def of_draw(cases: Round, pi: Floats, drawn: Flags) -> pl.DataFrame:
    """The reviews of a round: features, outcome, truth and inclusion probability."""
    known = {"y": cases.y, "truth": cases.truth, "pi": pi}
    every = cases.x.with_columns(**{name: pl.Series(values) for name, values in known.items()})
    return every.filter(pl.Series(drawn))


def fitted(reviewed: list[pl.DataFrame]) -> CalibratedModel:
    """The product's trees, from all rounds so far."""
    x = pl.concat(reviewed)
    weight = review_weights(x["pi"]).to_numpy()
    surveyed = np.ones(x.height, dtype=bool)
    return CalibratedModel(NAMES).fit(TrainingSample(x, x["y"].to_numpy(), weight, surveyed))


def luck_of(reviewed: list[pl.DataFrame]) -> float:
    """By how much outcomes lie above the truth in the later half of the reviews, weighted."""
    every = pl.concat(reviewed)
    later = every[every.height // 2 :]
    beyond = (later["y"] - later["truth"]).to_numpy()
    return float(np.average(beyond, weights=1 / later["pi"].to_numpy()))


def against_truth(risk: Floats, truth: Floats) -> float:
    """The expected AUC of `risk`, if outcomes come from the probabilities `truth`."""
    order = np.argsort(risk, kind="stable")
    good_below = np.cumsum(1 - truth[order]) - (1 - truth[order])
    return float(truth[order] @ good_below / (truth.sum() * (1 - truth).sum()))


def _mean(values: Floats) -> str:
    return f"{values.mean():+.3f} (s.e. {values.std(ddof=1) / len(values) ** 0.5:.3f})"


if __name__ == "__main__":
    main()
