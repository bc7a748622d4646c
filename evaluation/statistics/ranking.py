"""Cases in order of their probabilities, and every figure of many replicates at once.

The sample itself and its bootstrap replicates differ only in how often each case counts,
so all of them go through the same lines, as rows of one matrix of weights.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cases.numeric import Floats

BINS = 10
CELLS_AT_ONCE = 200_000  # keeps the bootstrap in the processor's cache
SMALLEST = float(np.finfo(np.float64).eps)


class Ranking:
    """Cases in falling order of p, cut into groups of equal p.

    Weights of replicates have the shape (replicates, n) and this order.
    """

    def __init__(self, y: Floats, p: Floats, weight: Floats) -> None:
        self.order = np.argsort(-p, kind="stable")
        self.y, self.p, self.weight = y[self.order], p[self.order], weight[self.order]

    @cached_property
    def starts(self) -> NDArray[np.intp]:
        """Where each group of equal p begins."""
        return np.flatnonzero(np.r_[True, self.p[1:] != self.p[:-1]])

    @cached_property
    def bin_starts(self) -> NDArray[np.intp]:
        """Where each calibration bin begins: a group of equal p lies in one bin."""
        mass = np.add.reduceat(self.weight, self.starts)
        middle = (np.cumsum(mass) - mass / 2) / mass.sum()
        bins = np.minimum((middle * BINS).astype(int), BINS - 1)
        return self.starts[np.flatnonzero(np.r_[True, bins[1:] != bins[:-1]])]

    @cached_property
    def gaps(self) -> Floats:
        """Mean probability minus rate of each bin, times the bin's share of the weight."""
        misses = self.weight * (self.p - self.y)
        gaps: Floats = np.add.reduceat(misses, self.bin_starts) / self.weight.sum()
        return gaps

    def weights(self, counts: Floats | None) -> Floats:
        """Weights of each replicate, given how often it drew each case (None: the sample)."""
        once = self.weight[None, :]
        return once if counts is None else counts[:, self.order] * once


def statistics(ranking: Ranking, counts: Floats | None, share: float) -> dict[str, Floats]:
    """Each figure of each replicate, NaN where it is undefined; shape (replicates,)."""
    y, p, w = ranking.y, ranking.p, ranking.weights(counts)
    total = w.sum(axis=1)
    # What the head of the list finds, and the rate of each replicate.
    positive, every = tied_groups(ranking, counts)
    found, rate = found_at(positive, every, share), positive.sum(axis=1) / total
    # Losses, and how much smaller they are than those of the rate itself (Murphy 1973).
    loss, brier = log_loss(ranking, counts), w @ np.square(p - y) / total
    with np.errstate(divide="ignore", invalid="ignore"):
        recall = found / positive.sum(axis=1)
        log_loss_skill = 1 - loss / _entropy(rate)
        brier_skill = 1 - brier / (rate * (1 - rate))
    # Mean p minus rate of each calibration bin, times the bin's share of the weight.
    gaps = np.add.reduceat(w * (p - y), ranking.bin_starts, axis=1) / total[:, None]
    return {
        "bias": gaps.sum(axis=1),
        "auc": _area(positive, every),
        "average_precision": _average_precision(positive, every),
        "precision": found / (share * total),
        "recall": recall,
        "lift": recall / share,
        "log_loss": loss,
        "log_loss_skill": log_loss_skill,
        "brier": brier,
        "brier_skill": brier_skill,
        "calibration_error": np.abs(gaps).sum(axis=1),
        "calibration_noise": np.abs(gaps - ranking.gaps).sum(axis=1),
    }


def log_loss(ranking: Ranking, counts: Floats | None) -> Floats:
    """Log loss of each replicate; shape (replicates,)."""
    inside, w = np.clip(ranking.p, SMALLEST, 1 - SMALLEST), ranking.weights(counts)
    loss: Floats = w @ -np.log(np.where(ranking.y == 1, inside, 1 - inside)) / w.sum(axis=1)
    return loss


def auc(ranking: Ranking, counts: Floats | None) -> Floats:
    """AUC of each replicate, NaN where only one class was drawn; shape (replicates,)."""
    return _area(*tied_groups(ranking, counts))


def tied_groups(ranking: Ranking, counts: Floats | None) -> tuple[Floats, Floats]:
    """Weight of positives and of all cases in each group of equal p; (replicates, groups)."""
    w = ranking.weights(counts)
    positive = np.add.reduceat(w * ranking.y, ranking.starts, axis=1)
    return positive, np.add.reduceat(w, ranking.starts, axis=1)


def pairs_in_order(positive: Floats, every: Floats) -> tuple[Floats, Floats]:
    """Pairs of a positive and a negative: those in the right order (ties one half), and all."""
    negative = every - positive
    # Mann and Whitney: each positive is ahead of the negatives below it and half of those tied.
    all_positive, all_negative = positive.sum(axis=1), negative.sum(axis=1)
    below = all_negative[:, None] - np.cumsum(negative, axis=1) + negative / 2
    return _dot(positive, below), all_positive * all_negative


def _area(positive: Floats, every: Floats) -> Floats:
    right, every_pair = pairs_in_order(positive, every)
    with np.errstate(divide="ignore", invalid="ignore"):
        area: Floats = right / every_pair
    return area


def _average_precision(positive: Floats, every: Floats) -> Floats:
    found, seen = np.cumsum(positive, axis=1), np.cumsum(every, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        precision = np.where(seen > 0, found / seen, 0.0)
        average: Floats = _dot(positive, precision) / found[:, -1]
    return average


def found_at(positive: Floats, every: Floats, share: float) -> Floats:
    """Positives among the `share` ranked first; a tied group counts as far as it fits."""
    seen = np.cumsum(every, axis=1)
    room = np.clip(share * seen[:, -1:] - (seen - every), 0, every)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.where(every > 0, positive / every, 0.0)
    return _dot(room, rate)


def _entropy(rate: Floats) -> Floats:
    """Log loss of the rate itself as everyone's probability."""
    return -np.asarray(rate * np.log(rate) + (1 - rate) * np.log1p(-rate))


def _dot(a: Floats, b: Floats) -> Floats:
    """Sums of products, row by row."""
    sums: Floats = np.einsum("ij,ij->i", a, b)
    return sums


def draws(n: int, replicates: int, seed: int) -> Iterator[Floats]:
    """How often each of `n` cases is drawn, for some replicates at a time."""
    rng = np.random.default_rng(seed)
    step = max(1, CELLS_AT_ONCE // n)
    for done in range(0, replicates, step):
        size = min(step, replicates - done)
        drawn = rng.integers(0, n, (size, n)) + n * np.arange(size)[:, None]
        yield np.bincount(drawn.ravel(), minlength=size * n).reshape(size, n).astype(np.float64)
