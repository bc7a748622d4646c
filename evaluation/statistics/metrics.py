"""How good probabilities were, each figure with a 95% interval.

`measure` takes outcomes `y` (0 or 1), probabilities `p` and optional weights
(1 / inclusion probability, where reviews were drawn unequally), all of shape (n,).
All intervals of a set come from one bootstrap over cases (Efron and Tibshirani
1993, percentile interval); base rate and calibration error have intervals of their own.
A figure that cannot be computed has no value and says why; it is never NaN.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from cases.numeric import Floats, Z
from evaluation.statistics.ranking import Ranking, auc, draws, log_loss, statistics

Absence = Literal["no_cases", "one_class", "too_few"]

REPLICATES = 1000
FEWEST = 10  # cases of either outcome; with fewer, figures of a part are withheld
SEED = 2026


@dataclass(frozen=True)
class Figure:
    """A value with its 95% interval over `n` cases, or the reason why there is none."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    absent: Absence | None = None

    @classmethod
    def withheld(cls, n: int, why: Absence = "too_few") -> Figure:
        """No value over `n` cases, and why."""
        return cls(None, None, None, n, why)

    @classmethod
    def of_few(cls, n: int) -> Figure:
        """No value because `n` cases are too few, or none at all."""
        return cls.withheld(n, "too_few" if n else "no_cases")

    def surely_above(self, bound: float) -> bool:
        """Whether the whole interval lies above `bound`; no if there is none."""
        return self.low is not None and self.low > bound

    def surely_below(self, bound: float) -> bool:
        """Whether the whole interval lies below `bound`; no if there is none."""
        return self.high is not None and self.high < bound


@dataclass(frozen=True)
class Measures:
    """The result of `measure`. `share` is the share of cases that precision, recall, lift take."""

    n: int
    positives: int
    share: float
    base_rate: Figure
    bias: Figure
    auc: Figure
    average_precision: Figure
    precision: Figure
    recall: Figure
    lift: Figure
    log_loss: Figure
    log_loss_skill: Figure
    brier: Figure
    brier_skill: Figure
    calibration_error: Figure


@dataclass(frozen=True)
class Bin:
    """One line of a calibration table: mean probability next to the rate that came true."""

    mean_probability: float
    rate: Figure


def measure(
    y: ArrayLike,
    p: ArrayLike,
    weight: ArrayLike | None = None,
    *,
    share: float = 0.1,
    replicates: int = REPLICATES,
    seed: int = SEED,
) -> Measures:
    """Every figure of one set of cases.

    - `base_rate`: weighted share of y = 1, Wilson (1927) interval at Kish's effective size.
    - `bias`: mean of p minus base rate (calibration in the large).
    - `auc`: area under the ROC curve, ties count one half.
    - `average_precision`: precision summed over steps of recall, one step per distinct p.
    - `precision`: share of y = 1 among the `share` of cases with the highest p. Where
      equal p straddle the edge, each of them counts with the share of them that fits.
    - `recall`: share of all y = 1 that are among these cases.
    - `lift`: `precision` divided by the base rate.
    - `log_loss`: natural logarithm; `brier`: mean of (p - y)^2.
    - `log_loss_skill`, `brier_skill`: 1 - loss / loss of the base rate of these very cases
      given to each of them (Murphy 1973). 1 is perfect; 0 is no better than that rate, which
      is known only afterwards; below 0 is worse.
    - `calibration_error`: expected calibration error over ten bins of equal weight by p,
      sum over bins of (bin weight x |mean p - rate|). Equal p are never split: they fall
      into the bin of their middle rank, so that a constant p is one bin. Noise alone makes
      it positive; its interval allows for that and may reach down to 0.

    Raises `ValueError` on arrays of unequal length, y other than 0 or 1, p outside [0, 1],
    weights that are not positive, or a share outside (0, 1].

    >>> measure([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]).auc.value
    0.75
    """
    measures, _gains = measure_several(
        y, {"": p}, weight, share=share, replicates=replicates, seed=seed
    )
    return measures[""]


def measure_several(
    y: ArrayLike,
    several: Mapping[str, ArrayLike],
    weight: ArrayLike | None = None,
    *,
    share: float = 0.1,
    replicates: int = REPLICATES,
    seed: int = SEED,
) -> tuple[dict[str, Measures], dict[str, Figure]]:
    """`measure` of several probabilities of the same cases, by name, from the same draws.

    With them the `auc_gain` of the first over each other.
    """
    if not 0 < share <= 1:
        raise ValueError(f"share must be in (0, 1], not {share}")
    rankings = {name: Ranking(*checked(y, p, weight)) for name, p in several.items()}
    first, *others = several
    n = rankings[first].y.size
    if n == 0:
        none = Figure.withheld(0, "no_cases")
        measures = dict.fromkeys(several, Measures(0, 0, share, *[none] * 12))
        return measures, dict.fromkeys(others, none)
    # The sample itself, then the same figures of every bootstrap replicate.
    values = {name: statistics(one, one.once, share) for name, one in rankings.items()}
    drawn = _replicates(rankings, share, replicates, seed)
    measures = {
        name: _measured(one, share, values[name], drawn[name]) for name, one in rankings.items()
    }
    areas = {name: (float(values[name]["auc"][0]), drawn[name]["auc"]) for name in several}
    return measures, {name: _gain(measures[first], areas[first], areas[name]) for name in others}


def _measured(
    ranking: Ranking, share: float, sample: Mapping[str, Floats], drawn: Mapping[str, Floats]
) -> Measures:
    """The figures of a sample with intervals by its replicates, each given as `statistics`."""
    n, positives = ranking.y.size, int(ranking.y.sum())
    values = {name: float(row[0]) for name, row in sample.items()}
    del values["calibration_noise"]
    undefined = _undefined(n, positives)
    figures = {
        name: undefined.get(name) or percentile(values[name], drawn[name], n) for name in values
    }
    figures["calibration_error"] = _calibration_interval(
        values["calibration_error"], drawn["calibration_error"], drawn["calibration_noise"], n
    )
    return Measures(n, positives, share, base_rate=wilson(ranking.y, ranking.weight), **figures)


def _gain(measured: Measures, own: tuple[float, Floats], other: tuple[float, Floats]) -> Figure:
    """By how much an AUC, of a sample and of its replicates, is larger than the other."""
    if measured.positives in (0, measured.n):
        return Figure.withheld(measured.n, "one_class")
    return percentile(own[0] - other[0], own[1] - other[1], measured.n)


def auc_gain(
    y: ArrayLike,
    p: ArrayLike,
    other: ArrayLike,
    weight: ArrayLike | None = None,
    *,
    replicates: int = REPLICATES,
    seed: int = SEED,
) -> Figure:
    """AUC of `p` minus AUC of `other` on the same cases, by a paired bootstrap.

    >>> auc_gain([0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9], [0.1, 0.4, 0.35, 0.8]).value
    0.25
    """
    return _difference(auc, (y, p, other, weight), replicates, seed)


def log_loss_excess(
    y: ArrayLike, p: ArrayLike, other: ArrayLike, weight: ArrayLike | None = None
) -> Figure:
    """Log loss of `p` minus log loss of `other` on the same cases, by a paired bootstrap.

    >>> round(log_loss_excess([0, 1], [0.5, 0.5], [0.25, 0.75]).value, 3)
    0.405
    """
    return _difference(log_loss, (y, p, other, weight), REPLICATES, SEED)


def _difference(
    figure: Callable[[Ranking, Floats], Floats],
    given: tuple[ArrayLike, ArrayLike, ArrayLike, ArrayLike | None],
    replicates: int,
    seed: int,
) -> Figure:
    """`figure` of p minus that of the other, `given` as y, p, other and weight."""
    y, p, other, weight = given
    rankings = [Ranking(*checked(y, scores, weight)) for scores in (p, other)]
    n, positives = rankings[0].y.size, int(rankings[0].y.sum())
    if n == 0:
        return Figure.withheld(0, "no_cases")
    if positives in (0, n):
        return Figure.withheld(n, "one_class")
    own, others = (float(figure(ranking, ranking.once)[0]) for ranking in rankings)
    # The same draws for both are what pairs them.
    drawn = [
        figure(rankings[0], counts) - figure(rankings[1], counts)
        for counts in draws(n, replicates, seed)
    ]
    return percentile(own - others, np.concatenate(drawn), n)


def calibration_table(
    y: ArrayLike, p: ArrayLike, weight: ArrayLike | None = None
) -> tuple[Bin, ...]:
    """The bins behind `calibration_error`, lowest probabilities first (fewer where p ties)."""
    ranking = Ranking(*checked(y, p, weight))
    if ranking.y.size == 0:
        return ()
    edges = [*ranking.bin_starts, ranking.y.size]
    slices = [slice(a, b) for a, b in itertools.pairwise(edges)]
    return tuple(
        Bin(
            float(np.average(ranking.p[part], weights=ranking.weight[part])),
            wilson(ranking.y[part], ranking.weight[part]),
        )
        for part in reversed(slices)
    )


def wilson(y: ArrayLike, weight: ArrayLike | None = None) -> Figure:
    """Weighted share of y = 1 with Wilson's score interval (Wilson 1927).

    Under unequal weights its n is Kish's effective size, (sum w)^2 / sum w^2.

    >>> figure = wilson([0, 0]); round(figure.high, 2)
    0.66
    """
    outcomes = np.asarray(y, dtype=np.float64)
    w = np.ones_like(outcomes) if weight is None else np.asarray(weight, dtype=np.float64)
    if outcomes.size == 0:
        return Figure.withheld(0, "no_cases")
    rate = float(np.average(outcomes, weights=w))
    low, high = wilson_interval(rate, effective_size(w))
    return Figure(rate, low, high, outcomes.size)


def effective_size(weight: Floats) -> float:
    """Kish's (1965): as many cases of equal weight would say as much."""
    return float(weight.sum() ** 2 / np.square(weight).sum())


def wilson_interval(rate: float, size: float, z: float = Z) -> tuple[float, float]:
    """The score interval of a `rate` seen among (effectively) `size` (Wilson 1927).

    `z` is the normal quantile of its level, 95 % by default.
    """
    # The rates r with (rate - r)^2 <= z^2 r (1 - r) / size: a quadratic in r.
    middle = (rate + z**2 / (2 * size)) / (1 + z**2 / size)
    half = z / (1 + z**2 / size) * (rate * (1 - rate) / size + z**2 / (4 * size**2)) ** 0.5
    return min(rate, max(0.0, middle - half)), max(rate, min(1.0, middle + half))


def _replicates(
    rankings: Mapping[str, Ranking], share: float, replicates: int, seed: int
) -> dict[str, dict[str, Floats]]:
    """`statistics` of each ranking of the same cases, every replicate drawn once for all."""
    size = next(iter(rankings.values())).y.size
    parts: dict[str, list[dict[str, Floats]]] = {name: [] for name in rankings}
    for counts in draws(size, replicates, seed):
        for name, ranking in rankings.items():
            parts[name].append(statistics(ranking, counts, share))
    return {
        name: {figure: np.concatenate([part[figure] for part in each]) for figure in each[0]}
        for name, each in parts.items()
    }


def percentile(value: float, drawn: Floats, n: int) -> Figure:
    """Percentile interval; replicates in which the figure is undefined are left out."""
    defined = drawn[np.isfinite(drawn)]
    if 2 * defined.size < drawn.size:
        return Figure.withheld(n)
    low, high = np.quantile(defined, [0.025, 0.975])
    return Figure(value, min(value, float(low)), max(value, float(high)), n)


def _calibration_interval(value: float, drawn: Floats, noise: Floats, n: int) -> Figure:
    """Interval of the calibration error, which noise alone makes positive.

    Quantiles of `drawn` would hold that noise twice and miss a true error of 0. Below, the
    true error cannot be further from `value` than the noise in the bins adds up to (triangle
    inequality). Above, it is at most the expectation of `value` (Jensen), so that only the
    spread of `value` counts.
    """
    # Below: |true gap| >= |seen gap| - |noise| in each bin. Above: E[value] >= true error.
    low = max(0.0, value - float(np.quantile(noise, 0.975)))
    spread = max(0.0, float(drawn.mean() - np.quantile(drawn, 0.025)))
    return Figure(value, low, value + spread, n)


def _undefined(n: int, positives: int) -> dict[str, Figure]:
    """The figures that need what the set does not have."""
    one_class = Figure.withheld(n, "one_class")
    needs_both = ("auc", "log_loss_skill", "brier_skill")
    if positives == 0:
        return dict.fromkeys((*needs_both, "average_precision", "recall", "lift"), one_class)
    return dict.fromkeys(needs_both, one_class) if positives == n else {}


def checked(y: ArrayLike, p: ArrayLike, weight: ArrayLike | None) -> tuple[Floats, Floats, Floats]:
    """The arguments of `measure` as arrays of shape (n,), or `ValueError`."""
    outcomes, probabilities = np.asarray(y, dtype=np.float64), np.asarray(p, dtype=np.float64)
    weights = np.ones_like(outcomes) if weight is None else np.asarray(weight, dtype=np.float64)
    if not outcomes.shape == probabilities.shape == weights.shape == (outcomes.size,):
        raise ValueError("y, p and weight must be one-dimensional and of equal length")
    if not np.isin(outcomes, (0, 1)).all():
        raise ValueError("y must be 0 or 1")
    if not ((probabilities >= 0) & (probabilities <= 1)).all():
        raise ValueError("p must lie in [0, 1]")
    if not ((weights > 0) & np.isfinite(weights)).all():
        raise ValueError("weights must be positive and finite")
    return outcomes, probabilities, weights
