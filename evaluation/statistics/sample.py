"""What the reviews of a drawn sample say about cases: a total, its variance, an interval.

The model-assisted difference estimator (Särndal, Swensson and Wretman 1992, section 6.3):
every case counts with the risk `p` it had when the plan was drawn, and every reviewed case
adds what the review found beyond that, divided by its inclusion probability:

    sum p  +  sum over reviews (y - p) / pi.

It is unbiased whatever the model is worth; a better model only narrows the interval.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf

import numpy as np
import polars as pl
from scipy.special import expit, logit

from cases.numeric import Flags, Floats, Ints
from evaluation.statistics.metrics import Figure, wilson_interval

PRIOR_DEFECTS = 8.0  # found by the random draw; so many make the reviews count as much as the model
PRIOR_SPREAD = 1.0  # log-odds by which level and slope of a model are expected to be off
CLIP = 1e-4  # no risk is as sure as 0 or 1
MOST_STEPS, CLOSE = 50, 1e-8


@dataclass(frozen=True)
class SampleTotal:
    """What a sample says about some of its cases: `total` defects of `cases`, in all.

    `certain` of the cases are known for certain, and `defects` of those are defects. The
    `variance` is that of the total; `corrected_risk` is the mean risk of the others as the
    reviews correct it. Of `missing` further cases nothing is known: all may be defects, or none.
    """

    cases: int
    returned: int
    total: float
    certain: int
    defects: float
    variance: float
    corrected_risk: float
    missing: int = 0

    @property
    def rate(self) -> float:
        """Defects per case, kept within what is possible."""
        return min(max(self.total / self.cases, 0.0), 1.0)

    @property
    def expected(self) -> float:
        """Defects that the corrected model expects: depends less on the luck of the draw."""
        return self.defects + self.corrected_risk * (self.cases - self.certain)

    @property
    def effective(self) -> float:
        """How many reviews of a random sample would say as much; infinite without error."""
        if self.variance == 0:
            return inf
        return self.corrected_risk * (1 - self.corrected_risk) * self.cases**2 / self.variance

    def figure(self) -> Figure:
        """The rate with its 95% interval: Wilson's, at the effective size, for the rest.

        What is known for certain has no error; the effective size of the rest is that of a
        random sample of equal variance (Korn and Graubard 1998, Survey Methodology 24). The
        ends allow for none of the `missing` cases being a defect, and for all.
        """
        low, high = self._limits()
        known = self.cases / (self.cases + self.missing)
        return Figure(self.rate, known * low, known * high + (1 - known), self.returned)

    def _limits(self) -> tuple[float, float]:
        """Of the rate among the cases of which something is known."""
        rest = self.cases - self.certain
        if rest == 0 or self.variance == 0:
            return self.rate, self.rate
        # Wilson's limits of the rest, at the size of a random sample of this variance; then
        # the defects known for certain are added, and all are divided by all cases.
        rate = min(max((self.total - self.defects) / rest, 0.0), 1.0)
        size = self.corrected_risk * (1 - self.corrected_risk) * rest**2 / self.variance
        bounds = wilson_interval(rate, size)
        low, high = ((self.defects + rest * bound) / self.cases for bound in bounds)
        return min(low, self.rate), max(high, self.rate)


@dataclass(frozen=True)
class SurveySample:
    """The cases of all frames as arrays of shape (cases,).

    `p` is the risk at the draw, `pi` the inclusion probability, `pi_returned` the probability
    that its review was drawn and has come back, `y` the outcome where `returned` (else 0),
    `corrected` the risk as the reviews correct it, `survey` the number of the plan.
    """

    p: Floats
    pi: Floats
    pi_returned: Floats
    y: Floats
    corrected: Floats
    drawn: Flags
    returned: Flags
    survey: Ints

    @classmethod
    def of(cls, cases: pl.DataFrame) -> SurveySample:
        """From joined frames (see `evaluation.surveys.estimate`)."""
        p, pi = (cases[name].to_numpy() for name in ("risk", "inclusion_probability"))
        y, returned = cases["defect"].fill_null(0.0).to_numpy(), cases["returned"].to_numpy()
        pi_returned = pi * cases["response"].to_numpy()
        drawn_at_random = returned & cases["rule"].is_null().to_numpy()
        corrected = corrected_risks(p, y, drawn_at_random)
        drawn, survey = cases["drawn"].to_numpy(), cases["survey"].to_numpy()
        return cls(p, pi, pi_returned, y, corrected, drawn, returned, survey)

    def total_of(self, part: Flags) -> SampleTotal:
        """What the sample says about the cases that `part` picks, shape (cases,)."""
        certain = part & self.returned & (self.pi_returned == 1)
        rest = part & ~certain
        # sum p + sum (y - p) / pi: the second sum is over the reviews that came back.
        residual = np.where(part & self.returned, self.y - self.p, 0.0)
        return SampleTotal(
            cases=int(part.sum()),
            returned=int((part & self.returned).sum()),
            total=float(self.p[part].sum() + (residual / self.pi_returned).sum()),
            certain=int(certain.sum()),
            defects=float(self.y[certain].sum()),
            variance=self._variance(residual, part),
            corrected_risk=float(self.corrected[rest].mean()) if rest.any() else 0.0,
        )

    def total_of_part(self, part: Flags) -> SampleTotal:
        """As `total_of`, for a part whose rate may be far from what the model says of it.

        The risks are corrected by the part's own reviews: the cases that a good check passed
        have fewer defects than others of equal risk, and both the variance and the effective
        size of the interval depend on that.
        """
        seen = part & self.returned & (self.pi_returned < 1)
        corrected = self.corrected.copy()
        corrected[part] = corrected_risks(self.p[part], self.y[part], seen[part])
        return replace(self, corrected=corrected).total_of(part)

    def _variance(self, residual: Floats, part: Flags) -> float:
        """Of the total: what the reviews show, steadied by what the corrected model expects.

        With few defects found, the variance that the sample shows is as uncertain as the
        rate, and too small whenever the rate is; the model's does not depend on the chance of
        the draw. The two are mixed by the number of defects that the random draw found.
        """
        shown = self.design_variance(residual)
        # Under the corrected risks q: E (y - p)^2 = q (1 - q) + (q - p)^2, times 1 / pi - 1.
        q, p = self.corrected[part], self.p[part]
        spread = q * (1 - q) + (q - p) ** 2
        expected = float(((1 / self.pi_returned[part] - 1) * spread).sum())
        found = float(self.y[part & self.returned & (self.pi_returned < 1)].sum())
        return (found * shown + PRIOR_DEFECTS * expected) / (found + PRIOR_DEFECTS)

    def design_variance(self, residual: Floats) -> float:
        """Of sum residual / pi, for a draw of fixed size and high entropy.

        Deville's approximation (Deville and Tillé 2005, Journal of Statistical Planning and
        Inference 128, equation 15), plan by plan: it falls to zero as the sample becomes
        the population.
        """
        total = 0.0
        for number in range(int(self.survey.max()) + 1):
            own = self.returned & (self.survey == number) & (self.pi_returned < 1)
            left = 1 - self.pi_returned[own]
            expanded = residual[own] / self.pi_returned[own]
            if left.size > 1:
                # n / (n - 1) * sum (1 - pi) (e / pi - mean)^2, the mean weighted by 1 - pi
                middle = (left @ expanded) / left.sum()
                total += left.size / (left.size - 1) * float(left @ (expanded - middle) ** 2)
        return total


def corrected_risks(p: Floats, y: Floats, seen: Flags) -> Floats:
    """The risks of all cases as the reviews correct them, shape (cases,).

    Logistic regression of the seen outcomes on the log-odds of `p` (Cox 1958), with normal
    priors of `PRIOR_SPREAD` around level 0 and slope 1: a model that is useless or upside
    down is found out by the very cases it sent to the top.
    """
    log_odds = logit(p.clip(CLIP, 1 - CLIP))
    x = np.column_stack([np.ones(len(p)), log_odds - logit(p.mean().clip(CLIP, 1 - CLIP))])
    off = np.zeros(2)  # of level and slope, from 0 and 1
    for _step in range(MOST_STEPS):
        # Newton's method on the log-posterior: its slope, its curvature, and the step.
        q = expit(log_odds[seen] + x[seen] @ off)
        slope = x[seen].T @ (y[seen] - q) - off / PRIOR_SPREAD**2
        curvature = (x[seen].T * (q * (1 - q))) @ x[seen] + np.eye(2) / PRIOR_SPREAD**2
        step = np.linalg.solve(curvature, slope)
        off = off + step / max(1.0, np.abs(step).max())  # far off, Newton's step goes too far
        if np.abs(step).max() < CLOSE:
            break
    corrected: Floats = expit(log_odds + x @ off)
    return corrected
