"""Logistic regression with a normal prior, an offset, and signs that coefficients may not leave.

scikit-learn's knows neither offset nor signs. Newton's method; the same result on every run.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import csc_array, csr_array
from scipy.special import expit, logit

from cases.numeric import Floats

MOST_STEPS = 100
CLOSE = 1e-4  # of the loss; the step after which less is to be gained is the last
OFTEN = 0.1  # of the rows


@dataclass(frozen=True)
class Regression:
    """Cases that a regression is fitted on.

    `design`, an array or sparse, has the shape (rows, terms); outcomes `y` (0 or 1), `weight` and
    `offset`, which is added to the log-odds, have the shape (rows,). `variance` is the prior's,
    of every coefficient; that of the intercept has no limit.
    """

    design: Floats | csc_array
    y: Floats
    weight: Floats
    offset: Floats
    variance: float

    def score(self, b: Floats) -> Floats:
        """The log-odds of every row at `b`, the intercept last; shape (rows,)."""
        return self.terms.scores(b) + self.offset

    def loss(self, b: Floats, score: Floats) -> float:
        """Sum of w log loss + |b|^2 / (2 variance) at `b`, where the log-odds are `score`."""
        loss = self.weight @ (np.logaddexp(0.0, score) - self.y * score)
        return float(loss + self.precision @ b**2 / 2)

    def step(self, b: Floats, score: Floats) -> tuple[Floats, float]:
        """Newton's step from `b`, and what it takes off the loss, were that quadratic."""
        p = expit(score)
        gradient = self.terms.sums(self.weight * (p - self.y)) + self.precision * b
        curvature = self.terms.products(self.weight * p * (1 - p)) + np.diag(self.precision)
        step = cho_solve(cho_factor(curvature, overwrite_a=True), -gradient)
        return step, float(-gradient @ step / 2)

    @cached_property
    def terms(self) -> Terms:
        """The design, in two parts."""
        return Terms.of(self.design)

    @cached_property
    def precision(self) -> Floats:
        """1 / variance of every parameter."""
        return np.append(np.full(self.design.shape[1], 1 / self.variance), 0.0)


def most_likely(regression: Regression, signs: Floats) -> tuple[Floats, float]:
    """Coefficients and intercept where the loss is least, each coefficient of its sign or zero.

    `signs` has the shape (terms,): 1, -1, or 0 for either. Terms that come out with the wrong
    sign are left out and the others fitted again, until none is.
    """
    used, coefficients = np.arange(len(signs)), np.zeros(len(signs))
    while True:
        found = mode(regression)
        right = found[:-1] * signs[used] >= 0
        if right.all():
            coefficients[used] = found[:-1]
            return coefficients, float(found[-1])
        regression = replace(regression, design=regression.design[:, right])
        used = used[right]


def mode(regression: Regression) -> Floats:
    """Coefficients where the loss is least, the intercept last; shape (terms + 1,)."""
    rate = np.average(regression.y, weights=regression.weight)
    # At least half a case of either outcome: a finite start also where all cases are alike.
    least = 0.5 / len(regression.y)
    rate = np.clip(rate, least, 1 - least)
    b = np.append(np.zeros(regression.design.shape[1]), logit(rate))
    score = regression.score(b)
    loss = regression.loss(b, score)
    for _step in range(MOST_STEPS):
        step, gain = regression.step(b, score)
        score = regression.score(b + step)
        after = regression.loss(b + step, score)
        # Far from the mode a full step can lead too far: halve it (Armijo 1966).
        while gain > CLOSE and after > loss - gain / 10:
            step, gain = step / 2, gain / 2
            score = regression.score(b + step)
            after = regression.loss(b + step, score)
        b, loss = b + step, after
        if gain <= CLOSE:
            break
    return regression.terms.in_order(b)


def least_squares(
    design: csc_array, amount: Floats, weight: Floats, penalty: float
) -> tuple[Floats, float]:
    """Coefficients b and intercept where sum w (amount - f)^2 + penalty |b|^2 is least."""
    terms = Terms.of(design)
    penalties = np.append(np.full(design.shape[1], penalty), 0.0)
    curvature = terms.products(weight) + np.diag(penalties)
    found = terms.in_order(cho_solve(cho_factor(curvature), terms.sums(weight * amount)))
    return found[:-1], float(found[-1])


@dataclass(frozen=True)
class Terms:
    """A design in two parts, terms that are often not zero and the others; and a last one of ones.

    Codes have hundreds of levels, nearly all of them zero in every row. Here the rare ones come
    first; `order` are their positions in the matrix.
    """

    rarely: csr_array
    often: Floats
    order: NDArray[np.intp]

    @classmethod
    def of(cls, design: Floats | csc_array) -> Terms:
        """Of a matrix of shape (rows, terms)."""
        terms = csc_array(design)
        rare = np.diff(terms.indptr) < OFTEN * terms.shape[0]
        # By columns, as they come: by rows it takes four times as long.
        often = np.hstack([terms[:, ~rare].toarray("F"), np.ones((terms.shape[0], 1))])
        order = np.argsort(~rare, kind="stable")
        return cls(terms[:, rare].tocsr(), np.ascontiguousarray(often), order)

    def scores(self, b: Floats) -> Floats:
        """The sum of the terms times `b`, shape (rows,)."""
        width = self.rarely.shape[1]
        return np.asarray(self.rarely @ b[:width] + self.often @ b[width:], dtype=np.float64)

    def sums(self, weight: Floats) -> Floats:
        """The weighted sum of every term, shape (terms + 1,)."""
        return np.append(self.rarely.T @ weight, self.often.T @ weight)

    def products(self, weight: Floats) -> Floats:
        """The weighted sums of products of two terms, shape (terms + 1, terms + 1)."""
        # Each term times the root of the weight: products with itself take half the time.
        root = np.sqrt(weight)
        often, rarely = self.often * root[:, None], self.rarely.copy()
        rarely.data *= np.repeat(root, np.diff(rarely.indptr))
        mixed = rarely.T @ often
        rare = (rarely.T @ rarely).toarray()
        return np.block([[rare, mixed], [mixed.T, often.T @ often]])

    def in_order(self, b: Floats) -> Floats:
        """The parameters as the matrix has its terms."""
        found = b.copy()
        found[self.order] = b[:-1]
        return found
