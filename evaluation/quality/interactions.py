"""Do defects in a group of cases exceed what the main effects of all facts foresee?

A group is a pair of levels of two facts. It is tested by the score test of its own effect, next
to the main effects of every level of every fact and of the reviewers (Rao 1948; Cox and Hinkley
1974, section 9.3). Whether two effects only add up depends on the scale: what adds up in
log-odds need not add up in probabilities. A group therefore counts only if it exceeds the main
effects on both scales, and its p-value is the larger of the two (Berger 1982, intersection-union
test).

The search over all groups is corrected for by the largest statistic of outcomes drawn from the
fitted main effects (max-T: Westfall and Young 1993, section 2.3; parametric bootstrap: Efron and
Tibshirani 1993, section 6.5). The scores are orthogonal to the main effects, so that these need
not be fitted again to each draw.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, hstack
from sklearn.linear_model import LogisticRegression

from cases.numeric import Floats, Ints
from evaluation.statistics.metrics import SEED

DRAWS = 999
AT_ONCE = 50  # draws, so that memory stays small
FEWEST_OF_REVIEWER = 10  # cases; reviewers with fewer share one effect
FIXED = 1e-6  # a smaller part of a group's variance left by the main effects is none
ROUNDING = 1e-9


@dataclass(frozen=True)
class MainEffects:
    """Reviewed cases with outcomes `y`, weights of mean 1, and what the main effects foresee.

    `levels` has a column of ones per level of a fact and per reviewer, shape (cases, levels);
    `p` is the probability of a defect by the main effects alone, shape (cases,).
    """

    y: Floats
    weight: Floats
    levels: csr_array
    p: Floats

    @classmethod
    def of(cls, y: Floats, weight: Floats, facts: Sequence[Ints], reviewer: Ints) -> MainEffects:
        """The main effects of `facts` and `reviewer`: the level of each case, -1 for unknown.

        `y` must hold both outcomes. The effects are logistic with a standard normal prior each,
        so that a level without a defect does not become impossible.
        """
        weight = weight / weight.mean()
        levels = hstack([_indicators(level) for level in (*facts, _large(reviewer))], format="csr")
        fitted = LogisticRegression(max_iter=1000).fit(levels, y, weight)
        return cls(y, weight, levels, fitted.predict_proba(levels)[:, 1])

    def excess(self, member: csr_array) -> tuple[Floats, Floats]:
        """The excess of each group over the main effects, and its p-value; both (groups,).

        `member` has a row of ones per group, shape (groups, cases). The excess is in standard
        deviations. The p-value is adjusted for the search, and 1 for a group that the main
        effects already fix.
        """
        design = hstack([csr_array(np.ones((self.y.size, 1))), self.levels], format="csr")
        binomial = self.p * (1 - self.p)
        scales = [
            _Scale.of(design, member, self.weight * slope, self.weight**2 * binomial)
            for slope in (binomial, np.ones_like(binomial))  # dp / d effect: log-odds, share
        ]

        def scores(y: Floats) -> Iterator[Floats]:
            """Of each scale, for outcomes of shape (cases, draws)."""
            residual = self.weight[:, None] * (y - self.p[:, None])
            of_groups, of_levels = member @ residual, design.T @ residual
            return (scale.scores(of_groups, of_levels) for scale in scales)

        observed = list(scores(self.y[:, None]))
        reached = np.zeros((len(scales), member.shape[0]))
        for drawn in self._drawn():
            for scale, score in enumerate(scores(drawn)):
                largest = score.max(axis=0)
                reached[scale] += (largest >= observed[scale] - ROUNDING).sum(axis=1)
        return np.min(observed, axis=0)[:, 0], ((1 + reached) / (1 + DRAWS)).max(axis=0)

    def _drawn(self) -> Iterator[Floats]:
        """Outcomes drawn from the main effects alone, shape (cases, some draws)."""
        rng = np.random.default_rng(SEED)
        for done in range(0, DRAWS, AT_ONCE):
            size = min(AT_ONCE, DRAWS - done)
            yield (rng.random((self.y.size, size)) < self.p[:, None]).astype(np.float64)


@dataclass(frozen=True)
class _Scale:
    """How the residuals of groups are made free of the main effects on one scale.

    `share` is the coefficients of each group on the columns of the main effects, shape
    (groups, columns); `spread` the standard deviation of what is left, shape (groups,).
    """

    share: Floats
    spread: Floats

    @classmethod
    def of(cls, design: csr_array, member: csr_array, metric: Floats, variance: Floats) -> _Scale:
        """For weighted residuals of this `variance` a case; `metric` is the Fisher information."""
        # share = M W X (X'WX)^+, so that M - share X' is orthogonal to X in the metric W.
        information = (design.T @ _times(design, metric)).toarray()
        share = (member @ _times(design, metric)).toarray() @ np.linalg.pinv(
            information, hermitian=True
        )
        # Var[(m - X a)' w r] = m'Dm - 2 m'DXa + a'X'DXa, with D the variance of w r.
        varied = _times(design, variance)
        own = member @ variance
        across = (share * (member @ varied).toarray()).sum(axis=1)
        of_main = (share * (share @ (design.T @ varied).toarray())).sum(axis=1)
        left = own - 2 * across + of_main
        return cls(share, np.sqrt(np.where(left > FIXED * own, left, np.inf)))

    def scores(self, of_groups: Floats, of_levels: Floats) -> Floats:
        """Standardised excess of each group, shape (groups, draws), from sums of residuals."""
        standardised: Floats = (of_groups - self.share @ of_levels) / self.spread[:, None]
        return standardised


def _times(design: csr_array, weight: Floats) -> csr_array:
    return design.multiply(weight[:, None]).tocsr()


def _indicators(level: Ints) -> csr_array:
    """A column of ones per level; a level of -1 has none."""
    known = np.flatnonzero(level >= 0)
    shape = (level.size, int(level.max(initial=-1)) + 1)
    return csr_array((np.ones(known.size), (known, level[known])), shape=shape)


def _large(reviewer: Ints) -> Ints:
    """The reviewers with enough cases for an effect of their own; the others are -1."""
    sizes = np.bincount(reviewer)
    return np.where(sizes[reviewer] >= FEWEST_OF_REVIEWER, reviewer, -1)
