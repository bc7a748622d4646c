"""How often the gate promotes an equal candidate, and one that is worse by a known amount.

    python benchmarks/gate.py [--promotions 200]

The cases are those of a demo office reviewed in the year to June 2026 (a champion of June 2025
has not seen their outcomes), with their weights and true probabilities. Each simulated promotion
draws them again with replacement, outcomes from the true probabilities, and two scores: the true
log-odds under normal noise, part of it common to both. How much noise is set so that
the champion's score correlates with the true log-odds as the risk model's did (0.74), and both
scores with each other as a champion's did with its successors' (0.93: both on this very office).
Scores are calibrated to the truth, so that a worse score only ranks worse. Printed: the share of
promotions, and of each figure holding, by how much worse the candidate truly is and by size.
"""

from __future__ import annotations

import argparse
import tempfile
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
from evaluation.promotion.comparison import MARGINS, compare
from training.labels import risk_labels

CHAMPION_OF = datetime(2025, 6, 30, 23, 59, 59)
WITH_TRUTH, WITH_EACH_OTHER = 0.74, 0.93  # correlations of log-odds
SIZES = (None, 800)  # None: as many as there are
WORSE = (0.0, 0.03, 0.02)  # of true AUC
MANY = 100_000


def main() -> None:
    """Simulate and print."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--promotions", type=int, default=200)
    chosen = arguments.parse_args()
    log_odds, weight = later_cases()
    world = World(log_odds, weight)
    print(f"{len(log_odds):,} cases, {expit(log_odds).sum():.0f} defects expected; {MARGINS}")
    print(f"true AUC of the champion {world.true_auc(world.noise):.3f}")
    for size in SIZES:
        for worse in WORSE:
            report(world, size or len(log_odds), worse, chosen.promotions)


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
        self.random = np.random.default_rng(0)
        self.noise = float(log_odds.std()) * (1 / WITH_TRUTH**2 - 1) ** 0.5
        total = float(log_odds.var()) + self.noise**2
        self.own = (total * (1 - WITH_EACH_OTHER)) ** 0.5  # of the noise, what is not common

    def noise_for(self, worse: float) -> float:
        """The noise under which the true AUC is `worse` lower than the champion's."""
        goal = self.true_auc(self.noise) - worse
        found = brentq(lambda noise: self.true_auc(noise) - goal, self.noise, 5 * self.noise)
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

    def draw(self, size: int, noise: float) -> tuple[Floats, Floats, Floats, Floats]:
        """Outcomes, log-odds of candidate and champion (not calibrated), and weights."""
        cases = self.random.integers(0, len(self.log_odds), size)
        true = self.log_odds[cases]
        y = (self.random.random(size) < expit(true)).astype(float)
        common = (self.noise**2 - self.own**2) ** 0.5 * self.random.standard_normal(size)
        own = (noise**2 - self.noise**2 + self.own**2) ** 0.5 * self.random.standard_normal(size)
        others = self.own * self.random.standard_normal(size)
        return y, true + common + own, true + common + others, self.weight[cases]


def report(world: World, size: int, worse: float, promotions: int) -> None:
    """One line: how often each figure held, and all of them."""
    noise = world.noise_for(worse)
    ours, theirs = world.calibrated(noise), world.calibrated(world.noise)
    comparisons = []
    for _ in range(promotions):
        y, candidate, champion, weight = world.draw(size, noise)
        p, q = (
            expit(slope * score + level)
            for score, (slope, level) in ((candidate, ours), (champion, theirs))
        )
        comparisons.append(compare(y, p, q, weight))
    held = [[figure.holds for figure in compared] for compared in comparisons]
    shares = np.array(held).mean(axis=0)
    figures = ", ".join(f"{name} {share:.2f}" for name, share in zip(MARGINS, shares, strict=True))
    promoted = np.all(held, axis=1).mean()
    print(f"{size:5,} cases, AUC worse by {worse:.2f}: promoted {promoted:.3f} ({figures})")


if __name__ == "__main__":
    main()
