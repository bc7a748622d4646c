"""What the reviews of a drawn sample say about cases: a total, its variance, an interval.

The model-assisted difference estimator (Särndal, Swensson and Wretman 1992, section 6.3):
every case counts with the risk `p` it had when the plan was drawn, and every reviewed case
adds what the review found beyond that, divided by its inclusion probability:

    sum p  +  sum over reviews (y - p) / pi.

It is unbiased whatever the model is worth; a better model only narrows the interval.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np
import polars as pl
from scipy.special import expit, logit

from cases.numeric import Flags, Floats, Ints
from evaluation.statistics.metrics import Figure, wilson_interval

PRIOR_DEFECTS = 8.0  # found by lottery; so many make the reviews count as much as the model
PRIOR_SPREAD = 1.0  # log-odds by which level and slope of a model are expected to be off
CLIP = 1e-4  # nobody is as sure as a risk of 0 or 1
MOST_STEPS, CLOSE = 50, 1e-8


@dataclass(frozen=True)
class About:
    """What a sample says about some of its cases: `total` defects of `cases`, in all.

    `certain` of the cases are known for certain, and `defects` of those are defects. The
    `variance` is that of the total; `believed` is the mean risk of the others as the reviews
    correct it. Of `missing` cases besides nothing is known: all may be defects, or none.
    """

    cases: int
    returned: int
    total: float
    certain: int
    defects: float
    variance: float
    believed: float
    missing: int = 0

    @property
    def rate(self) -> float:
        """Defects per case, kept within what is possible."""
        return min(max(self.total / self.cases, 0.0), 1.0)

    @property
    def effective(self) -> float:
        """How many reviews of a random sample would say as much; infinite without error."""
        if self.variance == 0:
            return inf
        return self.believed * (1 - self.believed) * self.cases**2 / self.variance

    def figure(self) -> Figure:
        """The rate with its 95 % interval: Wilson's, at the effective size, for the rest.

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
        rate = min(max((self.total - self.defects) / rest, 0.0), 1.0)
        size = self.believed * (1 - self.believed) * rest**2 / self.variance
        bounds = wilson_interval(rate, size)
        low, high = ((self.defects + rest * bound) / self.cases for bound in bounds)
        return min(low, self.rate), max(high, self.rate)


@dataclass(frozen=True)
class Sample:
    """The cases of all frames as arrays of shape (cases,).

    `p` is the risk at the draw, `stated` the inclusion probability, `chance` the
    probability that its review was drawn and has come back, `y` the outcome where
    `returned` (else 0), `believed` the risk as the reviews correct it, `survey` the plan.
    """

    p: Floats
    stated: Floats
    chance: Floats
    y: Floats
    believed: Floats
    drawn: Flags
    returned: Flags
    survey: Ints

    @classmethod
    def of(cls, cases: pl.DataFrame) -> Sample:
        """From joined frames (see `_joined`)."""
        p, stated = (cases[name].to_numpy() for name in ("risk", "inclusion_probability"))
        y, returned = cases["defect"].fill_null(0.0).to_numpy(), cases["returned"].to_numpy()
        chance = stated * cases["response"].to_numpy()
        drawn_by_chance = returned & cases["rule"].is_null().to_numpy()
        believed = believe(p, y, drawn_by_chance)
        drawn, survey = cases["drawn"].to_numpy(), cases["survey"].to_numpy()
        return cls(p, stated, chance, y, believed, drawn, returned, survey)

    def about(self, some: Flags) -> About:
        """What the sample says about the cases `some` picks, shape (cases,)."""
        certain = some & self.returned & (self.chance == 1)
        residual = np.where(some & self.returned, self.y - self.p, 0.0)
        rest = some & ~certain
        return About(
            cases=int(some.sum()),
            returned=int((some & self.returned).sum()),
            total=float(self.p[some].sum() + (residual / self.chance).sum()),
            certain=int(certain.sum()),
            defects=float(self.y[certain].sum()),
            variance=self._variance(residual, some),
            believed=float(self.believed[rest].mean()) if rest.any() else 0.0,
        )

    def _variance(self, residual: Floats, some: Flags) -> float:
        """Of the total: what the reviews show, steadied by what the corrected model expects.

        With few defects found, the variance that the sample shows is as uncertain as the
        rate, and too small whenever the rate is; the model's does not depend on the luck of
        the draw. The two are mixed by the number of defects the lottery found.
        """
        shown = self.design_variance(residual)
        q, p = self.believed[some], self.p[some]
        expected = float(((1 / self.chance[some] - 1) * (q * (1 - q) + (q - p) ** 2)).sum())
        found = float(self.y[some & self.returned & (self.chance < 1)].sum())
        return (found * shown + PRIOR_DEFECTS * expected) / (found + PRIOR_DEFECTS)

    def design_variance(self, residual: Floats) -> float:
        """Of sum residual / chance, for a draw of fixed size and high entropy.

        Deville's approximation (Deville and Tillé 2005, Journal of Statistical Planning and
        Inference 128, equation 15), plan by plan: it falls to nought as the sample becomes
        the population.
        """
        total = 0.0
        for number in range(int(self.survey.max()) + 1):
            mine = self.returned & (self.survey == number) & (self.chance < 1)
            left = 1 - self.chance[mine]
            share = residual[mine] / self.chance[mine]
            if left.size > 1:
                middle = (left @ share) / left.sum()
                total += left.size / (left.size - 1) * float(left @ (share - middle) ** 2)
        return total

    def bound(self, y: float) -> float:
        """The rate if every review that has not come back found `y`."""
        outcome = np.where(self.returned, self.y, y)
        total = self.p.sum() + ((outcome - self.p) / self.stated)[self.drawn].sum()
        return float(np.clip(total / len(self.p), 0.0, 1.0))


def believe(p: Floats, y: Floats, seen: Flags) -> Floats:
    """The risks of all cases as the reviews correct them, shape (cases,).

    Logistic regression of the seen outcomes on the log-odds of `p` (Cox 1958), with normal
    priors of `PRIOR_SPREAD` around level 0 and slope 1: a model that is useless or upside
    down is found out by the very cases it sent to the top.
    """
    log_odds = logit(p.clip(CLIP, 1 - CLIP))
    x = np.column_stack([np.ones(len(p)), log_odds - logit(p.mean().clip(CLIP, 1 - CLIP))])
    off = np.zeros(2)
    for _ in range(MOST_STEPS):
        q = expit(log_odds[seen] + x[seen] @ off)
        slope = x[seen].T @ (y[seen] - q) - off / PRIOR_SPREAD**2
        bend = (x[seen].T * (q * (1 - q))) @ x[seen] + np.eye(2) / PRIOR_SPREAD**2
        step = np.linalg.solve(bend, slope)
        off = off + step / max(1.0, np.abs(step).max())  # far off, Newton's step goes too far
        if np.abs(step).max() < CLOSE:
            break
    believed: Floats = expit(log_odds + x @ off)
    return believed
