"""The quality of all cases from the reviews of a drawn plan: unbiased, with an honest interval.

The model-assisted difference estimator (Särndal, Swensson and Wretman 1992, section 6.3):
every case of the frame counts with the risk `p` it had when the plan was drawn, and every
reviewed case adds what the review found beyond that, divided by its inclusion probability:

    sum p  +  sum over reviews (y - p) / pi.

It is unbiased whatever the model is worth; a better model only narrows the interval.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import expit, logit

from cases.errors import Refused
from evaluation.metrics import Figure, Z, wilson_interval

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

FEWEST_EFFECTIVE = 10  # a group that says less than so many random reviews is withheld
PRIOR_DEFECTS = 8.0  # found by lottery; so many make the reviews count as much as the model
CLIP = 1e-4  # nobody is as sure as a risk of 0 or 1
NOBODY = 0.5  # share that makes unseen cases as uncertain as one outcome each
MOST_STEPS, CLOSE = 50, 1e-8
PRIOR_SPREAD = 1.0  # log-odds by which level and slope of a model are expected to be off
BY = ("kind", "unit", "period")


@dataclass(frozen=True)
class Survey:
    """One plan and what came of it.

    `frame` holds the columns of `policies.plans.FRAME` and `inclusion_probability` of every
    case that could be drawn, `drawn` the ids of those that were, `outcomes` the reviews
    that came back: `case_id, defect` (0 or 1) and, for a mean grade, `place` (0 is best).
    """

    frame: pl.DataFrame
    drawn: Collection[str]
    outcomes: pl.DataFrame


@dataclass(frozen=True)
class Group:
    """The rate of one kind, unit or period, drawn towards the whole by `shrunk` (0 to 1).

    The interval is that of the group's own reviews. Withheld (`rate.absent`) where it says
    less than `FEWEST_EFFECTIVE` random reviews.
    """

    name: str
    cases: int
    returned: int
    rate: Figure
    shrunk: float


@dataclass(frozen=True)
class Estimate:
    """What the reviews say about all `cases` of the frame.

    `defects` is the estimated number of defects, unbiased, and may fall outside 0 to
    `cases` where few reviews say much; `rate` is kept within. `best` and `worst` are the
    rates if every review that has not come back found nothing, or a defect. `hand_picked`
    reviews, of cases the plan did not draw, are left out.
    """

    cases: int
    drawn: int
    returned: int
    hand_picked: int
    defects: float
    rate: Figure
    best: float
    worst: float
    mean_place: Figure | None
    groups: Mapping[str, tuple[Group, ...]]


def estimate(
    surveys: Sequence[Survey],
    places: tuple[float, float] | None = None,
    by: Sequence[str] = BY,
) -> Estimate:
    """What one or several plans' reviews say about the cases of their frames together.

    `by` says which groups are told apart. `places` are the mean places of the grades that
    are no defect and of those that are; with them the mean place of all cases is estimated
    too. `Refused` if the frames overlap, if no review has come back, or if the reviews cannot
    speak for the other cases because those had no chance to be drawn.
    """
    cases = pl.concat([_joined(survey, number) for number, survey in enumerate(surveys)])
    _check(cases)
    sample = Sample.of(cases)
    everyone = np.ones(cases.height, bool)
    whole = sample.about(everyone)
    return Estimate(
        cases=cases.height,
        drawn=int(cases["drawn"].sum()),
        returned=int(sample.returned.sum()),
        hand_picked=sum(_hand_picked(survey) for survey in surveys),
        defects=whole.total,
        rate=whole.figure(),
        best=sample.bound(0.0),
        worst=sample.bound(1.0),
        mean_place=places and _mean_place(cases, sample, whole, places),
        groups={name: _groups(cases[name].to_numpy(), sample, whole) for name in by},
    )


@dataclass(frozen=True)
class About:
    """What a sample says about some of its cases: `total` defects of `cases`, in all.

    `certain` of the cases are known for certain, and `defects` of those are defects. The
    `variance` is that of the total; `believed` is the mean risk of the others as the reviews
    correct it.
    """

    cases: int
    returned: int
    total: float
    certain: int
    defects: float
    variance: float
    believed: float

    @property
    def rate(self) -> float:
        """Defects per case, kept within what is possible."""
        return min(max(self.total / self.cases, 0.0), 1.0)

    def figure(self) -> Figure:
        """The rate with its 95 % interval: Wilson's, at the effective size, for the rest.

        What is known for certain has no error; the effective size of the rest is that of a
        random sample of equal variance (Korn and Graubard 1998, Survey Methodology 24).
        """
        rest = self.cases - self.certain
        if rest == 0 or self.variance == 0:
            return Figure(self.rate, self.rate, self.rate, self.returned)
        rate = min(max((self.total - self.defects) / rest, 0.0), 1.0)
        size = self.believed * (1 - self.believed) * rest**2 / self.variance
        bounds = wilson_interval(rate, size)
        low, high = ((self.defects + rest * bound) / self.cases for bound in bounds)
        return Figure(self.rate, min(low, self.rate), max(high, self.rate), self.returned)


@dataclass(frozen=True)
class Sample:
    """The cases of all frames as arrays of shape (cases,).

    `p` is the risk at the draw, `stated` the inclusion probability, `chance` the
    probability that its review was drawn and has come back, `y` the outcome where
    `returned` (else 0), `believed` the risk as the reviews correct it, `survey` the plan.
    """

    p: Array
    stated: Array
    chance: Array
    y: Array
    believed: Array
    drawn: Mask
    returned: Mask
    survey: NDArray[np.int64]

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

    def about(self, some: Mask) -> About:
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

    def _variance(self, residual: Array, some: Mask) -> float:
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

    def design_variance(self, residual: Array) -> float:
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


def believe(p: Array, y: Array, seen: Mask) -> Array:
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
    believed: Array = expit(log_odds + x @ off)
    return believed


def _groups(names: NDArray[np.object_], sample: Sample, whole: About) -> tuple[Group, ...]:
    """The rates of groups in the order of their names, each drawn towards the whole.

    Empirical Bayes (Fay and Herriot 1979) with the spread between groups estimated by the
    method of DerSimonian and Laird (1986): what could be luck is taken for luck.
    """
    found = {str(name): sample.about(names == name) for name in np.unique(names)}
    variance = {name: one.variance / one.cases**2 for name, one in found.items()}
    enough = {
        name: whole.rate * (1 - whole.rate) >= FEWEST_EFFECTIVE * variance[name] for name in found
    }
    spread = _spread(
        [(found[name].rate, variance[name]) for name in found if enough[name] and variance[name]]
    )
    return tuple(
        _group(name, one, whole.rate, spread, variance[name])
        if enough[name]
        else Group(name, one.cases, one.returned, _withheld(one.returned), 0.0)
        for name, one in found.items()
    )


def _group(name: str, one: About, whole: float, spread: float, variance: float) -> Group:
    """The rate drawn towards the whole; its interval is the group's own.

    An interval drawn towards the whole as well would miss just the odd group.
    """
    own = one.figure()
    trust = spread / (spread + variance) if variance else 1.0
    low, high = own.low or 0.0, own.high or 0.0
    rate = min(max(whole + trust * (one.rate - whole), low), high)
    return Group(name, one.cases, one.returned, Figure(rate, low, high, one.returned), 1 - trust)


def _withheld(returned: int) -> Figure:
    return Figure(None, None, None, returned, "too_few")


def _spread(groups: list[tuple[float, float]]) -> float:
    """The variance between groups, from pairs of rate and variance."""
    if not groups[1:]:
        return 0.0
    rate, variance = np.array(groups).T
    weight = 1 / variance
    middle = (weight @ rate) / weight.sum()
    surplus = weight @ (rate - middle) ** 2 - (len(groups) - 1)
    return float(max(0.0, surplus / (weight.sum() - (weight @ weight) / weight.sum())))


def _mean_place(
    cases: pl.DataFrame, sample: Sample, whole: About, places: tuple[float, float]
) -> Figure:
    """The mean place of the grade, by the same estimator; risk 0 and 1 stand for `places`.

    It is at least as uncertain as the defects are, which move it from the one to the other.
    """
    good, bad = places
    expected = good + (bad - good) * sample.p
    seen = cases["place"].fill_null(0.0).to_numpy()
    residual = np.where(sample.returned, seen - expected, 0.0)
    mean = max(0.0, float(expected.sum() + (residual / sample.chance).sum()) / cases.height)
    variance = max(sample.design_variance(residual), (bad - good) ** 2 * whole.variance)
    half = Z * variance**0.5 / cases.height
    return Figure(mean, max(0.0, mean - half), mean + half, int(sample.returned.sum()))


def _joined(survey: Survey, number: int) -> pl.DataFrame:
    """One row per case of the frame, with what is known of its review.

    Reviews that have not come back are taken for a random part of those drawn by rule, and
    of those drawn by chance: `response` is the share that has (`bound` asks for worse).
    Where no mandatory review has, the model stands in for all of them.
    """
    outcomes = survey.outcomes.unique("case_id", keep="first", maintain_order=True)
    if "place" not in outcomes.columns:
        outcomes = outcomes.with_columns(place=pl.lit(None, pl.Float64))
    by_rule = pl.col("rule").is_not_null()
    drawn = pl.col("case_id").is_in(list(survey.drawn))
    came, asked = (pl.col(name).sum().over(by_rule) for name in ("returned", "drawn"))
    back = pl.when(came > 0).then(came / asked).otherwise(NOBODY)
    return (
        survey.frame.join(outcomes.select("case_id", "defect", "place"), on="case_id", how="left")
        .with_columns(pl.col("defect", "place").cast(pl.Float64), drawn=drawn)
        .with_columns(returned=pl.col("drawn") & pl.col("defect").is_not_null())
        .with_columns(
            response=back,
            survey=pl.lit(number, pl.Int64),
            period=pl.format(
                "{}-Q{}", pl.col("closed_at").dt.year(), pl.col("closed_at").dt.quarter()
            ),
        )
    )


def _hand_picked(survey: Survey) -> int:
    """Reviews of cases in the frame that the plan did not draw."""
    reviewed = survey.frame.filter(pl.col("case_id").is_in(survey.outcomes["case_id"].implode()))
    return reviewed.filter(~pl.col("case_id").is_in(list(survey.drawn))).height


def _check(cases: pl.DataFrame) -> None:
    twice = cases.filter(pl.col("case_id").is_duplicated()).height
    if twice:
        raise Refused(
            f"{twice:,} rows are cases that stand in the frames of several plans. Estimate from "
            "plans of different cases: plan each batch of closed cases once (`--closed-after`)."
        )
    without = cases.filter(pl.col("inclusion_probability") <= 0).height
    if without:
        raise Refused(
            f"{without:,} of {cases.height:,} cases had no chance to be drawn: the mandatory "
            "reviews took the whole capacity, and they say nothing about other cases."
        )
    by_chance = cases.filter(pl.col("rule").is_null())
    if by_chance.is_empty():
        raise Refused(
            "Every case of the frame was mandatory: such cases are reviewed for what happened "
            "in them, and say nothing about other cases."
        )
    back = by_chance.filter("drawn").group_by("survey").agg(pl.len(), pl.col("returned").sum())
    for line in back.filter(pl.col("returned") == 0).sort("survey").rows(named=True):
        raise Refused(
            f"None of the {line['len']:,} cases drawn by chance has a final review yet. "
            "Estimate when some reviews have come back."
        )
