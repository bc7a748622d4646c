"""What four ways to choose would have found where the outcomes are known, period by period.

All start from the labels of one year. At the end of every period each draws from the cases
closed in it, and sees the outcomes of the cases it drew and of no others: a label is revealed
at the end of its period, or when its review became final if that was later. Each has a model
of its own, fitted on the first year and on what was revealed to it.

    plan             the draw of `policies.spot_check.planning`, weighted by its probabilities
    all_random       equal probabilities
    top_of_the_list  the top of the list; nothing says what the other cases are like, so
                     that its rate is the naive one of the cases it reviewed
    top_plus_random  the top of the list, and for one review in ten a random one of the rest

Features that read reviews would show labels that were never revealed and are left out.
All other features are the same for every way to choose, so they are built once. Mandatory rules
are left out: they choose the same cases in every way.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import narwhals as nw
import numpy as np
import polars as pl

from cases.errors import Refused
from cases.language.messages import _
from cases.office.model import Office
from cases.progress import Progress, silent
from cases.tables.cells.moments import Every
from cases.tables.tables import Tables, rows
from cases.tables.values import TIME
from evaluation.statistics.metrics import Figure, wilson
from evaluation.statistics.periods import period_name
from evaluation.surveys.estimate import Survey, estimate
from features.build import build
from features.catalogue import catalogue, reads_reviews, risk_features
from features.conditions import reviewable
from models.questions.risk import RiskModel, RiskQuestion
from policies.seeds import tickets
from policies.spot_check.draw import draw
from policies.spot_check.plan import FRAME, MOMENT, PlanParameters, Way
from policies.spot_check.planning import draw_plan
from training.fit import fit_risk
from training.labels import risk_labels
from training.splits import Period, rolling_origin
from training.weights import review_weights

TOP_SHARE = 0.9  # of the reviews of `top_plus_random`
FIRST_LABELS = timedelta(days=365)
FACTS = ("case_id", "closed_at", "kind", "unit", "handler")
FIGURES: dict[str, pl.DataType] = {
    "way": pl.String(),
    "seed": pl.Int64(),
    "span": pl.String(),
    "cases": pl.Int64(),
    "defects": pl.Int64(),
    "reviews": pl.Int64(),
    "found": pl.Int64(),
    "value": pl.Float64(),
    "low": pl.Float64(),
    "high": pl.Float64(),
}


class ReplayTask(NamedTuple):
    """A way to choose, with a seed."""

    way: Way
    seed: int


@dataclass(frozen=True)
class World:
    """What all ways to choose share.

    `cases` has a row per case of the periods with a known outcome: `case_id, closed_at, kind,
    unit, handler, moment` (that of `risk.at`), `known_at, y`, the names of its `period` and `year`.
    `x` holds the features called `names` of these cases and of those of the year before;
    `start` their labels, from which every way starts, and `first_model` what they teach. The
    models are refitted at `refits`. Of the cases of a period `capacity` are reviewed, or where
    that is None the share `share`. `unknown` cases of the periods have no known outcome and
    are left out.
    """

    office: Office
    names: tuple[str, ...]
    x: pl.DataFrame
    cases: pl.DataFrame
    start: pl.DataFrame
    first_model: RiskModel
    periods: tuple[Period, ...]
    refits: frozenset[datetime]
    capacity: int | None
    share: float
    unknown: int

    def fitted(self, labels: Sequence[pl.DataFrame], known_by: datetime) -> RiskModel:
        """A model on those labels that were revealed by `known_by`."""
        return _fitted(self.office, self.names, self.x, pl.concat(labels), known_by)

    def reviews_of(self, cases: int) -> int:
        """How many of the cases of a period are reviewed."""
        wanted = max(1, round(self.share * cases)) if self.capacity is None else self.capacity
        return min(wanted, cases)


@dataclass(frozen=True)
class Batch:
    """The cases of one period (columns of `World.cases`) and what was drawn of them."""

    cases: pl.DataFrame
    survey: Survey


@dataclass(frozen=True)
class Run:
    """The result of a way to choose with one seed.

    `periods` and `years` have the columns of `FIGURES` and a row per `span`: the `defects` in
    all `cases`, those `found` in the `reviews`, and the estimated rate `value` with its
    interval, null where there is none. `drawn` holds `way, seed, case_id` of the cases reviewed.
    """

    periods: pl.DataFrame
    years: pl.DataFrame
    drawn: pl.DataFrame


def world_of(
    tables: Tables,
    *,
    first: date,
    last: date,
    every: Every,
    retrain: Every,
    capacity: int | None = None,
    share: float | None = None,
    progress: Progress = silent,
) -> World:
    """The world of the periods (`every`) from that of `first` to that of `last`.

    Models are refitted every `retrain`; `share` defaults to the office's. `ValueError` if
    `last` is before `first`; `Refused` if no case of the time has a known outcome or the year
    before has too few of them to learn from.
    """
    if last < first:
        raise ValueError(f"the last day ({last}) is before the first ({first})")
    office, periods = tables.office, tuple(rolling_origin(first, last, every))
    begin, end = periods[0].after, periods[-1].until
    judged, known = _judged(tables, begin - FIRST_LABELS, end)
    before, cases = _within(known, begin - FIRST_LABELS, begin), _within(known, begin, end)
    if cases.is_empty():
        raise Refused(_("No case of this time has a known outcome: there is nothing to replay."))
    names = _replayable(office)
    moments = nw.from_native(known.select("case_id", "moment").lazy())
    x = rows(build(tables, moments, names, progress)).sort("moment", "case_id")
    start = _labels(before, inclusion_probability=1.0, revealed_at="known_at")
    origins = {origin.after for origin in rolling_origin(first, last, retrain)}
    return World(
        office,
        names,
        x,
        _named(cases, every),
        start,
        _fitted(office, names, x, start, begin),
        periods,
        frozenset(origin for origin in origins if origin > begin),
        capacity,
        office.spot_checks.capacity_share if share is None else share,
        unknown=_within(judged, begin, end).height - cases.height,
    )


def _judged(tables: Tables, after: datetime, until: datetime) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The cases of (after, until] that the risk model is for; those of known outcome."""
    judged = rows(reviewable(tables, after=after, until=until).select(*FACTS, "moment"))
    outcomes = risk_labels(tables, datetime.max).select("case_id", "moment", "known_at", "y")
    known = judged.join(outcomes, on=["case_id", "moment"]).sort("moment", "case_id")
    return judged, known


def _replayable(office: Office) -> tuple[str, ...]:
    """The features of the risk model that read no review."""
    features = catalogue(office)
    return tuple(name for name in risk_features(office) if not reads_reviews(features[name]))


def _named(cases: pl.DataFrame, every: Every) -> pl.DataFrame:
    """The cases with the names of their `period` and `year`, unknown facts as empty names."""
    return cases.with_columns(
        pl.col("kind", "unit", "handler").fill_null(""),
        period=period_name(every),
        year=period_name("year"),
    )


def play(world: World, task: ReplayTask) -> Run:
    """One way to choose, with one seed, through all periods."""
    batches = tuple(_batches(world, task))
    drawn = [case for batch in batches for case in batch.survey.drawn]
    whose = (pl.lit(task.way).alias("way"), pl.lit(task.seed).alias("seed"))
    return Run(
        _by("period", batches, task),
        _by("year", batches, task),
        pl.DataFrame({"case_id": drawn}).select(*whose, "case_id"),
    )


def _batches(world: World, task: ReplayTask) -> Iterator[Batch]:
    model, labels = world.first_model, [world.start]
    for period in world.periods:
        if period.after in world.refits:
            model = world.fitted(labels, period.after)
        cases = _within(world.cases, period.after, period.until)
        if cases.height:
            batch = Batch(cases, _survey(world, task, model, cases, period))
            labels.append(_revealed(batch, task, period))
            yield batch


def _within(cases: pl.DataFrame, after: datetime, until: datetime) -> pl.DataFrame:
    return cases.filter(pl.col("moment").is_between(after, until, closed="right"))


def _survey(
    world: World, task: ReplayTask, model: RiskModel, cases: pl.DataFrame, period: Period
) -> Survey:
    x = cases.join(world.x, on=["case_id", "moment"], maintain_order="left")
    scored = pl.concat([cases, RiskQuestion(model).answer(x)], how="horizontal")
    frame = scored.with_columns(rule=pl.lit(None, pl.String)).select(*FRAME, *MOMENT)
    size, seed = world.reviews_of(cases.height), str(task.seed)
    if task.way == "plan":
        parameters = PlanParameters.of(world.office, as_of=period.until, capacity=size, seed=seed)
        parameters = parameters.model_copy(update={"failed_check_share": None})
        plan = draw_plan(frame, parameters)
        frame, drawn = plan.frame, plan.lines["case_id"].to_list()
    else:
        frame, drawn = _drawn(frame, task.way, size, seed)
    outcomes = cases.filter(pl.col("case_id").is_in(drawn)).select("case_id", defect="y")
    return Survey(frame, drawn, outcomes)


def _drawn(frame: pl.DataFrame, way: Way, size: int, seed: str) -> tuple[pl.DataFrame, list[str]]:
    """The frame with inclusion probabilities (the top 1, the rest alike), and the cases drawn."""
    top = {"all_random": 0, "top_of_the_list": size, "top_plus_random": int(TOP_SHARE * size)}[way]
    ranked = frame.sort("risk", "case_id", descending=[True, False])
    pi = np.ones(ranked.height)
    pi[top:] = (size - top) / max(1, ranked.height - top)
    no_group = np.zeros(ranked.height, np.int64)
    drawn = draw(pi, no_group, no_group[:1], tickets(seed, ranked["case_id"].to_list()))
    with_pi = ranked.with_columns(inclusion_probability=pl.Series(pi))
    return with_pi, ranked.filter(pl.Series(drawn))["case_id"].to_list()


def _revealed(batch: Batch, task: ReplayTask, period: Period) -> pl.DataFrame:
    """The labels of the cases drawn; what those of the top of the list stand for is unknown."""
    pi = pl.lit(None, pl.Float64) if task.way == "top_of_the_list" else "inclusion_probability"
    probabilities = batch.survey.frame.select("case_id", "inclusion_probability")
    seen = batch.cases.filter(pl.col("case_id").is_in(batch.survey.drawn))
    revealed = pl.max_horizontal("known_at", pl.lit(period.until, TIME))
    return _labels(
        seen.join(probabilities, on="case_id"), inclusion_probability=pi, revealed_at=revealed
    )


def _fitted(
    office: Office,
    names: tuple[str, ...],
    x: pl.DataFrame,
    labels: pl.DataFrame,
    known_by: datetime,
) -> RiskModel:
    known = labels.filter(pl.col("revealed_at") <= known_by)
    pi = known["inclusion_probability"]
    labelled = known.with_columns(
        review_weights(pi),
        surveyed=pi.is_not_null(),
        severity=pl.lit(0.0),  # it would come from reviews that were never revealed
    )
    return fit_risk(x, labelled, office, names)


def _labels(cases: pl.DataFrame, **columns: Any) -> pl.DataFrame:
    return cases.select("case_id", "moment", "y", **columns)


def _by(span: str, batches: Sequence[Batch], task: ReplayTask) -> pl.DataFrame:
    """A row of `FIGURES` per period or year."""
    parts = itertools.groupby(batches, lambda batch: str(batch.cases[span][0]))
    return pl.DataFrame([_figures(task, name, list(part)) for name, part in parts], FIGURES)


def _figures(task: ReplayTask, span: str, batches: Sequence[Batch]) -> dict[str, Any]:
    surveys = [batch.survey for batch in batches]
    y = pl.concat([batch.cases["y"] for batch in batches])
    seen = pl.concat([survey.outcomes["defect"] for survey in surveys])
    rate: Figure = wilson(seen) if task.way == "top_of_the_list" else estimate(surveys, by=()).rate
    return {
        "way": task.way,
        "seed": task.seed,
        "span": span,
        "cases": len(y),
        "defects": y.sum(),
        "reviews": len(seen),
        "found": seen.sum(),
        "value": rate.value,
        "low": rate.low,
        "high": rate.high,
    }
