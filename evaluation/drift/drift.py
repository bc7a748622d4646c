"""Has the office changed since the model was trained: inputs, scores, base rate, calibration.

A period is compared with the time the model was trained on and with the period before. All
that is tested shares a family-wise error of 5 % per period (Bonferroni over the questions;
within the inputs `shifts.compare`). Not tested, because one period is close to one observation
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
from cases.numeric import Floats
from cases.office.model import Office
from cases.progress import Progress, silent
from cases.tables.tables import Frame, Tables
from evaluation.drift.shifts import Shift, compare
from evaluation.statistics.metrics import Figure, effective_size, wilson
from features.as_of import closing_moments, intake_moments
from features.catalogue import catalogue
from features.conditions import satisfying
from features.feature import Feature, OfEvents, OfOthers
from models.bundle.bundle import Bundle
from training.labels import SETTLED, complexity_labels, risk_labels
from training.splits import Period

Against = Literal["training", "previous"]
Time = Literal["training", "previous", "now"]
QuestionCode = Literal["risk", "complexity"]

# Shares of the 5 % that may be false alarms; they add up to it. Most goes to calibration: a
# shift of an input is found at any level, a halved base rate only just.
INPUT_LEVEL: dict[Against, float] = {"training": 0.005, "previous": 0.005}
RATE_LEVEL: dict[Against, float] = {"training": 0.010, "previous": 0.005}
CALIBRATION_LEVEL = 0.025
EARLIER_TIMES: tuple[Against, ...] = ("training", "previous")
FEWEST = 100  # cases, or outcomes, of a time; on fewer nothing is said
MATERIAL = 0.1  # a rate that changes by less than a tenth of itself calls for nothing
SCORE, OWN_SCORE = "score", "own_score"


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
class Calibration:
    """Outcomes observed in the period against expected by the model, and their ratio.

    Weighted as the labels are. The interval, of 1 - `CALIBRATION_LEVEL`, also allows for the
    chance in the outcomes trained on; `alarm` if it leaves 1 out and the ratio is not near 1.
    """

    observed: float
    expected: float
    ratio: Figure
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

    @property
    def alarms(self) -> dict[Against, tuple[Shift, ...]]:
        """The shifts of inputs and score that are neither chance nor small."""
        return {
            against: tuple(shift for shift in shifts if shift.alarms(INPUT_LEVEL[against]))
            for against, shifts in self.shifts.items()
        }

    @property
    def any_alarm(self) -> bool:
        """Whether anything in this period raises an alarm."""
        rated = any(change.alarm for change in self.rates.values())
        off = self.calibration is not None and self.calibration.alarm
        return rated or off or any(self.alarms.values())


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
    labels = (risk_labels if bundle.judged == "risk" else complexity_labels)(tables, until)
    trained_until = datetime.fromisoformat(bundle.about["trained_until"])
    spans = _spans(tables, labels, period, trained_until)
    scored = {name: scored_cases(tables, bundle, span) for name, span in spans.items()}
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
    )


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


def scored_cases(tables: Tables, bundle: Bundle, span: Period) -> pl.DataFrame:
    """The cases of a time: `case_id, moment`, what the model judged reads, `score`, `own_score`.

    `own_score` is the score of the case's own facts: all else is held at its usual value.
    """
    code = "risk" if bundle.judged == "risk" else "complexity"
    moments = _closed(tables, span) if code == "risk" else _opened(tables, span)
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


def calibration(
    labels: pl.DataFrame, scored: pl.DataFrame, trained_on: pl.DataFrame
) -> Calibration | None:
    """Observed against expected outcomes of `labels` by the scores of `scored`.

    The interval holds every ratio r at which the observed number O is no surprise:
    (O - r E)^2 <= z^2 (r V + r^2 E^2 / D), a score interval as Wilson's (1927), with V the
    variance of O given the scores and D the effective number of positives trained on, which
    says how sure the model's level is. None with fewer than `FEWEST` outcomes.
    """
    cases = labels.join(scored.select("case_id", SCORE), on="case_id")
    weight, y, p = _weight(cases), cases["y"].to_numpy(), cases[SCORE].to_numpy()
    expected = float(weight @ p)
    learnt = _weight(trained_on) * trained_on["y"].to_numpy()
    if cases.height < FEWEST or expected == 0 or not learnt.any():
        return None
    observed, variance = float(weight @ y), float(weight**2 @ (p * (1 - p)))
    # The limits are the roots of a quadratic in r:
    # r^2 E^2 (1 - z^2 / D) - r (2 O E + z^2 V) + O^2 = 0.
    effective = effective_size(learnt)
    z2 = float(norm.isf(CALIBRATION_LEVEL / 2)) ** 2
    a = expected**2 * (1 - z2 / effective)
    b = 2 * observed * expected + z2 * variance
    if a <= 0:
        return None
    root = (b**2 - 4 * a * observed**2) ** 0.5
    low, high, ratio = (b - root) / (2 * a), (b + root) / (2 * a), observed / expected
    alarm = not low <= 1 <= high and abs(ratio - 1) > MATERIAL
    return Calibration(observed, expected, Figure(ratio, low, high, cases.height), alarm)


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


def _opened(tables: Tables, span: Period) -> Frame:
    return intake_moments(tables, after=span.after, until=span.until)


def _closed(tables: Tables, span: Period) -> Frame:
    closed = closing_moments(tables, after=span.after, until=span.until)
    among = satisfying(tables, closed, tables.office.risk.among)
    return among.select("case_id", "moment")


def _within(labels: pl.DataFrame, span: Period) -> pl.DataFrame:
    return labels.filter((pl.col("moment") > span.after) & (pl.col("moment") <= span.until))


def _window(cases: pl.DataFrame, labels: pl.DataFrame) -> Window:
    score = cast("float | None", cases[SCORE].mean())
    rate = wilson(labels["y"].to_numpy(), _weight(labels))
    return Window(cases.height, score, labels.height, rate)


def _weight(labels: pl.DataFrame) -> Floats:
    return labels["weight"].to_numpy() if "weight" in labels.columns else np.ones(labels.height)


def _rate(labels: pl.DataFrame) -> tuple[float, float]:
    """The weighted rate and the effective number of cases."""
    weight = _weight(labels)
    rate = float(np.average(labels["y"].to_numpy(), weights=weight))
    return rate, effective_size(weight)
