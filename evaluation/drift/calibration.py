"""Do the probabilities hold: outcomes against what the model expected, in a period and since.

Both use the likelihood-ratio mixture of `evaluation/drift/level.py`: for a period as a test at one
look, for all outcomes since training as evidence that is valid at every look.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from cases.numeric import Z
from evaluation.drift.level import LevelTest, level_variance
from evaluation.statistics.metrics import Figure, effective_size

CALIBRATION_LEVEL = 0.025  # of false alarms, in a period and since training
FEWEST = 100  # cases, or outcomes, of a time; on fewer nothing is said
MATERIAL = 0.1  # a rate that changes by less than a tenth of itself calls for nothing
SCORE = "score"


@dataclass(frozen=True)
class Calibration:
    """Outcomes observed in the period against expected by the model, and their ratio.

    Weighted as the labels are. The 95% interval also allows for the chance in the outcomes
    trained on; `alarm` if the likelihood-ratio test of the level finds more than chance
    (`evaluation/drift/level.py`) and the ratio is not near 1.
    """

    observed: float
    expected: float
    ratio: Figure
    alarm: bool


@dataclass(frozen=True)
class SinceTraining:
    """All `outcomes` that became known since training, in that order, and looked at after each.

    `ratio` is observed over expected. Without any change the evidence ever shows one with a
    probability of at most `CALIBRATION_LEVEL`; `shown_after` is the number of outcomes after
    which it did, None if it has not. `alarm` if it has and the ratio is not near 1.
    """

    outcomes: int
    ratio: float
    shown_after: int | None

    @property
    def alarm(self) -> bool:
        """Whether the level has been shown to be off, and by enough to matter."""
        return self.shown_after is not None and abs(self.ratio - 1) > MATERIAL


def calibration(
    labels: pl.DataFrame, scored: pl.DataFrame, trained_on: pl.DataFrame
) -> Calibration | None:
    """Observed against expected outcomes of `labels` by the scores of `scored`.

    The interval holds every ratio r at which the observed number O is no surprise:
    (O - r E)^2 <= z^2 (r V + r^2 E^2 / D), a score interval as Wilson's (1927), with V the
    variance of O given the scores and D the effective number of positives trained on, which
    says how sure the model's level is. None with fewer than `FEWEST` outcomes.
    """
    test = _level_test(labels, scored, trained_on)
    if test is None:
        return None
    weight, y, p = test.weight, test.y, test.p
    observed, expected = float(weight @ y), float(weight @ p)
    variance = float(weight**2 @ (p * (1 - p)))
    # The limits are the roots of a quadratic in r:
    # r^2 E^2 (1 - z^2 / D) - r (2 O E + z^2 V) + O^2 = 0.
    a = expected**2 * (1 - Z**2 / _effective(trained_on, 1))
    b = 2 * observed * expected + Z**2 * variance
    if a <= 0:
        return None
    root = (b**2 - 4 * a * observed**2) ** 0.5
    low, high, ratio = (b - root) / (2 * a), (b + root) / (2 * a), observed / expected
    alarm = abs(ratio - 1) > MATERIAL and test.p_value() <= CALIBRATION_LEVEL
    return Calibration(observed, expected, Figure(ratio, low, high, y.size), alarm)


def since_training(
    labels: pl.DataFrame, scored: pl.DataFrame, trained_on: pl.DataFrame
) -> SinceTraining | None:
    """The evidence that the level is off, over `labels` in the order in which they became known."""
    test = _level_test(labels, scored, trained_on)
    if test is None:
        return None
    shown = np.flatnonzero(test.evidence() >= 1 / CALIBRATION_LEVEL)
    ratio = float(test.weight @ test.y) / float(test.weight @ test.p)
    return SinceTraining(test.y.size, ratio, int(shown[0]) + 1 if shown.size else None)


def _level_test(
    labels: pl.DataFrame, scored: pl.DataFrame, trained_on: pl.DataFrame
) -> LevelTest | None:
    """None with too few outcomes, or where those trained on are all the same."""
    cases = labels.join(scored.select("case_id", SCORE), on="case_id", maintain_order="left")
    y, p = cases["y"].to_numpy().astype(np.float64), cases[SCORE].to_numpy()
    if cases.height < FEWEST or not p.any() or trained_on["y"].n_unique() <= 1:
        return None
    variance = level_variance(_effective(trained_on, 1), _effective(trained_on, 0))
    return LevelTest(y, p, cases["weight"].to_numpy(), variance)


def _effective(labels: pl.DataFrame, y: int) -> float:
    """How many outcomes `y` there are, by Kish's effective size."""
    return effective_size(labels.filter(y=y)["weight"].to_numpy())
