"""Has the office changed since the model was trained: inputs, scores, base rate, calibration.

A period is compared with the time the model was trained on and with the period before. All
that is tested shares a family-wise error of 5 % per period (Bonferroni over the questions;
within the inputs `shifts.compare`); the look at all outcomes since training has 2.5 % of its own,
for as long as the model is used. Not tested, because one period is close to one observation
of them however many cases it has: totals over other cases, such as workload and earlier
outcomes; and the calendar, of which a period has its own part by definition.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast

import numpy as np
import polars as pl
from scipy.stats import norm

from cases.errors import Refused
from cases.language.messages import _
from cases.office.model import Office
from cases.progress import Progress, silent
from cases.tables.tables import Frame, Tables, moments_of, rows
from evaluation.drift.calibration import (
    FEWEST,
    MATERIAL,
    SCORE,
    Calibration,
    SinceTraining,
    calibration,
    since_training,
)
from evaluation.drift.shifts import Shift, compare
from evaluation.statistics.metrics import Figure, effective_size, wilson
from features.as_of import intake_moments
from features.catalogue import catalogue
from features.conditions import reviewable
from features.feature import Feature, OfEvents, OfOthers
from models.bundle.bundle import Bundle
from training.labels import SETTLED, judged_labels
from training.splits import Period

Against = Literal["training", "previous"]
Time = Literal["training", "previous", "now"]
QuestionCode = Literal["risk", "complexity"]

# Shares of the 5 % that may be false alarms; with `CALIBRATION_LEVEL` they add up to it. Most
# goes to calibration: a shift of an input is found at any level, a halved base rate only just.
INPUT_LEVEL: dict[Against, float] = {"training": 0.005, "previous": 0.005}
RATE_LEVEL: dict[Against, float] = {"training": 0.010, "previous": 0.005}
EARLIER_TIMES: tuple[Against, ...] = ("training", "previous")
OWN_SCORE = "own_score"


@dataclass(frozen=True)
class Window:
    """A time: how many cases it has, their mean score, of how many the outcome is known, and
    the base rate of these."""

    cases: int
    score: float | None
    outcomes: int
    rate: Figure


@dataclass(frozen=True)
class RateChange:
    """The period's base rate against that of an earlier time: its p-value, and alarm."""

    p: float
    alarm: bool


@dataclass(frozen=True)
class Drift:
    """The result of `drift`; `drift.wording.findings` puts it in sentences.

    `shifts` has a line for every tested feature and for the score as far as these features
    move it; `untested` the features that are not. `surveyed` says whether base rate and
    calibration rest on randomly drawn reviews alone. A comparison for which there are too few
    cases is missing.
    """

    question: QuestionCode
    period: Period
    previous: Period
    trained: Period
    now: Window
    windows: dict[Against, Window]
    surveyed: bool
    shifts: dict[Against, tuple[Shift, ...]]
    untested: tuple[str, ...]
    rates: dict[Against, RateChange]
    calibration: Calibration | None
    since: SinceTraining | None

    @property
    def level_is_off(self) -> bool:
        """Whether the probabilities no longer hold: in this period, or since training."""
        return any(part is not None and part.alarm for part in (self.calibration, self.since))

    @property
    def alarms(self) -> dict[Against, tuple[Shift, ...]]:
        """The shifts of inputs and score that are neither chance nor small."""
        return {
            against: tuple(shift for shift in shifts if shift.alarms(INPUT_LEVEL[against]))
            for against, shifts in self.shifts.items()
        }

    @property
    def filled_otherwise(self) -> bool:
        """Whether an attribute that raises an alarm is missing in more, or fewer, cases."""
        return any(shift.unfilled for alarms in self.alarms.values() for shift in alarms)

    @property
    def any_alarm(self) -> bool:
        """Whether anything in this period raises an alarm."""
        rated = any(change.alarm for change in self.rates.values())
        return rated or self.level_is_off or any(self.alarms.values())


def drift(
    tables: Tables,
    bundle: Bundle,
    period: Period,
    *,
    until: datetime,
    progress: Progress = silent,
) -> Drift:
    """The cases of `period` against those trained on and those of the period before.

    Judged is the risk model, complexity where there is none. Outcomes are those known by
    `until`; calibration is that of cases whose outcome was not known in training. `Refused`
    if no outcome was known when the model was trained: then it is not of these tables.
    """
    labels = judged_labels(tables, bundle.judged, until)
    trained_until = datetime.fromisoformat(bundle.about["trained_until"])
    spans = _spans(tables, labels, period, trained_until)
    scored = _scored(tables, bundle, spans)
    progress(_("drift: features and scores"), 1.0)
    labels_by_time, surveyed = _known(labels, spans, trained_until)
    labels_now = labels_by_time["now"]
    names = scored["now"].drop("case_id", "moment", SCORE, OWN_SCORE).columns
    tested = own_features(tables.office, names)
    return Drift(
        question="risk" if bundle.judged == "risk" else "complexity",
        period=period,
        previous=spans["previous"],
        trained=spans["training"],
        now=_window(scored["now"], labels_now),
        windows={name: _window(scored[name], labels_by_time[name]) for name in EARLIER_TIMES},
        surveyed=surveyed,
        shifts={
            against: compare(scored[against], scored["now"], (*tested, OWN_SCORE))
            for against in EARLIER_TIMES
            if min(scored[against].height, scored["now"].height) >= FEWEST
        },
        untested=tuple(name for name in names if name not in tested),
        rates={
            against: rate_change(labels_by_time[against], labels_now, RATE_LEVEL[against])
            for against in EARLIER_TIMES
            if min(labels_by_time[against].height, labels_now.height) >= FEWEST
        },
        calibration=calibration(
            labels_now.filter(pl.col("known_at") > trained_until),
            scored["now"],
            labels_by_time["training"],
        ),
        since=_since_training(
            tables,
            bundle,
            labels.filter("surveyed") if surveyed else labels,
            trained_until,
            labels_by_time["training"],
        ),
    )


def _since_training(
    tables: Tables,
    bundle: Bundle,
    labels: pl.DataFrame,
    trained_until: datetime,
    trained_on: pl.DataFrame,
) -> SinceTraining | None:
    later = pl.min_horizontal("moment", "known_at") > trained_until
    new = labels.filter(later).sort("known_at", "case_id")
    if new.height < FEWEST:
        return None
    return since_training(new, scored_at(tables, bundle, moments_of(new)), trained_on)


def _spans(
    tables: Tables, labels: pl.DataFrame, period: Period, trained_until: datetime
) -> dict[Time, Period]:
    """The time trained on, the period before, which is as long, and the period itself."""
    return {
        "training": Period(_first_trained(tables, labels, trained_until), trained_until),
        "previous": Period(period.after - (period.until - period.after), period.after),
        "now": period,
    }


def _known(
    labels: pl.DataFrame, spans: Mapping[Time, Period], trained_until: datetime
) -> tuple[dict[Time, pl.DataFrame], bool]:
    """The labels of each time, and whether they are of randomly drawn reviews alone.

    They are where each time has `FEWEST` of these.
    """
    known = {name: _within(labels, span) for name, span in spans.items()}
    known["training"] = known["training"].filter(pl.col("known_at") <= trained_until)
    surveyed = all(
        "surveyed" in part.columns and part["surveyed"].sum() >= FEWEST for part in known.values()
    )
    if surveyed:
        known = {name: part.filter("surveyed") for name, part in known.items()}
    return known, surveyed


def _scored(
    tables: Tables, bundle: Bundle, spans: Mapping[Time, Period]
) -> dict[Time, pl.DataFrame]:
    """The `scored_cases` of each time, all scored at once."""
    asked = {name: rows(_asked(tables, bundle, span)) for name, span in spans.items()}
    every = scored_at(
        tables, bundle, moments_of(pl.concat(asked.values()).unique(maintain_order=True))
    )
    keys = ["case_id", "moment"]
    return {name: every.join(part, on=keys, how="semi") for name, part in asked.items()}


def scored_cases(tables: Tables, bundle: Bundle, span: Period) -> pl.DataFrame:
    """The cases of a time: `case_id, moment`, what the model judged reads, `score`, `own_score`.

    `own_score` is the score of the case's own facts: all else is held at its usual value.
    """
    return scored_at(tables, bundle, _asked(tables, bundle, span))


def scored_at(tables: Tables, bundle: Bundle, moments: Frame) -> pl.DataFrame:
    """As `scored_cases`, for cases at given moments (`case_id, moment`)."""
    code = "risk" if bundle.judged == "risk" else "complexity"
    x, usual = bundle.features(tables, moments, code), bundle.usual[code]
    tested = own_features(tables.office, list(usual))
    held = [pl.lit(usual[name].value).alias(name) for name in usual if name not in tested]
    estimate = bundle.questions[code].estimate
    scores = {SCORE: x, OWN_SCORE: x.with_columns(held)}
    return x.with_columns(
        bundle.answer(code, of)[estimate].alias(name) for name, of in scores.items()
    )


def own_features(office: Office, names: Sequence[str]) -> tuple[str, ...]:
    """Those of `names` that are facts of the case itself, so that cases can be compared by them."""
    features = catalogue(office)
    return tuple(name for name in names if name in features and of_the_case(features[name]))


def of_the_case(part: Feature) -> bool:
    """Whether a feature comes from the case alone, not from other cases or the calendar."""
    others = any(
        isinstance(quantity, OfOthers) or (isinstance(quantity, OfEvents) and quantity.of_path)
        for quantity in part.inputs
    )
    return not others and part.family != "calendar"


def rate_change(before: pl.DataFrame, now: pl.DataFrame, level: float) -> RateChange:
    """The base rates of two sets of labels, by the score test of two proportions.

    Under unequal weights the sizes are Kish's effective ones, as in `metrics.wilson`.
    """
    (rate_before, size_before), (rate_now, size_now) = map(_rate, (before, now))
    # z = |p1 - p2| / sqrt(p (1 - p) (1 / n1 + 1 / n2)), p the rate of both together
    pooled = (rate_before * size_before + rate_now * size_now) / (size_before + size_now)
    spread = (pooled * (1 - pooled) * (1 / size_before + 1 / size_now)) ** 0.5
    z = abs(rate_now - rate_before) / spread if spread else 0.0
    p = float(2 * norm.sf(z))
    return RateChange(p, p <= level and abs(rate_now - rate_before) > MATERIAL * rate_before)


def _first_trained(tables: Tables, labels: pl.DataFrame, trained_until: datetime) -> datetime:
    """From when on the cases trained on are complete.

    Where the tables begin only quick cases have been closed, so that as long as `SETTLED` of
    the cases take is left out, at most half of the time.
    """
    moments = labels.filter(pl.col("known_at") <= trained_until)["moment"]
    if moments.is_empty():
        raise Refused(_("The tables hold no outcome that was known when the model was trained."))
    first = cast("datetime", moments.min()) - timedelta(microseconds=1)
    cases = tables.case_rows
    lasted = (cases["closed_at"] - cases["opened_at"]).quantile(SETTLED, "higher")
    begun = cast("datetime", cases["opened_at"].min()) + cast("timedelta", lasted)
    return max(first, min(begun, first + (trained_until - first) / 2))


def _asked(tables: Tables, bundle: Bundle, span: Period) -> Frame:
    return (_judged if bundle.judged == "risk" else _opened)(tables, span)


def _opened(tables: Tables, span: Period) -> Frame:
    return intake_moments(tables, after=span.after, until=span.until)


def _judged(tables: Tables, span: Period) -> Frame:
    return reviewable(tables, after=span.after, until=span.until).select("case_id", "moment")


def _within(labels: pl.DataFrame, span: Period) -> pl.DataFrame:
    return labels.filter((pl.col("moment") > span.after) & (pl.col("moment") <= span.until))


def _window(cases: pl.DataFrame, labels: pl.DataFrame) -> Window:
    score = cast("float | None", cases[SCORE].mean())
    rate = wilson(labels["y"].to_numpy(), labels["weight"].to_numpy())
    return Window(cases.height, score, labels.height, rate)


def _rate(labels: pl.DataFrame) -> tuple[float, float]:
    """The weighted rate and the effective number of cases."""
    weight = labels["weight"].to_numpy()
    rate = float(np.average(labels["y"].to_numpy(), weights=weight))
    return rate, effective_size(weight)
