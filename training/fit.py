"""Fitting on a table of features and a table of labels.

Features at a moment never change with later data, so they are built once for all moments:
to train at many dates, slice the labels by `known_at` and fit again.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

import numpy as np
import polars as pl

from cases.errors import Refused
from cases.language.messages import Message, Sayable, _, ngettext, sentences
from cases.office.model import Office
from cases.progress import Progress, silent
from cases.tables.tables import Frame, Tables, rows
from features.build import build
from features.catalogue import intake_features, risk_features
from features.conditions import reviewable
from features.families.rule_of_thumb import points
from models.calibration.conformal import Outcomes
from models.estimators.baselines import BaseRate, Logistic, PlainLightGBM
from models.estimators.estimator import Estimator, TrainingSample
from models.estimators.forecast import CALIBRATE_DAYS, FIT_DAYS, Forecast, Work
from models.estimators.hazard import Curves
from models.estimators.start import StartModel
from models.questions.complexity import ComplexityModel
from models.questions.effort import EffortModel
from models.questions.risk import RiskModel
from training.labels import efforts_by, settled
from training.landmarks import DAY, once_each
from training.rolling import last_quarters, out_of_time
from training.splits import rolling_origin
from training.weights import recency_weights

Model = TypeVar("Model")
Forecasting = TypeVar("Forecasting", bound=Forecast)
Fit = Callable[[pl.DataFrame, pl.DataFrame, Office], Model]  # from features and labels
FEWEST_OF_EACH = 50  # cases with and without the outcome; fewer say nothing about a new case
# Closed cases with a known effort to fit on; half as many later ones to calibrate on.
FEWEST_EFFORTS = 100
FORECAST_QUARTERS = 12  # quarters whose forecasts set the interval: slow cases have ended by then


def risk_table(tables: Tables, moments: Frame, progress: Progress = silent) -> pl.DataFrame:
    """`case_id, moment`, the risk features and the office's rule of thumb, per moment."""
    office = tables.office
    return rows(build(tables, moments, (*risk_features(office), *points(office)), progress))


def start_table(tables: Tables, until: datetime) -> pl.DataFrame:
    """`case_id, moment` and the rule of thumb, per case of risk's kind that came to its moment."""
    moments = reviewable(tables, after=None, until=until).select("case_id", "moment")
    return rows(build(tables, moments, tuple(points(tables.office))))


def intake_table(tables: Tables, moments: Frame, progress: Progress = silent) -> pl.DataFrame:
    """`case_id, moment` and the intake features, per moment."""
    return rows(build(tables, moments, intake_features(tables.office), progress))


def fit_risk(
    x: pl.DataFrame, labels: pl.DataFrame, office: Office, names: Sequence[str] | None = None
) -> RiskModel:
    """The risk model from `x` (a `risk_table`) and `labels` (see `risk_labels`).

    It reads the features called `names`, by default all risk features. `Refused` if the labels
    do not support one (`risk_lacks`).
    """
    refuse_without(risk_lacks(labels, office))
    return RiskModel.of(office, names).fit(sample_of(x, labels))


def fit_start(x: pl.DataFrame, labels: pl.DataFrame, office: Office) -> StartModel:
    """What the office starts by, from `x` (a `start_table`) and the `risk_labels` there are."""
    return StartModel(points(office)).fit(sample_of(x, labels), x)


def fit_complexity(x: pl.DataFrame, labels: pl.DataFrame, office: Office) -> ComplexityModel:
    """The complexity model from `x` (an `intake_table`) and `complexity_labels`.

    `Refused` if the labels do not support one (`complexity_lacks`).
    """
    refuse_without(complexity_lacks(labels, office))
    # The outcome of every closed case is known: there is no sampling to correct, nor a reviewer.
    every = labels.with_columns(
        recency_weights(labels["moment"]), surveyed=pl.lit(True), severity=pl.lit(0.0)
    )
    return ComplexityModel.of(office).fit(sample_of(x, every))


def routing_outcomes(
    x: pl.DataFrame,
    outcomes: pl.DataFrame,
    office: Office,
    until: datetime,
    fit: Fit[ComplexityModel] = fit_complexity,
) -> Outcomes:
    """The out-of-time scores that routing is calibrated on, with the outcomes of the cases.

    `x` is an `intake_table`, `outcomes` are `complexity_outcomes` by `until`.
    """

    # At each origin a model is fitted on what was known by then, and scores what came later.
    def score(origin: datetime, later: pl.DataFrame) -> pl.Series | None:
        known = settled(outcomes.filter(pl.col("known_at") <= origin), origin)
        if complexity_lacks(known, office) is not None:
            return None
        # With the weight of `complexity_labels`, which a backtest fits on.
        labels = known.with_columns(weight=pl.lit(1.0))
        return pl.Series(fit(x, labels, office).scores(later))

    cases = outcomes.join(x, on=["case_id", "moment"])
    return Outcomes.of(out_of_time(cases, until, score), until)


def fit_effort(
    x: pl.DataFrame,
    labels: pl.DataFrame,
    office: Office,
    until: datetime,
    made: Forecasts[EffortModel] | None = None,
) -> EffortModel:
    """The effort model from `x` (an `intake_table`) and `labels` (`effort_labels` by `until`).

    `Refused` if the labels do not support one (`effort_lacks`).
    """
    refuse_without(effort_lacks(labels))
    cases = labels.join(x, on=["case_id", "moment"]).sort("moment", "case_id")
    model = EffortModel.of(office).fit(work_at(cases, until))
    quarters = quarter_forecasts(
        cases, lambda: EffortModel.of(office), until, FORECAST_QUARTERS, made
    )
    return calibrated(model, quarters, until)


@dataclass(frozen=True)
class QuarterForecasts(Generic[Forecasting]):
    """The cases of a quarter, and how far the model of its `origin` said they will come."""

    origin: datetime
    model: Forecasting
    cases: pl.DataFrame
    curves: Curves


Forecasts = MutableMapping[datetime, QuarterForecasts[Forecasting]]  # by their origin


def quarter_forecasts(
    cases: pl.DataFrame,
    unfitted: Callable[[], Forecasting],
    until: datetime,
    count: int,
    made: Forecasts[Forecasting] | None = None,
) -> tuple[QuarterForecasts[Forecasting], ...]:
    """The last `count` quarters by `until`, each forecast from what was known before it.

    `cases` are `effort_labels` or `remaining_labels`, with the features that a model reads; a new
    `unfitted` one is fitted for each quarter. Quarters that there was
    too little to learn for are left out. Those that were `made` before from the same cases are
    taken, and the others added to them.
    """
    made = {} if made is None else made
    quarters = []
    for origin, later in last_quarters(cases, until, count):
        known = efforts_by(cases, origin)
        lately = pl.col("known_at") > origin - timedelta(days=FIT_DAYS)
        if origin not in made and _efforts(known).filter(lately).height >= FEWEST_EFFORTS:
            model = unfitted().fit(work_at(cases, origin))
            made[origin] = QuarterForecasts(origin, model, later, model.curves(later))
        if origin in made:
            quarters.append(made[origin])
    return tuple(quarters)


def calibrated(
    model: Forecasting, quarters: Sequence[QuarterForecasts[Forecasting]], when: datetime
) -> Forecasting:
    """The `model` with an interval by what became by `when` of cases forecast before it.

    `quarters` may hold later ones.
    """
    earlier = [quarter for quarter in quarters if quarter.origin < when][-FORECAST_QUARTERS:]
    known = [efforts_by(quarter.cases, when) for quarter in earlier]
    end = max(map(_last_recorded, known), default=when)
    works = [_work(cases, end) for cases in known]
    return model.calibrate([(work, q.curves) for work, q in zip(works, earlier, strict=True)])


def fit_baselines(x: pl.DataFrame, labels: pl.DataFrame, office: Office) -> dict[str, Estimator]:
    """The baselines by name, fitted on the very rows `fit_risk` gets.

    Four; three for an office that states no rule of thumb.
    """
    names = risk_features(office)
    baselines: dict[str, Estimator] = {"base_rate": BaseRate()}
    if office.risk.rule_of_thumb:
        baselines["rule_of_thumb"] = StartModel(points(office))
    baselines |= {"logistic": Logistic(names), "plain_lightgbm": PlainLightGBM(names)}
    sample = sample_of(x, labels)
    return {name: baseline.fit(sample) for name, baseline in baselines.items()}


def risk_lacks(labels: pl.DataFrame, office: Office) -> Sayable | None:
    """What a risk model lacks to be fitted on `labels`, with what to do; None if nothing."""
    if office.reviews is None:
        return _("the office file describes no reviews.")
    remedy = _("Train on a longer time, or add reviews.")
    with_defect, without = _outcomes(labels)
    return _first_too_few(
        ngettext(
            "{count:,} reviewed case with a defect, and a model needs at least {least}.",
            "{count:,} reviewed cases with a defect, and a model needs at least {least}.",
            with_defect,
            least=FEWEST_OF_EACH,
        ),
        ngettext(
            "{count:,} reviewed case without a defect, and a model needs at least {least}.",
            "{count:,} reviewed cases without a defect, and a model needs at least {least}.",
            without,
            least=FEWEST_OF_EACH,
        ),
        remedy,
    )


def complexity_lacks(labels: pl.DataFrame, office: Office) -> Sayable | None:
    """What a complexity model lacks to be fitted on `labels`, with what to do; None if nothing."""
    if office.complexity is None:
        return _("the office file does not say what makes a case complex ([complexity]).")
    proved, proved_not = _outcomes(labels)
    return _first_too_few(
        ngettext(
            "{count:,} closed case that proved complex, and a model needs at least {least}.",
            "{count:,} closed cases that proved complex, and a model needs at least {least}.",
            proved,
            least=FEWEST_OF_EACH,
        ),
        ngettext(
            "{count:,} closed case that proved not complex, and a model needs at least {least}.",
            "{count:,} closed cases that proved not complex, and a model needs at least {least}.",
            proved_not,
            least=FEWEST_OF_EACH,
        ),
        _("Train on a longer time, or add finished cases."),
    )


def effort_lacks(labels: pl.DataFrame) -> Sayable | None:
    """What an effort model lacks to be fitted on `labels`, with what to do; None if nothing."""
    remedy = _("Train on a longer time, or add closed cases.")
    known, end = _efforts(labels).sort("known_at"), _last_recorded(labels)
    if known.height < FEWEST_EFFORTS:
        few = ngettext(
            "{count:,} closed case with a known effort, and a model needs at least {least}.",
            "{count:,} closed cases with a known effort, and a model needs at least {least}.",
            known.height,
            least=FEWEST_EFFORTS,
        )
        return sentences(few, remedy)
    # The first model is that at the end of the quarter in which enough efforts became known; it
    # scores what came in later. Of that half as many must have been closed in the last year.
    enough = known["known_at"][FEWEST_EFFORTS - 1].date()
    (quarter,) = rolling_origin(enough, enough, "quarter")
    year = end - timedelta(days=CALIBRATE_DAYS)
    later = known.filter(pl.col("moment") > quarter.until, pl.col("known_at") > year)
    if later.height < FEWEST_EFFORTS // 2:
        few = ngettext(
            "{count:,} case that came in after {day} was closed in the last year; the interval "
            "is measured on at least {least}.",
            "{count:,} cases that came in after {day} were closed in the last year; the interval "
            "is measured on at least {least}.",
            later.height,
            day=quarter.until.date(),
            least=FEWEST_EFFORTS // 2,
        )
        return sentences(few, remedy)
    return None


def _outcomes(labels: pl.DataFrame) -> tuple[int, int]:
    """How many cases have the outcome, and how many do not."""
    return labels.filter(pl.col("y") == 1).height, labels.filter(pl.col("y") == 0).height


def _first_too_few(positive: Message, negative: Message, remedy: Sayable) -> Sayable | None:
    """The first of two counts of cases that is too small, with what to do; None if none is."""
    for counted in (positive, negative):
        if counted.count is not None and counted.count < FEWEST_OF_EACH:
            return sentences(counted, remedy)
    return None


def _last_recorded(labels: pl.DataFrame) -> datetime:
    """The last time in the labels."""
    times = [labels[name].max() for name in ("moment", "known_at")]
    return max((time for time in times if isinstance(time, datetime)), default=datetime.min)


def _efforts(labels: pl.DataFrame) -> pl.DataFrame:
    return labels.filter(pl.col("known_at").is_not_null(), pl.col("effort") > 0)


def work_at(cases: pl.DataFrame, when: datetime) -> Work:
    """The cases (`effort_labels`, with features) as they stood at `when`."""
    known = efforts_by(cases, when)
    # Which cases were closed after the last record is not known.
    return _work(known, _last_recorded(known))


def _work(cases: pl.DataFrame, end: datetime) -> Work:
    # Of an open case it is known that it lasts longer than its age: its time is censored there.
    age = (end - cases["moment"]).dt.total_microseconds() / 86_400_000_000
    closed = cases["known_at"].is_not_null()
    lasted = cases.select(pl.coalesce("lasted", age)).to_series()
    effort = cases["effort"].fill_null(float("nan"))
    weight = np.ones(cases.height)
    if "stands" in cases.columns:  # landmarks, several of a case
        ran = (pl.coalesce("known_at", pl.lit(end)) - pl.col("opened")).dt.total_microseconds()
        weight = once_each(cases["stands"], cases.select(ran / DAY).to_series())
    return Work(
        cases, age.to_numpy(), lasted.to_numpy(), closed.to_numpy(), effort.to_numpy(), weight
    )


def refuse_without(lacks: Sayable | None) -> None:
    """`Refused` if a model lacks something."""
    if lacks is not None:
        raise Refused(_("No model can be fitted: {reason}", reason=lacks))


def sample_of(x: pl.DataFrame, labels: pl.DataFrame) -> TrainingSample:
    """The labelled cases of `x`, in order of time, by weight and severity of the labels."""
    cases = labels.join(x, on=["case_id", "moment"]).sort("moment", "case_id")
    y, weight = (cases[name].cast(pl.Float64).to_numpy() for name in ("y", "weight"))
    offset = cases["severity"].to_numpy() if (cases["severity"] != 0).any() else None
    return TrainingSample(cases, y, weight, cases["surveyed"].to_numpy(), offset)
