"""Is the level of the probabilities still right? A likelihood-ratio mixture over shifts.

The null says that each outcome has the log-odds logit(p) + t, where t is what the level may be
off by since training: t ~ N(0, v), with v = 1/a + 1/b the variance of the log-odds of a rate
learnt from a cases with the outcome and b without (Woolf 1955). The alternative adds a shift in
either direction, so that t ~ N(0, v + SHIFT^2). The evidence is the ratio of the two mixtures,

    E = sum_t alternative(t) L(t) / sum_t null(t) L(t),    log L(t) = t sum y - sum K(t, p),
    K(t, p) = log(1 - p + p exp(t))

(Robbins 1970, Annals of Mathematical Statistics 41). Under the null E does not grow on average,
so that it reaches 1 / level at any time with a probability of at most `level` (Ville 1939): one may
look after every outcome. For one period looked at once, the level is reached sooner by holding E
against its own distribution under the null, which is simulated.

Weights count by their ratios; in all, as many outcomes as Kish's (1965) effective size. With
unequal weights both statements are approximate.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import expit, logit, logsumexp

from cases.numeric import Floats
from evaluation.statistics.metrics import SEED

SHIFT = float(np.log(2))  # of the log-odds: a halved or doubled rate is an ordinary shift
OFF = np.linspace(-4.0, 4.0, 401)  # the log-odds by which the level may be off
CLIP = 1e-6  # no probability is as sure as 0 or 1
DRAWS, AT_ONCE = 999, 100  # of outcomes under the null


@dataclass(frozen=True)
class LevelTest:
    """Outcomes `y` in order of time, probabilities `p` and weights, each of shape (cases,).

    `variance` is that of the level in log-odds, as `level_variance` gives it.
    """

    y: Floats
    p: Floats
    weight: Floats
    variance: float

    def evidence(self) -> Floats:
        """The evidence for a shift after each outcome, shape (cases,), at any time valid."""
        weight, p = self._counted
        total = np.cumsum(weight * self.y)
        cumulants = np.cumsum(weight[:, None] * _cumulants(p), axis=0)
        return np.exp(self._log_evidence(total, cumulants))

    def p_value(self) -> float:
        """How likely as much evidence is without a shift, for a period that is looked at once."""
        weight, _p = self._counted
        own = self._of_total(np.array([weight @ self.y]))
        drawn = self._of_total(np.concatenate(list(self._drawn_totals())))
        return float((1 + (drawn >= own - 1e-9).sum()) / (1 + DRAWS))

    @cached_property
    def _counted(self) -> tuple[Floats, Floats]:
        """Weights that sum to the effective size, and probabilities short of certainty."""
        scale = self.weight.sum() / (self.weight**2).sum()
        return self.weight * scale, self.p.clip(CLIP, 1 - CLIP)

    def _of_total(self, total: Floats) -> Floats:
        """The log-evidence of all outcomes, of which this weighted total had it."""
        weight, p = self._counted
        return self._log_evidence(total, weight @ _cumulants(p))

    def _log_evidence(self, total: Floats, cumulants: Floats) -> Floats:
        likelihood = total[:, None] * OFF - cumulants
        spread = self.variance**0.5, (self.variance + SHIFT**2) ** 0.5
        null, shifted = (logsumexp(likelihood + _log_prior(one), axis=1) for one in spread)
        difference: Floats = shifted - null
        return difference

    def _drawn_totals(self) -> Iterator[Floats]:
        """Weighted totals under the null, some draws at a time."""
        rng = np.random.default_rng(SEED)
        weight, p = self._counted
        off = rng.normal(0.0, self.variance**0.5, DRAWS)
        for start in range(0, DRAWS, AT_ONCE):
            chance = expit(logit(p) + off[start : start + AT_ONCE, None])
            yield (rng.random(chance.shape) < chance) @ weight


def level_variance(positives: float, negatives: float) -> float:
    """Of the log-odds of a rate that was learnt from so many effective outcomes.

    >>> level_variance(100, 400)
    0.0125
    """
    return 1 / positives + 1 / negatives


def _cumulants(p: Floats) -> Floats:
    """K(t, p) of every case at every level, shape (cases, levels)."""
    return np.log1p(p[:, None] * np.expm1(OFF))


def _log_prior(spread: float) -> Floats:
    density = -0.5 * (OFF / spread) ** 2
    logs: Floats = density - logsumexp(density)
    return logs
