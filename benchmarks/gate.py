"""How often the gate promotes a candidate that is equal, better or worse, and several in a row.

    python benchmarks/gate.py [--chains 200]

The cases are those of a demo office reviewed in the year to June 2026 (a champion of June 2025
has not seen their outcomes), with their weights and true probabilities. Each promotion
draws them again with replacement, outcomes from the true probabilities, and a score for every
champion so far and the candidate: the true log-odds under normal noise, part of it common to
all. How much noise is set so that the first champion's score correlates with the true log-odds as
the risk model's did (0.74), and two scores with each other as a champion's did with its
successors' (0.93: both on this very office). Scores are calibrated to the truth, so that a worse
score only ranks worse. In a chain every candidate is worse than the one before by the same
amount, and becomes champion until one is refused.

Printed by size and amount: the share promoted at each step, of the chains that came so far, and
of four in a row; under the rule as it was (against the champion alone, upper end of 95 % one-sided,
with a margin on calibration error) and as it is. The margins, and the interval that is used, were
chosen on these very settings.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import polars as pl
from scipy.optimize import brentq
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from cases.demo import make_demo
from cases.numeric import Floats
from cases.office.loading import load_office
from cases.tables.reading import read_tables
from evaluation.promotion.comparison import Comparison, compare
from evaluation.promotion.past import best_places
from evaluation.statistics.ranking import Ranking, draws, statistics
from training.labels import risk_labels

CHAMPION_OF = datetime(2025, 6, 30, 23, 59, 59)
WITH_TRUTH, WITH_EACH_OTHER = 0.74, 0.93  # correlations of log-odds
SIZES = (None, 800)  # None: as many as there are
WORSE = (0.0, 0.01, 0.02, -0.02)  # of true AUC, each step
STEPS = 4
MOST_BETTER = 0.04  # in all; these cases hardly allow more
REPLICATES = 200  # of the gate's bootstrap; 1,000 in use
MANY = 40_000
BEFORE = {"auc": 0.03, "log_loss": 0.01, "calibration_error": 0.02}

Rule = Callable[["Drawn", list[float]], bool]


@dataclass(frozen=True)
class Drawn:
    """Outcomes and weights of the cases of a promotion, and the probabilities of each model."""

    y: Floats
    weight: Floats
    models: list[Floats]

    def against(self, place: int) -> tuple[Comparison, ...]:
        """The last model, the candidate, compared with an earlier one."""
        return compare(
            self.y, self.models[-1], self.models[place], self.weight, replicates=REPLICATES
        )


def main() -> None:
    """Simulate and print."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--chains", type=int, default=200)
    chosen = arguments.parse_args()
    log_odds, weight = later_cases()
    world = World(log_odds, weight)
    print(f"{len(log_odds):,} cases, {expit(log_odds).sum():.0f} defects expected")
    print(f"true AUC of the first champion {world.true_auc(world.noise):.3f}")
    chains = {worse: list(chain(world, worse)) for worse in WORSE}
    for name, rule in {"now": as_now, "before": as_before}.items():
        for size in SIZES:
            for worse, models in chains.items():
                shares = promoted(world, models, size or len(log_odds), chosen.chains, rule)
                what = f"{name}, {size or len(log_odds):,} cases, AUC worse by {worse:+.2f} each"
                print(f"{what}: {shares}", flush=True)


def as_before(drawn: Drawn, _steps: list[float]) -> bool:
    """Not worse than the champion in any figure of `BEFORE`, one-sided 95 %."""
    own, other = (Ranking(drawn.y, p, drawn.weight) for p in (drawn.models[-1], drawn.models[-2]))
    parts = [
        (statistics(own, counts, 1.0), statistics(other, counts, 1.0))
        for counts in draws(drawn.y.size, REPLICATES, 2026)
    ]
    worse = {
        name: np.concatenate([mine[name] - theirs[name] for mine, theirs in parts])
        for name in BEFORE
    }
    worse["auc"] = -worse["auc"]
    return all(np.nanquantile(worse[name], 0.95) <= margin for name, margin in BEFORE.items())


def as_now(drawn: Drawn, steps: list[float]) -> bool:
    """Against the champion and the best of those before it; `steps` is told what it was."""
    champion = drawn.against(-2)
    held = all(one.holds for one in champion)
    if held and steps:
        held = all(one.holds for one in drawn.against(best_places(steps)[0]))
    steps.append(next(one.worse for one in champion if one.figure == "auc"))
    return held


def later_cases() -> tuple[Floats, Floats]:
    """True log-odds and weights of the cases whose outcome the champion has not seen."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tables = read_tables(load_office(make_demo(folder)), folder)
        truth = pl.read_parquet(folder / "truth.parquet")
    labels = risk_labels(tables, tables.latest_record)
    later = labels.filter(pl.col("known_at") > CHAMPION_OF).join(truth, on="case_id")
    return logit(later["defect_probability"].to_numpy()), later["weight"].to_numpy()


class World:
    """Where scores are the true log-odds under noise of a stated spread."""

    def __init__(self, log_odds: Floats, weight: Floats) -> None:
        self.log_odds, self.weight = log_odds, weight
        self.noise = float(log_odds.std()) * (1 / WITH_TRUTH**2 - 1) ** 0.5
        total = float(log_odds.var()) + self.noise**2
        self.common = self.noise**2 - total * (1 - WITH_EACH_OTHER)  # variance all scores share

    def noise_for(self, worse: float) -> float:
        """The noise under which the true AUC is `worse` lower than the first champion's."""
        goal = self.true_auc(self.noise) - worse
        ends = (0.2 * self.noise, 5 * self.noise)
        found = brentq(lambda noise: self.true_auc(noise) - goal, *ends)
        return float(found) if worse else self.noise

    def true_auc(self, noise: float) -> float:
        """Expected weighted AUC of a score under that noise; the same random numbers for each."""
        cases = np.random.default_rng(1).integers(0, len(self.log_odds), MANY)
        score = self.log_odds[cases] + noise * np.random.default_rng(2).standard_normal(MANY)
        probability, weight = expit(self.log_odds[cases]), self.weight[cases]
        counted = np.r_[weight * probability, weight * (1 - probability)]
        outcome = np.repeat([1, 0], MANY)
        return float(roc_auc_score(outcome, np.tile(score, 2), sample_weight=counted))

    def calibrated(self, noise: float) -> tuple[float, float]:
        """Slope and intercept that turn a score under that noise into true probabilities."""
        cases = np.random.default_rng(3).integers(0, len(self.log_odds), MANY)
        score = self.log_odds[cases] + noise * np.random.default_rng(4).standard_normal(MANY)
        probability, weight = expit(self.log_odds[cases]), self.weight[cases]
        outcome = np.repeat([1, 0], MANY)
        counted = np.r_[weight * probability, weight * (1 - probability)]
        fitted = LogisticRegression(C=np.inf).fit(np.tile(score, 2)[:, None], outcome, counted)
        return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])

    def draw(self, random: np.random.Generator, size: int, models: list[Model]) -> Drawn:
        """Cases with outcomes, and what each model says of them."""
        cases = random.integers(0, len(self.log_odds), size)
        true = self.log_odds[cases]
        y = (random.random(size) < expit(true)).astype(float)
        shared = min(self.common, *(model.noise**2 for model in models))
        common = true + shared**0.5 * random.standard_normal(size)
        scores = [
            common + (model.noise**2 - shared) ** 0.5 * random.standard_normal(size)
            for model in models
        ]
        probabilities = [
            expit(model.slope * score + model.level)
            for model, score in zip(models, scores, strict=True)
        ]
        return Drawn(y, self.weight[cases], probabilities)


@dataclass(frozen=True)
class Model:
    """The noise of a score, and what calibrates it."""

    noise: float
    slope: float
    level: float


def chain(world: World, worse: float) -> Iterator[Model]:
    """The first champion and the candidates after it, each worse by as much than the last."""
    for step in range(STEPS + 1):
        noise = world.noise_for(max(step * worse, -MOST_BETTER))
        yield Model(noise, *world.calibrated(noise))


def promoted(world: World, models: list[Model], size: int, chains: int, rule: Rule) -> str:
    """How many were promoted at each step, and how many chains came to the end."""
    random = np.random.default_rng(0)
    tried, passed = np.zeros(STEPS, int), np.zeros(STEPS, int)
    for _chain in range(chains):
        steps: list[float] = []
        for step in range(STEPS):
            tried[step] += 1
            if not rule(world.draw(random, size, models[: step + 2]), steps):
                break
            passed[step] += 1
    shares = ", ".join(
        f"{had / of:.2f}" if of else "-" for had, of in zip(passed, tried, strict=True)
    )
    return f"promoted {shares}; four in a row {passed[-1] / chains:.3f}"


if __name__ == "__main__":
    main()
