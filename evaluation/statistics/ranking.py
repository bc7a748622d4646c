"""Cases in order of their probabilities, and every figure of many replicates at once.

The sample itself and its bootstrap replicates differ only in how often each case counts,
so all of them go through the same lines, as rows of one matrix of weights.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from cases.numeric import Floats

BINS = 10
CELLS_AT_ONCE = 200_000  # keeps the bootstrap in the processor's cache
SMALLEST = float(np.finfo(np.float64).eps)


class Ranking:
    """Cases in falling order of p, cut into groups of equal p.

    What sums over a replicate needs of the order stands in sparse matrices, which a replicate's
    counts are multiplied by: they have the shape (n, replicates) and the order the cases came in.
    """

    def __init__(self, y: Floats, p: Floats, weight: Floats) -> None:
        self.order = np.argsort(-p, kind="stable")
        self.y, self.p, self.weight = y[self.order], p[self.order], weight[self.order]

    @property
    def once(self) -> Floats:
        """The counts of the sample itself: every case once; shape (n, 1)."""
        return np.ones((self.y.size, 1))

    @cached_property
    def starts(self) -> NDArray[np.intp]:
        """Where each group of equal p begins."""
        return np.flatnonzero(np.r_[True, self.p[1:] != self.p[:-1]])

    @cached_property
    def groups(self) -> tuple[Floats, Floats]:
        """Weight of positives and of all cases in each group of equal p; shape (groups,)."""
        positive = np.add.reduceat(self.weight * self.y, self.starts)
        return positive, np.add.reduceat(self.weight, self.starts)

    @cached_property
    def bin_starts(self) -> NDArray[np.intp]:
        """Where each calibration bin begins: a group of equal p lies in one bin."""
        mass = self.groups[1]
        middle = (np.cumsum(mass) - mass / 2) / mass.sum()
        bins = np.minimum((middle * BINS).astype(int), BINS - 1)
        return self.starts[np.flatnonzero(np.r_[True, bins[1:] != bins[:-1]])]

    @cached_property
    def gaps(self) -> csr_array:
        """Sums, over each bin, of the weighted mean probability less the rate."""
        return self._sums(self.weight * (self.p - self.y), self.bin_starts)

    @cached_property
    def losses(self) -> Floats:
        """Each case's weighted log loss and squared error, in the order they came in; (2, n)."""
        inside = np.clip(self.p, SMALLEST, 1 - SMALLEST)
        loss = -np.log(np.where(self.y == 1, inside, 1 - inside))
        losses = np.empty((2, self.y.size))
        losses[:, self.order] = self.weight * np.vstack([loss, np.square(self.p - self.y)])
        return losses

    def parts(self, counts: Floats) -> tuple[Floats, Floats]:
        """Weight of positives and of negatives in each part of the order; (parts, replicates).

        A part is a group of equal p that holds a positive, or all cases between two of these:
        in whatever order they stand, no figure changes.
        """
        positive, negative = self._parts
        return positive @ counts, negative @ counts

    @cached_property
    def _parts(self) -> tuple[csr_array, csr_array]:
        held = np.add.reduceat(self.y, self.starts) > 0
        starts = self.starts[held | np.r_[True, held[:-1]]]
        return (
            self._sums(self.weight * self.y, starts),
            self._sums(self.weight * (1 - self.y), starts),
        )

    def _sums(self, value: Floats, starts: NDArray[np.intp]) -> csr_array:
        """What sums `value` over each part that begins at `starts`, times counts."""
        used = value != 0
        ends = np.append(0, np.cumsum(used))[np.append(starts, value.size)]
        shape = (starts.size, value.size)
        return csr_array((value[used], self.order[used], ends), shape=shape)


def statistics(ranking: Ranking, counts: Floats, share: float) -> dict[str, Floats]:
    """Each figure of each replicate, NaN where it is undefined; shape (replicates,)."""
    positive, negative = ranking.parts(counts)
    all_positive = positive.sum(axis=0)
    total = all_positive + negative.sum(axis=0)
    # What the head of the list finds, and the rate of each replicate.
    found, rate = found_at(positive, negative, share), all_positive / total
    # Losses, and how much smaller they are than those of the rate itself (Murphy 1973).
    loss, brier = ranking.losses @ counts / total
    with np.errstate(divide="ignore", invalid="ignore"):
        recall = found / all_positive
        log_loss_skill = 1 - loss / _entropy(rate)
        brier_skill = 1 - brier / (rate * (1 - rate))
    # Mean p minus rate of each calibration bin, times the bin's share of the weight.
    gaps = ranking.gaps @ counts / total
    of_sample = ranking.gaps @ ranking.once / ranking.weight.sum()
    return {
        "bias": gaps.sum(axis=0),
        "auc": _area(positive, negative),
        "average_precision": _average_precision(positive, negative),
        "precision": found / (share * total),
        "recall": recall,
        "lift": recall / share,
        "log_loss": loss,
        "log_loss_skill": log_loss_skill,
        "brier": brier,
        "brier_skill": brier_skill,
        "calibration_error": np.abs(gaps).sum(axis=0),
        "calibration_noise": np.abs(gaps - of_sample).sum(axis=0),
    }


def log_loss(ranking: Ranking, counts: Floats) -> Floats:
    """Log loss of each replicate; shape (replicates,)."""
    weight = np.empty(ranking.y.size)
    weight[ranking.order] = ranking.weight
    loss: Floats = ranking.losses[0] @ counts / (weight @ counts)
    return loss


def auc(ranking: Ranking, counts: Floats) -> Floats:
    """AUC of each replicate, NaN where only one class was drawn; shape (replicates,)."""
    return _area(*ranking.parts(counts))


def pairs_in_order(positive: Floats, negative: Floats) -> tuple[Floats, Floats]:
    """Pairs of a positive and a negative: those in the right order (ties one half), and all.

    From their weights in groups of equal p, the highest first; (groups, replicates).
    """
    # Mann and Whitney: each positive is ahead of the negatives below it and half of those tied.
    all_positive, all_negative = positive.sum(axis=0), negative.sum(axis=0)
    below = all_negative - np.cumsum(negative, axis=0) + negative / 2
    return _dot(positive, below), all_positive * all_negative


def _area(positive: Floats, negative: Floats) -> Floats:
    right, every_pair = pairs_in_order(positive, negative)
    with np.errstate(divide="ignore", invalid="ignore"):
        area: Floats = right / every_pair
    return area


def _average_precision(positive: Floats, negative: Floats) -> Floats:
    found = np.cumsum(positive, axis=0)
    seen = found + np.cumsum(negative, axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        precision = np.where(seen > 0, found / seen, 0.0)
        average: Floats = _dot(positive, precision) / found[-1]
    return average


def found_at(positive: Floats, negative: Floats, share: float) -> Floats:
    """Positives among the `share` ranked first; a tied group counts as far as it fits."""
    every = positive + negative
    seen = np.cumsum(every, axis=0)
    room = np.clip(share * seen[-1] - (seen - every), 0, every)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.where(every > 0, positive / every, 0.0)
    return _dot(room, rate)


def _entropy(rate: Floats) -> Floats:
    """Log loss of the rate itself as everyone's probability."""
    return -np.asarray(rate * np.log(rate) + (1 - rate) * np.log1p(-rate))


def _dot(a: Floats, b: Floats) -> Floats:
    """Sums of products, column by column."""
    sums: Floats = np.einsum("ij,ij->j", a, b)
    return sums


def draws(n: int, replicates: int, seed: int) -> Iterator[Floats]:
    """How often each of `n` cases is drawn, for some replicates at a time; (n, replicates)."""
    rng = np.random.default_rng(seed)
    step = max(1, CELLS_AT_ONCE // n)
    for done in range(0, replicates, step):
        drawn = rng.integers(0, n, (min(step, replicates - done), n))
        counts = np.empty((n, len(drawn)))
        for replicate, cases in enumerate(drawn):
            counts[:, replicate] = np.bincount(cases, minlength=n)
        yield counts
