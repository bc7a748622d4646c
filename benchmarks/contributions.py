"""How fast contributions and reasons are, next to LightGBM's own `pred_contrib`.

    python benchmarks/contributions.py OFFICE [--repeats 5]

The office has a champion whose risk is fitted. Both ways answer by turns in one process, on one
thread; printed is the least processor time of each and their ratio:

- contributions of 1, 200 and 1,000 cases, by the champion's trees and by 500 trees of 63 leaves
  fitted on made-up cases (numbers, some missing, and codes), where also two threads take
  1,000 cases, in wall time;
- the reasons of 1 and 200 of the riskiest cases, sentences and all, with the kernels and without;
- 100,000 cases scored by the large trees, with the contributions of the top 1,000, next to
  `pred_contrib` of the top 1,000 and (from 1,000 of them) of all, whose sum is the score.
"""

from __future__ import annotations

import argparse
import gc
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from pathlib import Path
from unittest.mock import patch

import lightgbm as lgb
import numpy as np
import polars as pl

from cases.numeric import Floats
from features.as_of import closing_moments
from models.bundle.bundle import Bundle
from models.estimators import boosting
from models.estimators.boosting import Trees
from models.estimators.kinds import Blend
from models.matrix import Columns
from models.questions.risk import RiskModel, RiskQuestion
from serving.running.worker import load_context
from serving.use_cases.spot_checks import REASONS_SHOWN
from serving.workspace import Workspace

LARGE = {
    "objective": "binary",
    "num_leaves": 63,
    "learning_rate": 0.03,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "num_threads": 1,
    "verbosity": -1,
    "seed": 0,
}
ROUNDS, MANY, TOP = 500, 100_000, 1000
Clock = Callable[[], float]


def main() -> None:
    """Measure and print."""
    given = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    given.add_argument("office", type=Path)
    given.add_argument("--repeats", type=int, default=3)
    chosen = given.parse_args()
    bundle, x = champion(chosen.office)
    model = bundle.question(RiskQuestion).model
    assert isinstance(model, RiskModel), "the office has no fitted model of risk"
    large, cases = made_up()
    gc.collect()
    gc.freeze()  # as the service does
    scorer = model.scorer_
    trees = scorer.trees if isinstance(scorer, Blend) else scorer
    if isinstance(trees, Trees):
        contributions("champion's trees", trees, trees.columns.matrix(x[:TOP]), chosen.repeats)
    contributions("500 trees of 63 leaves", large, cases[:TOP], chosen.repeats)
    on_two_threads(large, cases[:TOP])
    reasons(bundle, x, chosen.repeats)
    scored_and_explained(large, cases)


def champion(office: Path) -> tuple[Bundle, pl.DataFrame]:
    """An office's champion, and its closed cases, the riskiest first."""
    context = load_context(Workspace.of(office, None))
    moments = closing_moments(context.tables, after=None, until=datetime(2100, 1, 1))
    bundle = context.model
    assert isinstance(bundle, Bundle)
    x = bundle.features(context.tables, moments, RiskQuestion.code)
    risk = bundle.answer(RiskQuestion.code, x)["risk"]
    return bundle, x[risk.arg_sort(descending=True)]


def made_up() -> tuple[Trees, Floats]:
    """Trees of 63 leaves on 60 columns, and cases to ask them about."""
    random = np.random.default_rng(0)
    x = random.normal(size=(MANY, 60))
    x[:, ::7][random.random((MANY, 9)) < 0.3] = np.nan
    x[:, 5], x[:, 12] = random.integers(0, 20, MANY), random.integers(0, 40, MANY)
    score = np.nan_to_num(x[:, :10]).sum(axis=1) / 2 + np.sin(3 * x[:, 20]) + x[:, 30] * x[:, 31]
    y = (random.random(MANY) < 1 / (1 + np.exp(-score))).astype(float)
    few = slice(0, 20_000)
    data = lgb.Dataset(x[few], y[few], categorical_feature=[5, 12])
    names = tuple(f"column_{number}" for number in range(60))
    return Trees(Columns(names, {}), lgb.train(LARGE, data, ROUNDS)), x


def contributions(name: str, trees: Trees, matrix: Floats, repeats: int) -> None:
    """A line for every number of cases."""
    for rows in (1, 200, len(matrix)):
        some = matrix[:rows]
        trees.contributions_of(some)  # loads and reads
        ours, theirs = by_turns(
            partial(trees.contributions_of, some), partial(by_lightgbm, trees, some), repeats
        )
        show(f"contributions, {name}, {rows:,} cases", ours, theirs)
    gap = np.abs(trees.contributions_of(matrix) - by_lightgbm(trees, matrix)).max()
    print(f"  largest difference {gap:.1g}")


def on_two_threads(trees: Trees, matrix: Floats) -> None:
    """Wall time of both with two threads."""
    halves = np.array_split(matrix, 2)
    with ThreadPoolExecutor(2) as pool:
        ours, theirs = by_turns(
            lambda: list(pool.map(trees.contributions_of, halves)),
            lambda: trees.booster.predict(matrix, pred_contrib=True, num_threads=2),
            2,
            time.perf_counter,
        )
    show("the same on two threads, wall time", ours, theirs)


def reasons(bundle: Bundle, x: pl.DataFrame, repeats: int) -> None:
    """Reasons with the kernels and without."""
    for rows in (1, 200):
        some = x[: TOP * 4].gather_every(TOP * 4 // 200)[:rows]
        explain = partial(bundle.explain, RiskQuestion.code, some, REASONS_SHOWN)
        ours, theirs = by_turns(explain, partial(without_kernels, explain), 4 * repeats)
        show(f"reasons of {rows} cases", ours, theirs)


def scored_and_explained(trees: Trees, matrix: Floats) -> None:
    """Scores of all and contributions of the top, next to two ways through `pred_contrib`."""

    def top(contribute: Callable[[Floats], Floats]) -> None:
        best = np.argsort(-trees.raw_of(matrix))[:TOP]
        contribute(matrix[best])

    ours, theirs = by_turns(
        lambda: top(trees.contributions_of), lambda: top(lambda rows: by_lightgbm(trees, rows)), 1
    )
    show(f"{MANY:,} scored, contributions of the top {TOP:,}", ours, theirs)
    every = MANY / TOP * timed(lambda: by_lightgbm(trees, matrix[:TOP]), time.process_time)
    show("the same, next to pred_contrib of all", ours, every)


def by_lightgbm(trees: Trees, matrix: Floats) -> Floats:
    """LightGBM's own contributions."""
    found = trees.booster.predict(matrix, pred_contrib=True, num_threads=1)
    return np.asarray(found, dtype=np.float64)


def without_kernels(work: Callable[[], object]) -> None:
    """Do it as where nothing can be compiled."""
    with patch.object(boosting, "kernels", return_value=None):
        work()


def by_turns(
    ours: Callable[[], object],
    theirs: Callable[[], object],
    repeats: int,
    clock: Clock = time.process_time,
) -> tuple[float, float]:
    """The least seconds that each of two ways took."""
    taken = [(timed(ours, clock), timed(theirs, clock)) for _repeat in range(repeats)]
    return min(own for own, _other in taken), min(other for _own, other in taken)


def timed(work: Callable[[], object], clock: Clock) -> float:
    """Seconds."""
    start = clock()
    work()
    return clock() - start


def show(what: str, ours: float, theirs: float) -> None:
    """One line."""
    print(
        f"{what}: {ours * 1e3:,.2f} ms, LightGBM {theirs * 1e3:,.2f} ms, {theirs / ours:.1f} times"
    )


if __name__ == "__main__":
    main()
