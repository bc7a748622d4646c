"""Was the routing right, and the effort: every quarter by models that knew only what came before.

The functions are those of training; the scores out of time that they calibrate on do not
change with later data, so they are made once and cut at each origin.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import polars as pl
from scipy.stats import rankdata

from cases.office import Office
from cases.progress import Progress, silent
from cases.tables import TIME, Tables
from evaluation.metrics import Figure, measure, wilson
from features.as_of import intake_moments
from models.baselines import Logistic
from models.complexity import ComplexityModel
from models.conformal import Cutoffs, Outcomes, conformal_quantile
from models.duration import weighted_quantile
from models.effort import CALIBRATE_DAYS, COVERAGE
from models.estimator import Sample
from policies.routing import COMPLEX, PERSON, SIMPLE, route
from training.fit import (
    calibrated_effort,
    complexity_lacks,
    effort_lacks,
    effort_scores,
    fit_complexity,
    intake_table,
    routing_outcomes,
    work_at,
)
from training.labels import complexity_outcomes, effort_labels, efforts_by, settled
from training.splits import Period, rolling_origin

MODEL, HALF, STATIC = "model", "threshold_0.5", "logistic_static"
WAYS = (MODEL, HALF, STATIC)
CALIBRATION_SHARE = 0.2  # of the known cases, the newest, set the static cut-offs
SLOWEST = 0.2


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
class Foreseen:
    """How efforts were foreseen in one year (0 for all).

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


def routing_backtest(
    tables: Tables, first: date, last: date, until: datetime, progress: Progress = silent
) -> pl.DataFrame:
    """`case_id, moment, y` and the track by each of `WAYS`, of the cases of `first` to `last`.

    Those whose outcome is known by `until`, at the error rates the office file states; fixed
    rules are left out. Fitted anew every quarter.
    """
    office = tables.office
    outcomes = complexity_outcomes(tables, until)
    x = intake_table(tables, intake_moments(tables, after=None, until=until), progress)
    out_of_time = routing_outcomes(x, outcomes, office, until).rows
    cases = outcomes.join(x, on=["case_id", "moment"]).sort("moment", "case_id")
    parts = [_nothing_routed()]
    for quarter, asked in _quarters(cases, first, last, progress):
        known = settled(outcomes.filter(pl.col("known_at") <= quarter.after), quarter.after)
        if complexity_lacks(known, office) is not None:
            continue
        model = fit_complexity(x, known, office)
        calibration = Outcomes.of(out_of_time, quarter.after)
        p = model.predict(asked)
        cutoffs = model.cutoffs(
            calibration, office.intake.complex_error, office.intake.simple_error
        )
        static = known.join(x, on=["case_id", "moment"]).sort("moment", "case_id")
        tracks = {
            MODEL: _tracks(office, p, cutoffs),
            HALF: _tracks(office, p, Cutoffs(0.5, 0.5)),
            STATIC: _static(office, model, static, asked),
        }
        parts.append(asked.select("case_id", "moment", "y").with_columns(**tracks))
    return pl.concat(parts)


def routing_years(routed: pl.DataFrame) -> tuple[Routed, ...]:
    """The figures of `routing_backtest` by way and year, and last of all years."""
    years = sorted(set(routed["moment"].dt.year()))
    return tuple(
        _routed(way, year, routed.filter(pl.lit(not year) | (pl.col("moment").dt.year() == year)))
        for way in WAYS
        for year in (*years, 0)
    )


def effort_backtest(
    tables: Tables, first: date, last: date, until: datetime, progress: Progress = silent
) -> pl.DataFrame:
    """`case_id, moment, effort`, what was expected and between what, of the cases of the time.

    Columns `expected, low, high`, and `constant_low, constant_high`: the same quantiles of the
    efforts themselves. Of cases closed by `until`; fitted anew every quarter.
    """
    office, labels = tables.office, effort_labels(tables, until)
    x = intake_table(tables, intake_moments(tables, after=None, until=until), progress)
    cases = labels.join(x, on=["case_id", "moment"]).sort("moment", "case_id")
    scored = effort_scores(cases, office, until)
    numbers = ("effort", "expected", "low", "high", "constant_low", "constant_high")
    parts = [cases.clear().select("case_id", "moment", **dict.fromkeys(numbers, pl.lit(0.0)))]
    told = cases.filter(pl.col("effort").is_not_null())
    for quarter, asked in _quarters(told, first, last, progress):
        if effort_lacks(efforts_by(labels, quarter.after)) is not None:
            continue
        model = calibrated_effort(cases, scored, office, quarter.after)
        low, high = model.interval(asked)
        work = work_at(efforts_by(labels, quarter.after), quarter.after)
        _, effort, _, share = work.known(CALIBRATE_DAYS)
        tail = (1 - COVERAGE) / 2
        parts.append(
            asked.select(
                "case_id",
                "moment",
                "effort",
                expected=pl.Series(model.predict(asked)),
                low=pl.Series(low),
                high=pl.Series(high),
                constant_low=pl.lit(weighted_quantile(effort, share, tail)),
                constant_high=pl.lit(weighted_quantile(effort, share, 1 - tail)),
            )
        )
    return pl.concat(parts)


def effort_years(foreseen: pl.DataFrame) -> tuple[Foreseen, ...]:
    """The figures of `effort_backtest` by year, and last of all years."""
    years = sorted(set(foreseen["moment"].dt.year()))
    return tuple(
        _foreseen(year, foreseen.filter(pl.lit(not year) | (pl.col("moment").dt.year() == year)))
        for year in (*years, 0)
    )


def _quarters(
    cases: pl.DataFrame, first: date, last: date, progress: Progress
) -> Iterator[tuple[Period, pl.DataFrame]]:
    quarters = list(rolling_origin(first, last, "quarter"))
    for done, quarter in enumerate(quarters):
        progress("backtest", done / len(quarters))
        moment = pl.col("moment")
        asked = cases.filter((moment > quarter.after) & (moment <= quarter.until))
        if asked.height:
            yield quarter, asked
    progress("backtest", 1.0)


def _nothing_routed() -> pl.DataFrame:
    facts = {"case_id": pl.String(), "moment": TIME, "y": pl.Int8()}
    return pl.DataFrame(schema=facts | dict.fromkeys(WAYS, pl.String()))


def _tracks(office: Office, p: np.ndarray, cutoffs: Cutoffs) -> pl.Series:
    frame = pl.DataFrame({"case_id": [str(i) for i in range(len(p))], "complex_probability": p})
    none = pl.lit(None, dtype=pl.String)
    asked = frame.with_columns(rule=none, track=none)
    return route(asked, office.intake, cutoffs.simple_below, cutoffs.complex_from)["track"]


def _static(
    office: Office, model: ComplexityModel, known: pl.DataFrame, asked: pl.DataFrame
) -> pl.Series:
    """Tracks by logistic regression and the cut-offs of plain split conformal prediction."""
    split = round(known.height * (1 - CALIBRATION_SHARE))
    earlier, later = known[:split], known[split:]
    ones = np.ones(split)
    sample = Sample(earlier, earlier["y"].cast(pl.Float64).to_numpy(), ones, ones.astype(bool))
    logistic = Logistic(model.names).fit(sample)
    p, y = logistic.predict(later), later["y"].to_numpy()
    low, high = (
        conformal_quantile(sign * p[y == of], np.ones((y == of).sum()), error)
        for of, sign, error in (
            (1, 1.0, office.intake.complex_error),
            (0, -1.0, office.intake.simple_error),
        )
    )
    return _tracks(office, logistic.predict(asked), Cutoffs(min(low, -high), -high))


def _routed(way: str, year: int, cases: pl.DataFrame) -> Routed:
    track, y = cases[way], cases["y"]
    simple, complicated, person = (
        (track == one).sum() / cases.height for one in (SIMPLE, COMPLEX, PERSON)
    )
    missed, burdened = (
        wilson((track.filter(y == of) == wrong).to_numpy())
        for of, wrong in ((1, SIMPLE), (0, COMPLEX))
    )
    return Routed(way, year, cases.height, simple, complicated, person, missed, burdened)


def _foreseen(year: int, cases: pl.DataFrame) -> Foreseen:
    effort, expected = cases["effort"].to_numpy(), cases["expected"].to_numpy()
    slow = effort > np.quantile(effort, 1 - SLOWEST)
    low, high = cases["low"].to_numpy(), cases["high"].to_numpy()
    from_, to = cases["constant_low"].to_numpy(), cases["constant_high"].to_numpy()
    return Foreseen(
        year,
        cases.height,
        wilson((effort >= low) & (effort <= high)),
        float(np.median(high - low)),
        wilson((effort >= from_) & (effort <= to)),
        float(np.median(to - from_)),
        float(expected.sum() / effort.sum()),
        measure(slow, rankdata(expected) / len(expected)).auc,
    )
