"""Was the routing right, and the effort: every quarter by models that knew only what came before.

The functions are those of training; the scores out of time that they calibrate on do not
change with later data, so they are made once and cut at each origin.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

import numpy as np
import polars as pl
from scipy.stats import rankdata

from cases.language.messages import _
from cases.office.model import Intake
from cases.progress import Progress, silent
from cases.tables.tables import Tables
from cases.tables.values import TIME
from evaluation.statistics.metrics import Figure, measure, wilson
from models.calibration.conformal import Cutoffs, Outcomes, conformal_quantile
from models.estimators.baselines import Logistic
from models.estimators.duration import weighted_quantile
from models.estimators.estimator import TrainingSample
from models.estimators.forecast import CALIBRATE_DAYS, COVERAGE
from models.questions.complexity import ComplexityModel
from models.questions.effort import EffortModel
from policies.routing import COMPLEX, PERSON, SIMPLE, tracked
from training.fit import (
    FORECAST_QUARTERS,
    calibrated,
    complexity_lacks,
    effort_lacks,
    fit_complexity,
    quarter_forecasts,
    routing_outcomes,
    work_at,
)
from training.labels import complexity_outcomes, effort_labels, efforts_by, settled
from training.once import forecasts_of, opened_table
from training.splits import Period, rolling_origin

MODEL, HALF, STATIC = "model", "threshold_0.5", "logistic_static"
WAYS = (MODEL, HALF, STATIC)
CALIBRATION_SHARE = 0.2  # of the known cases, the newest, set the static cut-offs
SLOWEST = 0.2
BACKTEST = _("backtest")


@dataclass(frozen=True)
class Routed:
    """How one way to route did in one year (0 for all): shares of its `cases`, and errors.

    `complex_error` is the share called simple of the truly complex, `simple_error` the share
    called complex of the truly simple; of cases whose outcome became known.
    """

    way: str
    year: int
    cases: int
    simple: float
    complex: float
    person: float
    complex_error: Figure
    simple_error: Figure


@dataclass(frozen=True)
class EffortYear:
    """How good the effort forecasts of one year were (0 for all).

    `coverage` is of the 80 % interval, `width` its median; the same of a `constant` interval,
    the same for every case of its quarter. `ratio` is the expected effort of all cases together
    over the true one, `auc` that of the slowest fifth of the year's cases.
    """

    year: int
    cases: int
    coverage: Figure
    width: float
    constant_coverage: Figure
    constant_width: float
    ratio: float
    auc: Figure


@dataclass(frozen=True)
class QuarterModels:
    """The new cases of a quarter, and the models that knew what was known before it.

    `cases` has `case_id, moment, y` and the probabilities `p` and `logistic`; `tested` holds
    `y` and `logistic` of the cases that the static cut-offs are set on.
    """

    cases: pl.DataFrame
    model: ComplexityModel
    outcomes: Outcomes
    tested: pl.DataFrame


def routing_backtest(
    tables: Tables, first: date, last: date, until: datetime, progress: Progress = silent
) -> tuple[QuarterModels, ...]:
    """The quarters from that of `first` to that of `last` that there was enough to train for.

    With the cases whose outcome is known by `until`.
    """
    office = tables.office
    outcomes = complexity_outcomes(tables, until)
    x = opened_table(tables, until, progress)
    out_of_time = routing_outcomes(x, outcomes, office, until).rows
    cases = outcomes.join(x, on=["case_id", "moment"]).sort("moment", "case_id")
    models = []
    for quarter, new_cases in _quarters(cases, first, last, progress):
        known = settled(outcomes.filter(pl.col("known_at") <= quarter.after), quarter.after)
        if complexity_lacks(known, office) is not None:
            continue
        model = fit_complexity(x, known, office)
        seen = known.join(x, on=["case_id", "moment"]).sort("moment", "case_id")
        logistic, tested = _split(model.names, seen)
        scored = new_cases.select(
            "case_id",
            "moment",
            "y",
            p=pl.Series(model.predict(new_cases)),
            logistic=pl.Series(logistic.predict(new_cases)),
        )
        models.append(QuarterModels(scored, model, Outcomes.of(out_of_time, quarter.after), tested))
    return tuple(models)


def routed(quarters: Sequence[QuarterModels], intake: Intake) -> pl.DataFrame:
    """`case_id, moment, y` and the track by each of `WAYS`, at the error rates of `intake`.

    Fixed rules are left out: they need no proof.
    """
    facts = {"case_id": pl.String(), "moment": TIME, "y": pl.Int8()}
    parts = [pl.DataFrame(schema=facts | dict.fromkeys(WAYS, pl.String()))]
    for quarter in quarters:
        cases = quarter.cases
        own = quarter.model.cutoffs(quarter.outcomes, intake.complex_error, intake.simple_error)
        tracks = {
            MODEL: _tracks(cases["p"], own),
            HALF: _tracks(cases["p"], Cutoffs(0.5, 0.5)),
            STATIC: _tracks(cases["logistic"], _static(quarter.tested, intake)),
        }
        parts.append(cases.select(*facts).with_columns(**tracks))
    return pl.concat(parts)


def routing_years(tracks: pl.DataFrame) -> tuple[Routed, ...]:
    """The figures of `routed` by way and year, and last of all years."""
    years = sorted(set(tracks["moment"].dt.year()))
    return tuple(
        _routed(way, year, tracks.filter(pl.lit(not year) | (pl.col("moment").dt.year() == year)))
        for way in WAYS
        for year in (*years, 0)
    )


def effort_backtest(
    tables: Tables, first: date, last: date, until: datetime, progress: Progress = silent
) -> pl.DataFrame:
    """`case_id, moment, effort`, what was expected and between what, of the cases of the time.

    Columns `expected, low, high`, and `constant_low, constant_high`: the same quantiles of the
    efforts themselves. Of cases closed by `until`; fitted again every quarter.
    """
    office, labels = tables.office, effort_labels(tables, until)
    x = opened_table(tables, until, progress)
    cases = labels.join(x, on=["case_id", "moment"]).sort("moment", "case_id")
    # Those that are tried, and those by which the first of them sets its interval.
    count = len(list(rolling_origin(first, last, "quarter"))) + FORECAST_QUARTERS
    end, made = datetime.combine(last, time.max), forecasts_of(tables, until)
    quarters = quarter_forecasts(cases, lambda: EffortModel.of(office), end, count, made)
    of = {quarter.origin: quarter.model for quarter in quarters}
    numbers = ("effort", "expected", "low", "high", "constant_low", "constant_high")
    parts = [cases.clear().select("case_id", "moment", **dict.fromkeys(numbers, pl.lit(0.0)))]
    known = cases.filter(pl.col("effort").is_not_null())
    for quarter, new_cases in _quarters(known, first, last, progress):
        lacks = effort_lacks(efforts_by(labels, quarter.after))
        if lacks is not None or quarter.after not in of:
            continue
        model = calibrated(of[quarter.after], quarters, quarter.after)
        curves = model.curves(new_cases)
        low, high = model.between(curves)
        work = work_at(labels, quarter.after)
        _cases, effort, _at, share = work.known(CALIBRATE_DAYS)
        tail = (1 - COVERAGE) / 2
        parts.append(
            new_cases.select(
                "case_id",
                "moment",
                "effort",
                expected=pl.Series(curves.expected()),
                low=pl.Series(low),
                high=pl.Series(high),
                constant_low=pl.lit(weighted_quantile(effort, share, tail)),
                constant_high=pl.lit(weighted_quantile(effort, share, 1 - tail)),
            )
        )
    return pl.concat(parts)


def effort_years(efforts: pl.DataFrame) -> tuple[EffortYear, ...]:
    """The figures of `effort_backtest` by year, and last of all years."""
    years = sorted(set(efforts["moment"].dt.year()))
    return tuple(
        _effort_year(year, efforts.filter(pl.lit(not year) | (pl.col("moment").dt.year() == year)))
        for year in (*years, 0)
    )


def _quarters(
    cases: pl.DataFrame, first: date, last: date, progress: Progress
) -> Iterator[tuple[Period, pl.DataFrame]]:
    quarters = list(rolling_origin(first, last, "quarter"))
    for done, quarter in enumerate(quarters):
        progress(BACKTEST, done / len(quarters))
        moment = pl.col("moment")
        new_cases = cases.filter((moment > quarter.after) & (moment <= quarter.until))
        if new_cases.height:
            yield quarter, new_cases
    progress(BACKTEST, 1.0)


def _tracks(p: pl.Series, cutoffs: Cutoffs) -> pl.Series:
    none = pl.lit(None, dtype=pl.String)
    cases = pl.select(case_id=none, complex_probability=p, rule=none, track=none)
    return tracked(cases, cutoffs.simple_below, cutoffs.complex_from)["track"]


def _split(names: Sequence[str], known: pl.DataFrame) -> tuple[Logistic, pl.DataFrame]:
    """Logistic regression on the earlier cases, and what it says of the later ones."""
    earlier = known[: round(known.height * (1 - CALIBRATION_SHARE))]
    later = known[earlier.height :]
    ones = np.ones(earlier.height)
    sample = TrainingSample(
        earlier, earlier["y"].cast(pl.Float64).to_numpy(), ones, ones.astype(bool)
    )
    logistic = Logistic(names).fit(sample)
    return logistic, later.select("y", logistic=pl.Series(logistic.predict(later)))


def _static(tested: pl.DataFrame, intake: Intake) -> Cutoffs:
    """The cut-offs of plain split conformal prediction (Papadopoulos et al. 2002), by class."""
    p = [tested.filter(pl.col("y") == y)["logistic"].to_numpy() for y in (0, 1)]
    low = conformal_quantile(p[1], np.ones(len(p[1])), intake.complex_error)
    high = -conformal_quantile(-p[0], np.ones(len(p[0])), intake.simple_error)
    return Cutoffs(min(low, high) if np.isfinite(low) else None, high)


def _routed(way: str, year: int, cases: pl.DataFrame) -> Routed:
    track, y = cases[way], cases["y"]
    simple, complicated, person = (
        float(np.mean((track == code).to_numpy())) for code in (SIMPLE, COMPLEX, PERSON)
    )
    missed, burdened = (
        wilson((track.filter(y == of) == wrong).to_numpy())
        for of, wrong in ((1, SIMPLE), (0, COMPLEX))
    )
    return Routed(way, year, cases.height, simple, complicated, person, missed, burdened)


def _effort_year(year: int, cases: pl.DataFrame) -> EffortYear:
    effort, expected = cases["effort"].to_numpy(), cases["expected"].to_numpy()
    slow = effort > np.quantile(effort, 1 - SLOWEST)
    low, high = cases["low"].to_numpy(), cases["high"].to_numpy()
    from_, to = cases["constant_low"].to_numpy(), cases["constant_high"].to_numpy()
    return EffortYear(
        year,
        cases.height,
        wilson((effort >= low) & (effort <= high)),
        float(np.median(high - low)),
        wilson((effort >= from_) & (effort <= to)),
        float(np.median(to - from_)),
        float(expected.sum() / effort.sum()),
        measure(slow, rankdata(expected) / len(expected)).auc,
    )
