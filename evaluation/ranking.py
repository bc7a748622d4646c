"""Cases in order of their probabilities, and every figure of many replicates at once.

The sample itself and its bootstrap replicates differ only in how often each case counts,
so all of them go through the same lines, as rows of one matrix of weights.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

BINS = 10
CELLS_AT_ONCE = 200_000  # keeps the bootstrap in the processor's cache
SMALLEST = float(np.finfo(np.float64).eps)


class Ranking:
    """Cases in falling order of p, cut into groups of equal p.

    Weights of replicates have the shape (replicates, n) and this order.
    """

    def __init__(self, y: Array, p: Array, weight: Array) -> None:
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
    def gaps(self) -> Array:
        """Mean probability minus rate of each bin, times the bin's share of the weight."""
        misses = self.weight * (self.p - self.y)
        gaps: Array = np.add.reduceat(misses, self.bin_starts) / self.weight.sum()
        return gaps

    def weights(self, counts: Array | None) -> Array:
        """Weights of each replicate, given how often it drew each case (None: the sample)."""
        once = self.weight[None, :]
        return once if counts is None else counts[:, self.order] * once


def statistics(ranking: Ranking, counts: Array | None, share: float) -> dict[str, Array]:
    """Each figure of each replicate, NaN where it is undefined; shape (replicates,)."""
    y, p, w = ranking.y, ranking.p, ranking.weights(counts)
    total = w.sum(axis=1)
    positive = np.add.reduceat(w * y, ranking.starts, axis=1)
    every = np.add.reduceat(w, ranking.starts, axis=1)
    precision = _precision_at(positive, every, share)
    inside = np.clip(p, SMALLEST, 1 - SMALLEST)
    loss = -np.log(np.where(y == 1, inside, 1 - inside))
    with np.errstate(divide="ignore", invalid="ignore"):
        lift = precision / (positive.sum(axis=1) / total)
    gaps = np.add.reduceat(w * (p - y), ranking.bin_starts, axis=1) / total[:, None]
    return {
        "bias": gaps.sum(axis=1),
        "auc": _area(positive, every),
        "average_precision": _average_precision(positive, every),
        "precision": precision,
        "lift": lift,
        "log_loss": w @ loss / total,
        "brier": w @ np.square(p - y) / total,
        "calibration_error": np.abs(gaps).sum(axis=1),
        "calibration_noise": np.abs(gaps - ranking.gaps).sum(axis=1),
    }


def auc(ranking: Ranking, counts: Array | None) -> Array:
    """AUC of each replicate, NaN where only one class was drawn; shape (replicates,)."""
    w = ranking.weights(counts)
    positive = np.add.reduceat(w * ranking.y, ranking.starts, axis=1)
    return _area(positive, np.add.reduceat(w, ranking.starts, axis=1))


def _area(positive: Array, every: Array) -> Array:
    """Share of pairs of a positive and a negative that are in the right order."""
    negative = every - positive
    all_positive, all_negative = positive.sum(axis=1), negative.sum(axis=1)
    below = all_negative[:, None] - np.cumsum(negative, axis=1) + negative / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        area: Array = _dot(positive, below) / (all_positive * all_negative)
    return area


def _average_precision(positive: Array, every: Array) -> Array:
    found, seen = np.cumsum(positive, axis=1), np.cumsum(every, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        precision = np.where(seen > 0, found / seen, 0.0)
        average: Array = _dot(positive, precision) / found[:, -1]
    return average


def _precision_at(positive: Array, every: Array, share: float) -> Array:
    seen = np.cumsum(every, axis=1)
    capacity = share * seen[:, -1:]
    room = np.clip(capacity - (seen - every), 0, every)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.where(every > 0, positive / every, 0.0)
    return _dot(room, rate) / capacity[:, 0]


def _dot(a: Array, b: Array) -> Array:
    """Sums of products, row by row."""
    sums: Array = np.einsum("ij,ij->i", a, b)
    return sums


def draws(n: int, replicates: int, seed: int) -> Iterator[Array]:
    """How often each of `n` cases is drawn, for some replicates at a time."""
    rng = np.random.default_rng(seed)
    step = max(1, CELLS_AT_ONCE // n)
    for done in range(0, replicates, step):
        size = min(step, replicates - done)
        drawn = rng.integers(0, n, (size, n)) + n * np.arange(size)[:, None]
        yield np.bincount(drawn.ravel(), minlength=size * n).reshape(size, n).astype(np.float64)
