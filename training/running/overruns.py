"""Which clocks are overrun, learnt from clocks as they stood at moments of their cases.

Few clocks are overrun. So half of all looks are at cases in which one was, again and again while it
runs; of the others as many are taken as there is room for, each of which stands for more
(case-control sampling: Prentice and Pyke 1979, Biometrika 66). The model
(`models/estimators/calibrated.py`) is fitted on all alike, and its level set by the weights.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta

import numpy as np
import polars as pl

from cases.language.messages import Sayable, _, ngettext, sentences
from cases.office.model import Office
from cases.progress import Progress, silent
from cases.tables.tables import Tables, moments_of, rows
from cases.tables.values import TIME
from features.as_of import intake_moments
from features.build import build, known_at
from features.catalogue import running_features
from features.feature import LIMIT
from models.estimators.estimator import TrainingSample
from models.questions.overruns import OverrunModel
from policies.clocks.clocks import Judged, judged_at
from policies.clocks.reading import Effect, Reading
from policies.clocks.waiting import waiting_clocks
from training.fit import FEWEST_OF_EACH, refuse_without
from training.labels import settled
from training.landmarks import drawn_by

LOOKS = 20  # at a clock while it uses the days of its limit
MOST = 20_000  # looks, half of them at cases in which a limit was overrun
CASE, WEIGHT = "case_id", "weight"
CLOCK_OF_CASE = {CASE: pl.String(), LIMIT: pl.String()}


def overrun_labels(tables: Tables, until: datetime) -> pl.DataFrame:
    """What became by `until` of the `waiting_clocks` of cases, each looked at several times.

    Columns of `waiting_clocks`, `known_at`, `y` (1 for overrun before it starts anew) and `weight`,
    where it is known: it was overrun, started anew or ended, also of cases that are still open. Of
    recent ones as `settled` says. Sorted by `moment` and `case_id`.
    """
    opened = rows(intake_moments(tables, after=None, until=until)).sort(CASE)
    at_end = moments_of(opened.select(CASE, moment=pl.lit(until, TIME)))
    ends = judged_at(tables, known_at(tables, at_end))
    of_clocks, anew = _ends(ends, until), _starts_anew(ends)
    known = of_clocks.filter(pl.any_horizontal(pl.col("over", "ended").is_not_null()))
    looks = _looks(tables.office, ends, {*known[CASE], *anew[CASE]}, until)
    clocks = waiting_clocks(tables, looks.select(CASE, "moment"))
    labels = clocks.join(of_clocks, on=[CASE, LIMIT]).join(looks, on=[CASE, "moment"])
    labels = labels.sort("moment", CASE, LIMIT).join_asof(
        anew.sort("anew"),
        left_on="moment",
        right_on="anew",
        by=[CASE, LIMIT],
        strategy="forward",
        allow_exact_matches=False,
        check_sortedness=False,
    )
    overrun = (pl.col("over") <= pl.col("anew")).fill_null(pl.col("over").is_not_null())
    since = pl.when(overrun).then("over").otherwise(pl.coalesce("anew", "ended"))
    labels = labels.with_columns(known_at=since, y=overrun.cast(pl.Int8))
    before = labels.filter(pl.col("moment") < pl.col("known_at"))
    return settled(before.drop("over", "ended", "anew"), until)


def _ends(ends: list[Judged], until: datetime) -> pl.DataFrame:
    """Since when each clock was `over` its limit first, and when it `ended`."""
    found = [
        (
            one.course.case_id,
            reading.code,
            reading.first_overrun and datetime.combine(reading.first_overrun, time()),
            reading.ended_on and _last(one, reading, until),
        )
        for one in ends
        for reading in one.readings
    ]
    schema = CLOCK_OF_CASE | {"over": TIME, "ended": TIME}
    return pl.DataFrame(found, schema=schema, orient="row")


def _starts_anew(ends: list[Judged]) -> pl.DataFrame:
    """When a clock started `anew`, once or more often."""
    found = [
        (one.course.case_id, reading.code, step.event.at)
        for one in ends
        for reading in one.readings
        for step in reading.steps
        if step.effect is Effect.RESTARTED and step.event is not None
    ]
    return pl.DataFrame(found, schema=CLOCK_OF_CASE | {"anew": TIME}, orient="row")


def _looks(office: Office, ends: list[Judged], case_ids: set[str], until: datetime) -> pl.DataFrame:
    """`case_id, moment, weight`: when these cases are looked at."""
    cases = [one for one in ends if one.course.case_id in case_ids]
    days = _shortest(office)
    first = drawn_by(pl.Series([one.course.case_id for one in cases], dtype=pl.String()))
    found = []
    for one, start in zip(cases, first.tolist(), strict=True):
        case, overrun = one.course, any(reading.first_overrun for reading in one.readings)
        step = timedelta(days=days.get(case.kind, days[None]) / LOOKS)
        run = max(_last(one, reading, until) for reading in one.readings) - case.opened_at
        of_case = (start + number for number in range(int(run / step + 1 - start)))
        found += [(case.case_id, case.opened_at + at * step, overrun) for at in of_case]
    schema = {CASE: pl.String(), "moment": TIME, "overrun": pl.Boolean()}
    looks = pl.DataFrame(found, schema=schema, orient="row")
    # By a number of the case and the moment, so that the same are taken every time.
    number = pl.Series(drawn_by(looks.select(pl.format("{} {}", CASE, "moment")).to_series()))
    share = pl.min_horizontal(1.0, MOST / 2 / pl.len().over("overrun"))
    taken = looks.with_columns(number=number, weight=1 / share)
    return taken.filter(pl.col("number") <= share).select(CASE, "moment", WEIGHT)


def _last(one: Judged, reading: Reading, until: datetime) -> datetime:
    """Until when a clock may be looked at."""
    day = reading.first_overrun or reading.ended_on
    case = one.course.closed_at or until
    return case if day is None else min(case, datetime.combine(day, time.max))


def _shortest(office: Office) -> Mapping[str | None, float]:
    """The days of the shortest watched limit for each kind that one names; None for all others."""
    limits = [limit for limit in office.limits if limit.watched]
    of_all = [limit.days for limit in limits if not limit.kinds]
    kinds = {kind for limit in limits for kind in limit.kinds}
    found: dict[str | None, float] = {
        kind: min([*of_all, *(limit.days for limit in limits if kind in limit.kinds)])
        for kind in kinds
    }
    found[None] = min(of_all or [limit.days for limit in limits])
    return found


def overrun_table(
    tables: Tables, labels: pl.DataFrame, progress: Progress = silent
) -> pl.DataFrame:
    """`case_id, moment` and the features of running cases, at the moments of the labels."""
    at = moments_of(labels.select(CASE, "moment").unique())
    return rows(build(tables, at, running_features(tables.office), progress))


def fit_overruns(x: pl.DataFrame, labels: pl.DataFrame, office: Office) -> OverrunModel:
    """The model fitted on `overrun_labels` with their `overrun_table` `x`.

    `Refused` if they do not support one (`overruns_lack`).
    """
    refuse_without(overruns_lack(labels))
    looks = labels.join(x, on=[CASE, "moment"]).sort("moment", CASE, LIMIT)
    y, weight = (looks[name].cast(pl.Float64).to_numpy() for name in ("y", WEIGHT))
    every = np.ones(len(y), dtype=bool)
    return OverrunModel.of(office).fit(TrainingSample(looks, y, weight / weight.mean(), every))


def overruns_lack(labels: pl.DataFrame) -> Sayable | None:
    """What `overrun_labels` lack to be learnt from, with what to do; None if nothing."""
    clocks = labels.unique([CASE, LIMIT])
    overrun = int(clocks["y"].sum())
    few = min(overrun, clocks.height - overrun)
    if few >= FEWEST_OF_EACH:
        return None
    return sentences(
        ngettext(
            "{count:,} clock that was overrun, or was not, and a model needs {least} of each.",
            "{count:,} clocks that were overrun, or were not, and a model needs {least} of each.",
            few,
            least=FEWEST_OF_EACH,
        ),
        _("Train on a longer time, or add finished cases."),
    )
