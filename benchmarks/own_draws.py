"""A model that learns from nothing but its own draws: are its level and its order right?

    python benchmarks/own_draws.py [--offices 6] [--repetitions 3]

The cases are those of demo offices, with their features and true probabilities, dealt to
fourteen rounds at random: the world does not change, so that what the level is off is the
learning's own fault. The first round is an even draw. Twelve rounds follow, each drawn by the
model of the rounds before it, with the product's design and its default floor and doubt;
outcomes are drawn from the true probabilities. The last round is scored, and compared with its
truth, by a model that learnt from these draws and by one that learnt from equally many random
reviews. Printed: the mean error of the level (mean risk less mean truth) and the mean AUC against
the truth, each with the standard error over the offices and repetitions, and their paired
difference.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from cases.demo import make_demo
from cases.numeric import Flags, Floats, Ints
from cases.office.loading import load_office
from cases.office.model import Office
from cases.tables.reading import read_tables
from features.as_of import closing_moments
from features.conditions import satisfying
from models.questions.risk import RiskModel
from policies.seeds import tickets
from policies.spot_check.design import DOUBT, without_quotas
from policies.spot_check.draw import draw
from training.fit import fit_risk, risk_table
from training.weights import review_weights

ROUNDS = 12
CASES = 20_000  # of each office
FIRST, REVIEWS = 800, 125  # reviews of the first round and of each later one
BEGIN, STEP = datetime(2020, 1, 1), timedelta(days=91)
WAYS = ("own draws", "random reviews")


@dataclass(frozen=True)
class World:
    """The cases with their features, true probabilities and rounds, in order of time."""

    office: Office
    x: pl.DataFrame
    truth: Floats
    round: Ints


@dataclass(frozen=True)
class Found:
    """Of the last round: mean risk less mean truth, and the AUC against the truth."""

    off: float
    auc: float


def main() -> None:
    """Simulate and print."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--offices", type=int, default=6)
    arguments.add_argument("--repetitions", type=int, default=3)
    chosen = arguments.parse_args()
    found: dict[str, list[Found]] = {way: [] for way in WAYS}
    for world in map(world_of, range(chosen.offices)):
        for repetition in range(chosen.repetitions):
            for way in WAYS:
                found[way].append(after_all_rounds(world, way, repetition))
    for way in WAYS:
        off = _mean([100 * one.off for one in found[way]])
        print(f"{way:15} level off by {off} points, AUC {_mean([one.auc for one in found[way]])}")
    gain = [own.auc - other.auc for own, other in zip(*found.values(), strict=True)]
    print(f"AUC of own draws less that of random reviews: {_mean(gain)}")


def world_of(seed: int) -> World:
    """The closed cases of a demo office, dealt to rounds at random."""
    with tempfile.TemporaryDirectory() as name:
        office = load_office(make_demo(Path(name), cases=CASES, seed=seed))
        tables = read_tables(office, Path(name))
        truth = pl.read_parquet(Path(name) / "truth.parquet")
    closed = closing_moments(tables, after=None, until=tables.latest_record)
    among = satisfying(tables, closed, office.risk.among).select("case_id", "moment")
    known = risk_table(tables, among).join(truth, on="case_id")
    order = np.random.default_rng(seed).permutation(known.height)
    dealt = np.arange(known.height) * (ROUNDS + 2) // known.height
    within = pl.Series(np.arange(known.height) / known.height * (ROUNDS + 2))
    moment = pl.Series([BEGIN]).new_from_index(0, known.height) + within * STEP
    x = known[order].with_columns(moment.alias("moment"))
    return World(office, x, x["defect_probability"].to_numpy(), dealt)


def after_all_rounds(world: World, way: str, repetition: int) -> Found:
    """What a model is worth that learnt from `ROUNDS` rounds of draws made `way`."""
    rng = np.random.default_rng([repetition, WAYS.index(way)])
    y = np.random.default_rng(repetition).random(len(world.truth)) < world.truth
    labels = [reviewed(world, y, world.round == 0, *even(world, 0, FIRST, rng))]
    for done in range(1, ROUNDS + 1):
        frame = world.round == done
        drawn = (
            even(world, done, REVIEWS, rng)
            if way == "random reviews"
            else designed(world, frame, fitted(world, labels), f"{repetition}:{done}")
        )
        labels.append(reviewed(world, y, frame, *drawn))
    last = world.round == ROUNDS + 1
    risk, truth = fitted(world, labels).predict(world.x.filter(pl.Series(last))), world.truth[last]
    return Found(float(risk.mean() - truth.mean()), against_truth(risk, truth))


def even(world: World, done: int, size: int, rng: np.random.Generator) -> tuple[Floats, Flags]:
    """Inclusion probabilities of an even draw from a round, and what it drew."""
    cases = int((world.round == done).sum())
    drawn = np.zeros(cases, dtype=bool)
    drawn[rng.choice(cases, size, replace=False)] = True
    return np.full(cases, size / cases), drawn


def designed(world: World, frame: Flags, model: RiskModel, seed: str) -> tuple[Floats, Flags]:
    """The same of the product's design."""
    x, usual = world.x.filter(pl.Series(frame)), world.office.spot_checks
    risk = model.predict(x)
    design = without_quotas(risk, REVIEWS, floor=usual.floor, doubt=DOUBT)
    pi = design.at_search_share(usual.search_share)
    unit = design.quotas.unit_of_cell
    return pi, draw(pi, design.cell, unit, tickets(seed, x["case_id"].to_list()))


def reviewed(world: World, y: Flags, frame: Flags, pi: Floats, drawn: Flags) -> pl.DataFrame:
    """What the reviews of a round found, as `risk_labels` has it without the weight."""
    cases = world.x.filter(pl.Series(frame)).select("case_id", "moment")
    outcome = pl.Series(y[frame].astype(np.int8))
    every = cases.with_columns(y=outcome, inclusion_probability=pl.Series(pi))
    return every.filter(pl.Series(drawn)).with_columns(
        known_at="moment", surveyed=pl.lit(True), severity=pl.lit(0.0)
    )


def fitted(world: World, rounds: list[pl.DataFrame]) -> RiskModel:
    """The risk model, from all rounds so far."""
    labels = pl.concat(rounds)
    weight = review_weights(labels["inclusion_probability"])
    return fit_risk(world.x, labels.with_columns(weight), world.office)


def against_truth(risk: Floats, truth: Floats) -> float:
    """The expected AUC of `risk`, if outcomes come from the probabilities `truth`."""
    order = np.argsort(risk, kind="stable")
    good_below = np.cumsum(1 - truth[order]) - (1 - truth[order])
    return float(truth[order] @ good_below / (truth.sum() * (1 - truth).sum()))


def _mean(values: list[float]) -> str:
    return f"{np.mean(values):+.3f} (s.e. {np.std(values) / max(1, len(values) - 1) ** 0.5:.3f})"


if __name__ == "__main__":
    main()
