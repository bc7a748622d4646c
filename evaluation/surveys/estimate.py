"""The quality of all cases from the reviews of drawn plans (`statistics/sample.py` has the method).

Whole frames, groups drawn towards the whole, and what cannot be estimated is refused.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from types import MappingProxyType

import numpy as np
import polars as pl
from numpy.typing import NDArray

from cases.errors import Refused
from cases.language.messages import Sayable, _
from cases.numeric import Z
from cases.office.reviews import CHECKS, ReviewKind
from evaluation.statistics.hidden_group import PartFigure, figure_of, figure_of_part
from evaluation.statistics.metrics import Figure
from evaluation.statistics.periods import period_name
from evaluation.statistics.sample import SampleTotal, SurveySample
from evaluation.surveys.caught import caught_by_dimension
from evaluation.surveys.own_check import OwnCheck, own_check
from evaluation.surveys.reopened import closings_of
from evaluation.surveys.reviewer_error import ReviewerError, pairs, reviewer_error
from evaluation.surveys.unreturned import Unreturned, classes_of_risk, unreturned
from policies.spot_check.plan import moment_in

FEWEST_EFFECTIVE = 10  # a group that says less than so many random reviews is withheld
UNSEEN = 0.5  # response where no review came back: unseen cases are as uncertain as one outcome
BY = ("kind", "unit", "period")
OUTCOMES: dict[str, pl.DataType] = {
    "case_id": pl.String(),
    "defect": pl.Float64(),
    "place": pl.Float64(),
    "dimensions": pl.List(pl.String()),
}
READINGS: dict[str, pl.DataType] = {
    "case_id": pl.String(),
    "defect": pl.Float64(),
    "second": pl.Float64(),
}
CHECKED: dict[str, pl.DataType] = {"case_id": pl.String(), **dict.fromkeys(CHECKS, pl.Boolean())}


@dataclass(frozen=True)
class Survey:
    """A plan and the reviews it led to.

    `frame` holds the columns of `spot_check.plan.FRAME` and `inclusion_probability` of every
    case that could be drawn, `drawn` the ids of those that were, `outcomes` the reviews
    that came back: `case_id, defect` (0 or 1) and, for a mean grade, `place` (0 is best), and
    `dimensions`, the list of those that have a defect.
    `first` has the columns of `outcomes`, of what a reviewer found alone; None where no grade was
    consolidated from several.
    `readings` are the drawn cases that two reviewers have read, blind: `case_id, defect,
    second` (what the other found). `checks` says which cases the office's own checks had passed
    before the draw: `case_id, self_check, verification`, null where there was none.
    """

    frame: pl.DataFrame
    drawn: Collection[str]
    outcomes: pl.DataFrame
    first: pl.DataFrame | None = None
    readings: pl.DataFrame = field(default_factory=partial(pl.DataFrame, schema=READINGS))
    checks: pl.DataFrame = field(default_factory=partial(pl.DataFrame, schema=CHECKED))

    @property
    def by_one_reviewer(self) -> Survey:
        """The same with grades that a reviewer gave alone."""
        return self if self.first is None else replace(self, outcomes=self.first, first=None)


@dataclass(frozen=True)
class GroupRate:
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
    `cases` where few reviews say much; `rate` is kept within, and its interval allows for a
    group of defects that the draw missed. It has ends but no value where the reviews say too
    little for one; `mean_place` and `without_errors` are None then. `without_errors` says how
    often reviewers err and what the rate is without that, None also where no case was read
    twice. `unreturned` says how far the rate may be off if reviews have not come back, None if
    all have. `own_checks` says what the office's own checks miss, of each kind that passed
    some cases and failed others. `hand_picked` reviews, of cases the plan did not draw, are
    left out.
    """

    cases: int
    drawn: int
    returned: int
    hand_picked: int
    defects: float
    rate: Figure
    unreturned: Unreturned | None
    without_errors: ReviewerError | None
    mean_place: Figure | None
    own_checks: Mapping[ReviewKind, OwnCheck]
    groups: Mapping[str, tuple[GroupRate, ...]]


def estimate(
    surveys: Sequence[Survey],
    places: tuple[float, float] | None = None,
    by: Sequence[str] = BY,
    dimensions: Mapping[str, Sayable] = MappingProxyType({}),
) -> Estimate:
    """What one or several plans' reviews say about the cases of their frames together.

    `by` says which groups have a rate of their own. `places` are the mean places of the grades that
    are no defect and of those that are; with them the mean place of all cases is estimated
    too. `dimensions` names those in which a check may catch a defect. `Refused` if no review has
    come back, or if the reviews cannot speak for the other cases because those could not be
    drawn; `ValueError` if a closing stands in two frames (`reopened.counted_once` tells in which
    it counts).
    """
    cases = _cases(surveys)
    if closings_of(cases).is_duplicated().any():
        raise ValueError("a closing stands in two frames")
    _refuse_what_cannot_be_estimated(cases)
    sample = SurveySample.of(cases)
    everyone = np.ones(cases.height, bool)
    whole, rate = sample.total_of(everyone), figure_of(sample, everyone)
    given = None if rate.value is None else places
    return Estimate(
        cases=cases.height,
        drawn=int(cases["drawn"].sum()),
        returned=int(sample.returned.sum()),
        hand_picked=sum(_hand_picked(survey) for survey in surveys),
        defects=whole.total,
        rate=rate,
        unreturned=_unreturned(sample, rate),
        without_errors=None if rate.value is None else _without_errors(surveys, sample),
        mean_place=given and _mean_place(cases, sample, whole, given),
        own_checks=_own_checks(cases, sample, dimensions),
        groups={
            name: _groups(cases[name].to_numpy(), sample, whole, shown=rate.value is not None)
            for name in by
        },
    )


def _groups(
    names: NDArray[np.object_], sample: SurveySample, whole: SampleTotal, *, shown: bool
) -> tuple[GroupRate, ...]:
    """The rates of groups, all withheld unless the whole to draw them towards is `shown`."""
    parts = {str(name): figure_of_part(sample, names == name) for name in np.unique(names)}
    if shown:
        return drawn_together(parts, whole)
    return tuple(_withheld(name, part.total) for name, part in parts.items())


def _withheld(name: str, total: SampleTotal) -> GroupRate:
    return GroupRate(name, total.cases, total.returned, Figure.withheld(total.returned), 0.0)


def _unreturned(sample: SurveySample, rate: Figure) -> Unreturned | None:
    """Bounds of the rate if reviews are missing; nowhere narrower than the rate's interval."""
    if (sample.returned == sample.drawn).all():
        return None
    found = unreturned(sample, np.ones(len(sample.p), bool), figure_of)
    return replace(found, bounds=_widened(found.bounds, rate), worst=_widened(found.worst, rate))


def _without_errors(surveys: Sequence[Survey], sample: SurveySample) -> ReviewerError | None:
    """The reviewers' errors by thirds of the risk of the cases read twice.

    A rate is corrected for the errors of one reviewer, so it is what one reviewer alone found.
    """
    twice = pl.concat([survey.frame.join(survey.readings, on="case_id") for survey in surveys])
    if twice.is_empty():
        return None
    classes = classes_of_risk(twice["risk"].to_numpy())
    readings = pairs(twice["defect"].to_numpy(), twice["second"].to_numpy(), classes)
    alone = sample if all(survey.first is None for survey in surveys) else _sample_alone(surveys)
    whole = alone.total_of(np.ones(len(alone.p), bool))
    return reviewer_error(whole.rate, min(whole.effective, whole.cases), readings)


def _sample_alone(surveys: Sequence[Survey]) -> SurveySample:
    """The sample by what reviewers found alone, where grades were consolidated."""
    return SurveySample.of(_cases(survey.by_one_reviewer for survey in surveys))


def _own_checks(
    cases: pl.DataFrame, sample: SurveySample, dimensions: Mapping[str, Sayable]
) -> dict[ReviewKind, OwnCheck]:
    """What reviews say of each kind of check that passed some cases and failed others."""
    passed = {kind: cases[kind].fill_null(value=False).to_numpy() for kind in CHECKS}
    failed = {kind: (~cases[kind]).fill_null(value=False).to_numpy() for kind in CHECKS}
    return {
        kind: replace(
            own_check(sample, passed[kind], failed[kind]),
            by_dimension=caught_by_dimension(_defects(cases, kind), dimensions),
        )
        for kind in CHECKS
        if passed[kind].any() and failed[kind].any()
    }


def _widened(bounds: Figure, rate: Figure) -> Figure:
    low, high = min(bounds.low or 0.0, rate.low or 0.0), max(bounds.high or 0.0, rate.high or 0.0)
    return replace(bounds, low=low, high=high)


def drawn_together(parts: Mapping[str, PartFigure], whole: SampleTotal) -> tuple[GroupRate, ...]:
    """The rates of groups in the order given, each drawn towards the whole.

    Empirical Bayes (Fay and Herriot 1979) with the spread between groups estimated by the
    method of DerSimonian and Laird (1986): what could be chance is taken for chance.
    """
    totals = {name: part.total for name, part in parts.items()}
    variance = {name: total.variance / total.cases**2 for name, total in totals.items()}
    # Shown where p (1 - p) / variance, the effective number of reviews, is large enough.
    enough = {
        name: whole.rate * (1 - whole.rate) >= FEWEST_EFFECTIVE * variance[name] for name in totals
    }
    spread = _spread(
        [(totals[name].rate, variance[name]) for name in totals if enough[name] and variance[name]]
    )
    return tuple(
        _group(name, part, whole.rate, spread, variance[name])
        if enough[name]
        else _withheld(name, part.total)
        for name, part in parts.items()
    )


def _group(name: str, part: PartFigure, whole: float, spread: float, variance: float) -> GroupRate:
    """The rate drawn towards the whole; its interval is the group's own.

    An interval drawn towards the whole as well would miss exactly the unusual group.
    """
    # whole + A / (A + V) (rate - whole): A the variance between groups, V the group's own.
    trust = spread / (spread + variance) if variance else 1.0
    total, own = part.total, part.rate
    low, high = own.low or 0.0, own.high or 0.0
    rate = min(max(whole + trust * (total.rate - whole), low), high)
    figure = Figure(rate, low, high, total.returned)
    return GroupRate(name, total.cases, total.returned, figure, 1 - trust)


def _spread(groups: list[tuple[float, float]]) -> float:
    """The variance between groups, from pairs of rate and variance."""
    if not groups[1:]:
        return 0.0
    # A = (Q - (k - 1)) / (sum w - sum w^2 / sum w), w = 1 / V, at least 0.
    rate, variance = np.array(groups).T
    weight = 1 / variance
    middle = (weight @ rate) / weight.sum()
    surplus = weight @ (rate - middle) ** 2 - (len(groups) - 1)
    return float(max(0.0, surplus / (weight.sum() - (weight @ weight) / weight.sum())))


def _defects(cases: pl.DataFrame, kind: ReviewKind) -> pl.DataFrame:
    """The cases checked in one way in which a review found a defect, as `caught_by_dimension`."""
    found = cases.filter(pl.col("returned"), pl.col("defect") == 1, pl.col(kind).is_not_null())
    back = pl.col("inclusion_probability") * pl.col("response")
    return found.select("dimensions", failed=~pl.col(kind), inclusion_probability=back)


def _mean_place(
    cases: pl.DataFrame, sample: SurveySample, whole: SampleTotal, places: tuple[float, float]
) -> Figure:
    """The mean place of the grade, by the same estimator; risk 0 and 1 stand for `places`.

    It is at least as uncertain as the defects are, which move it from the first to the second.
    """
    # sum m + sum (place - m) / pi over the reviews, with m the mean place at the case's risk.
    good, bad = places
    expected = good + (bad - good) * sample.p
    seen = cases["place"].fill_null(0.0).to_numpy()
    residual = np.where(sample.returned, seen - expected, 0.0)
    mean = max(0.0, float(expected.sum() + (residual / sample.pi_returned).sum()) / cases.height)
    variance = max(sample.design_variance(residual), (bad - good) ** 2 * whole.variance)
    half = Z * variance**0.5 / cases.height
    return Figure(mean, max(0.0, mean - half), mean + half, int(sample.returned.sum()))


def _cases(surveys: Iterable[Survey]) -> pl.DataFrame:
    joined = (_joined(survey, number) for number, survey in enumerate(surveys))
    return pl.concat(joined, how="diagonal")  # the frame of a draw in parts has a column more


def _joined(survey: Survey, number: int) -> pl.DataFrame:
    """One row per case of the frame, with what is known of its review.

    Reviews that have not come back are taken for a random part of those drawn by rule, and
    of those drawn at random: `response` is the share that has (`Unreturned` asks for worse).
    Where no mandatory review has, the model stands in for all of them.
    """
    outcomes = survey.outcomes.unique("case_id", keep="first", maintain_order=True)
    outcomes = pl.concat([pl.DataFrame(schema=OUTCOMES), outcomes], how="diagonal_relaxed")
    by_rule = pl.col("rule").is_not_null()
    drawn = pl.col("case_id").is_in(list(survey.drawn))
    came, drawn_cases = (pl.col(name).sum().over(by_rule) for name in ("returned", "drawn"))
    back = pl.when(came > 0).then(came / drawn_cases).otherwise(UNSEEN)
    return (
        survey.frame.join(outcomes.select(*OUTCOMES), on="case_id", how="left")
        .join(survey.checks.select(*CHECKED), on="case_id", how="left")
        .with_columns(pl.col("defect", "place").cast(pl.Float64), drawn=drawn)
        .with_columns(returned=pl.col("drawn") & pl.col("defect").is_not_null())
        .with_columns(
            response=back,
            survey=pl.lit(number, pl.Int64),
            period=period_name("quarter", moment_in(survey.frame)),
        )
    )


def _hand_picked(survey: Survey) -> int:
    """Reviews of cases in the frame that the plan did not draw."""
    reviewed = survey.frame.filter(pl.col("case_id").is_in(survey.outcomes["case_id"].implode()))
    return reviewed.filter(~pl.col("case_id").is_in(list(survey.drawn))).height


def _refuse_what_cannot_be_estimated(cases: pl.DataFrame) -> None:
    without = cases.filter(pl.col("inclusion_probability") <= 0).height
    if without:
        raise Refused(
            _(
                "{without:,} of {cases:,} cases had an inclusion probability of 0: the mandatory "
                "reviews took the whole capacity, and they say nothing about other cases.",
                without=without,
                cases=cases.height,
            )
        )
    at_random = cases.filter(pl.col("rule").is_null())
    if at_random.is_empty():
        raise Refused(
            _(
                "Every case of the frame was mandatory: such cases are reviewed for what happened "
                "in them, and say nothing about other cases."
            )
        )
    back = at_random.filter("drawn").group_by("survey").agg(pl.len(), pl.col("returned").sum())
    for plan in back.filter(pl.col("returned") == 0).sort("survey").rows(named=True):
        raise Refused(
            _(
                "None of the {drawn:,} cases that were drawn, mandatory ones apart, has a final "
                "review yet. Estimate when some reviews have come back.",
                drawn=plan["len"],
            )
        )
