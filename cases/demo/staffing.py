"""Who can take what in the demo office, a week of new cases, and decisions that were overridden."""

from __future__ import annotations

import numpy as np
import polars as pl

from cases.demo.clock import END, LAST_DAY, SATURDAY, in_hours
from cases.demo.draws import Draws, col
from cases.demo.files import AT_INTAKE
from cases.demo.intake import draw_intake
from cases.demo.people import ALL_ROUND

MOST_OPEN = 4  # open cases for each case a month that a handler can bear
ABSENT_SHARE, LONGEST_ABSENCE = 0.06, 20  # in days
SKILLED_SHARE = 0.6
PARTIES = 400  # that may turn up in several cases
RECUSALS = 12
WEEK = 7
NEW_CASES = 120  # of the week after the tables were taken, at 20,000 cases in all
RECORDING_NOISE = 0.1  # of the days worked, as handlers write them down
OVERRIDES = 80  # tracks that somebody changed, at 20,000 cases in all
OVERRIDDEN_DAYS = 365  # before the tables were taken
RIGHT_SHARE = 0.7  # of the tracks that were changed
REASONS = {
    "complex": (
        "the accused contradict each other",
        "more suspects are sought",
        "an expert opinion is disputed",
    ),
    "simple": (
        "all facts are admitted",
        "one of a series that is known",
        "the volumes are mostly copies",
    ),
}


def staffed(rng: np.random.Generator, handlers: pl.DataFrame) -> pl.DataFrame:
    """`handlers` with `most_open`, `skills`, `absent_from` and `absent_until`."""
    draw = Draws(rng, handlers.height)
    number_in_unit = col("handler").cum_count().over("unit")
    skilled = (number_in_unit <= ALL_ROUND) | draw.happens(SKILLED_SHARE)
    absent = (number_in_unit > ALL_ROUND) & draw.happens(ABSENT_SHARE)
    first = pl.lit(END.date()) - pl.duration(days=(5 * draw.share()).floor().cast(pl.Int64))
    lasts = (LONGEST_ABSENCE * draw.share()).ceil().cast(pl.Int64)
    return handlers.with_columns(
        most_open=MOST_OPEN * col("capacity"),
        skills=pl.when(skilled).then(pl.lit("cross_region")),
        absent_from=pl.when(absent).then(first),
        absent_until=pl.when(absent).then(first + pl.duration(days=lasts)),
    )


def draw_recusals(rng: np.random.Generator, handlers: pl.DataFrame) -> pl.DataFrame:
    """Parties whose cases some handlers may not take."""
    chosen = rng.integers(0, handlers.height, RECUSALS)
    party = rng.integers(1, PARTIES + 1, RECUSALS)
    return pl.DataFrame(
        {
            "handler": handlers["handler"].gather(chosen),
            "case_id": pl.Series([None] * RECUSALS, dtype=pl.String),
            "party": [f"X{number:04d}" for number in party],
        }
    )


def draw_week(rng: np.random.Generator, cases: pl.DataFrame) -> pl.DataFrame:
    """The intake facts of the cases that come in during the week after the last of `cases`."""
    count = max(1, round(NEW_CASES * cases.height / 20_000))
    day = np.arange(WEEK)
    day = day[(day + int(LAST_DAY)) % WEEK < SATURDAY]
    opened = np.sort(rng.choice(day, count) + LAST_DAY + rng.random(count))
    week = draw_intake(rng, count).with_columns(
        case=pl.lit(cases.height) + pl.int_range(pl.len()), opened=pl.Series(opened)
    )
    letter = col("kind").str.slice(0, 1).str.to_uppercase()
    week = week.with_columns(
        case_id=letter + "-" + (col("case") + 1).cast(pl.String).str.zfill(6),
        opened_at=pl.Series(in_hours(opened)),
        detained_on=pl.Series(in_hours(np.floor(opened - week["days_held"].to_numpy()))),
        parties=_parties(rng, week["suspects"].to_numpy()),
    )
    return week.select(
        "case_id",
        "opened_at",
        "kind",
        "unit",
        *AT_INTAKE,
        "parties",
    )


def draw_overrides(rng: np.random.Generator, cases: pl.DataFrame) -> pl.DataFrame:
    """Tracks of the last year's cases (with `complex`) that somebody changed, rather well.

    Cases that prove complex and others are equally likely to be among them.
    """
    late = cases.filter(col("opened").is_between(LAST_DAY - OVERRIDDEN_DAYS, LAST_DAY - 1))
    turn = -Draws(rng, late.height).share().log() * pl.len().over("complex")
    count = round(OVERRIDES * cases.height / 20_000)
    chosen = late.sort(turn).head(count).sort("opened", "case_id")
    draw = Draws(rng, chosen.height)
    upwards = col("complex") == draw.happens(RIGHT_SHARE)
    simple, complicated = pl.lit("simple"), pl.lit("complex")
    made = chosen.with_columns(
        suggested=pl.when(upwards).then(simple).otherwise(complicated),
        decided=pl.when(upwards).then(complicated).otherwise(simple),
        moment=col("opened") + draw.share(),
    )
    return made.select(
        "case_id",
        pl.Series("at", in_hours(made["moment"].to_numpy())),
        pl.lit("track").alias("about"),
        "suggested",
        "decided",
        reason=pl.Series([str(rng.choice(REASONS[track])) for track in made["decided"]]),
    )


def recorded_days(rng: np.random.Generator, effort: pl.Series) -> pl.Series:
    """The days worked on each case as its handler writes them down."""
    noise = np.exp(RECORDING_NOISE * rng.standard_normal(effort.len()))
    return pl.Series("worked_days", np.round(effort.to_numpy() * noise, 1)).clip(lower_bound=0.1)


def _parties(rng: np.random.Generator, suspects: np.ndarray) -> pl.Series:
    """Codes of the suspects of each case, separated by `;`."""
    codes = [rng.integers(1, PARTIES + 1, number) for number in suspects]
    cells = [";".join(f"X{party:04d}" for party in parties) for parties in codes]
    return pl.Series(cells, dtype=pl.String)
