"""The result of a replay over all its seeds, and what each way to choose never looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import partial

import polars as pl

from cases.language.messages import _
from cases.progress import Progress, silent
from cases.tables.cells.moments import Every
from cases.tables.tables import Tables
from evaluation.replay.replay import ReplayTask, Run, World, play, world_of
from features.catalogue import risk_features
from policies.spot_check.plan import WAYS, Way

FEWEST_DEFECTS = 5  # of a group in a year; fewer may be chance
BY_CHANCE: tuple[Way, ...] = ("plan", "all_random", "top_plus_random")

# As `map` does, perhaps in several processes.
Spread = Callable[[Callable[[ReplayTask], Run], Iterable[ReplayTask]], Iterable[Run]]


@dataclass(frozen=True)
class Replay:
    """All runs of a replay.

    `periods` and `years` hold the figures of every run (`replay.FIGURES`) with the
    `truth` and whether the interval `covered` it, null where there is none; `drawn` holds
    `way, seed, case_id` of every case reviewed.
    """

    world: World
    first: date
    last: date
    every: Every
    retrain: Every
    seeds: int
    periods: pl.DataFrame
    years: pl.DataFrame
    drawn: pl.DataFrame

    @property
    def left_out(self) -> int:
        """How many risk features read reviews and were left out."""
        return len(risk_features(self.world.office)) - len(self.world.names)


def replay(
    tables: Tables,
    *,
    first: date,
    last: date,
    every: Every = "month",
    retrain: Every = "year",
    capacity: int | None = None,
    share: float | None = None,
    seeds: int = 1,
    spread: Spread = map,
    progress: Progress = silent,
) -> Replay:
    """Every way to choose through the periods from that of `first` to that of `last`.

    For the arguments and what is raised see `replay.world_of`. The top of the list
    leaves nothing to chance and is played once, the others with each of the seeds 1 to `seeds`.
    """
    world = world_of(
        tables,
        first=first,
        last=last,
        every=every,
        retrain=retrain,
        capacity=capacity,
        share=share,
        progress=progress,
    )
    tasks = [ReplayTask(way, 1) for way in WAYS]
    tasks += [ReplayTask(way, seed) for way in BY_CHANCE for seed in range(2, seeds + 1)]
    runs = []
    for run in spread(partial(play, world), tasks):
        runs.append(run)
        progress(_("replay"), len(runs) / len(tasks))
    return Replay(
        world,
        first,
        last,
        every,
        retrain,
        seeds,
        _with_truth(pl.concat([run.periods for run in runs])),
        _with_truth(pl.concat([run.years for run in runs])),
        pl.concat([run.drawn for run in runs]),
    )


def _with_truth(figures: pl.DataFrame) -> pl.DataFrame:
    truth = pl.col("defects") / pl.col("cases")
    return figures.with_columns(truth=truth, covered=truth.is_between("low", "high"))


def totals(result: Replay) -> pl.DataFrame:
    """One row per way to choose, in the order of `WAYS`, on average over the seeds.

    `way, reviews, found` (defects), what multiple `of_top` and `of_random` that is (null if
    they found none), and of the years' intervals (`intervals` of them over all seeds) the share
    that `covered` the true rate and the mean `width`; null where there is no interval.
    `covered_periods` is the share of the periods' intervals.
    """
    runs = result.years.group_by("way", "seed").agg(pl.col("reviews", "found").sum())
    means = runs.group_by("way").agg(pl.col("reviews", "found").mean())
    years = result.years.group_by("way").agg(
        pl.col("covered").mean(),
        intervals=pl.col("covered").count(),
        width=(pl.col("high") - pl.col("low")).mean(),
    )
    periods = result.periods.group_by("way").agg(covered_periods=pl.col("covered").mean())
    order = pl.DataFrame({"way": WAYS})
    every = order.join(means, on="way").join(years, on="way").join(periods, on="way")
    return every.sort(pl.col("way").cast(pl.Enum(WAYS))).with_columns(
        of_top=_multiple_of("top_of_the_list"), of_random=_multiple_of("all_random")
    )


def _multiple_of(way: Way) -> pl.Expr:
    others = pl.col("found").filter(pl.col("way") == way).first()
    return pl.when(others > 0).then(pl.col("found") / others)


def by_span(figures: pl.DataFrame) -> pl.DataFrame:
    """`figures` (the periods or years of a `Replay`) with one row per `span` and `way`.

    `cases`, `truth`; `reviews`, `found` and `covered` on average over the seeds; `value, low,
    high` of the first seed: what one office would have seen.
    """
    first = pl.col("value", "low", "high", "cases", "truth").sort_by("seed").first()
    mean = pl.col("reviews", "found", "covered").mean()
    spans = figures.group_by("span", "way").agg(first, mean)
    return spans.sort("span", pl.col("way").cast(pl.Enum(WAYS)))


def facts(world: World) -> tuple[str, ...]:
    """By what cases are grouped: the attributes that make cases similar, else the kind."""
    return world.office.risk.similar_by or ("kind",)


def missed(result: Replay, fact: str) -> pl.DataFrame:
    """How blind each way to choose is, by `fact` (an attribute, or `kind`).

    `way, year, missed`: the share of the year's defects in groups of which it reviewed not
    one case all year, on average over the seeds. Sorted by year.
    """
    cases = _with_group(result.world, fact)
    groups = cases.group_by("year", "group").agg(defects=pl.col("y").sum())
    reviewed = result.drawn.join(cases, on="case_id").select("way", "seed", "year", "group")
    return (
        result.drawn.select("way", "seed")
        .unique()
        .join(groups, how="cross")
        .join(reviewed.unique().with_columns(seen=True), on=reviewed.columns, how="left")
        .group_by("way", "year")
        .agg(
            missed=pl.col("defects").filter(pl.col("seen").is_null()).sum()
            / pl.col("defects").sum()
        )
        .sort("year", "way")
    )


def unseen(result: Replay, fact: str) -> pl.DataFrame:
    """The groups, by `fact`, that the top of the list never looked at while they got worse.

    `year, group, cases, defects, rate`, `rate_before` (the year before, which was lower), and
    what the plan `reviewed` and `found` there per seed; the most defects first. Groups of fewer
    than `FEWEST_DEFECTS` defects are left out.
    """
    cases = _with_group(result.world, fact)
    reviewed = result.drawn.join(cases, on="case_id")
    by = ("year", "group")
    groups = cases.group_by(by).agg(cases=pl.len(), defects=pl.col("y").sum())
    groups = groups.with_columns(rate=pl.col("defects") / pl.col("cases"))
    before = groups.select(
        (pl.col("year").cast(pl.Int64) + 1).cast(pl.String), "group", rate_before="rate"
    )
    plan = (
        reviewed.filter(way="plan")
        .group_by(by)
        .agg(reviewed=pl.len() / result.seeds, found=pl.col("y").sum() / result.seeds)
    )
    return (
        groups.join(reviewed.filter(way="top_of_the_list"), on=by, how="anti")
        .join(before, on=by)
        .filter(pl.col("rate") > pl.col("rate_before"), pl.col("defects") >= FEWEST_DEFECTS)
        .join(plan, on=by, how="left")
        .with_columns(pl.col("reviewed", "found").fill_null(0.0))
        .sort("defects", "year", "group", descending=[True, False, False])
    )


def _with_group(world: World, fact: str) -> pl.DataFrame:
    """`case_id, year, y, group` of every case; cases of which the fact is unknown have no group."""
    cases = world.cases
    if fact != "kind":
        of_case = world.x.select("case_id", "moment", group=f"attribute.{fact}")
        cases = cases.join(of_case, on=["case_id", "moment"])
    else:
        cases = cases.with_columns(group="kind")
    return cases.select("case_id", "year", "y", "group").drop_nulls()
