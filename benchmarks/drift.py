"""How often drift is reported where there is none, and whether it is reported where it was planted.

    python benchmarks/drift.py [--offices 40] [--repeats 500] [--data DIR]

1. Stationary demo offices: no season, growth, campaign, self-checks or new rules. Each is
   trained until June 2025; the four quarters after are compared.
2. Of the first of them, cases in random order: periods of 500 with 60 features, without any
   drift; with one feature moved by half a standard deviation; with half of the defects made good.
3. Halved base rates among 500 outcomes, and among 1,000 looked at one after another; binomial
   numbers, 1,500 outcomes trained on.
4. Police complaints, 2003 to 2008, trained again each January, quarter by quarter.

The first part takes about 20 seconds per office.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from unittest.mock import patch

import numpy as np
import polars as pl

from cases import demo
from cases.demo import intake, model
from cases.demo.clock import LAST_DAY, SATURDAY, START
from cases.demo.reviews import drawn, own_checks
from cases.numeric import Floats
from cases.office.loading import load_office
from cases.tables.reading import read_tables
from cases.tables.tables import Tables
from evaluation.drift.calibration import SCORE, calibration, since_training
from evaluation.drift.drift import (
    INPUT_LEVEL,
    OWN_SCORE,
    RATE_LEVEL,
    Drift,
    drift,
    own_features,
    rate_change,
    scored_cases,
)
from evaluation.drift.shifts import compare
from evaluation.drift.wording import findings
from training.labels import risk_labels
from training.run import train
from training.splits import Period, rolling_origin

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data"
TRAINED_UNTIL = datetime(2025, 6, 30, 23, 59, 59, 999999)
QUARTERS = tuple(rolling_origin(date(2025, 7, 1), date(2026, 6, 1), "quarter"))
CASES, FEATURES = 500, 60
CHANGING = ("self_check", "year_end")  # causes of defects that change with time


def main() -> None:
    """Run the four parts."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--offices", type=int, default=40)
    arguments.add_argument("--repeats", type=int, default=500)
    arguments.add_argument("--data", type=Path, default=DATA, help="the folder of the data sets")
    chosen = arguments.parse_args()
    false_alarms(chosen.offices)
    planted(chosen.repeats)
    halved(chosen.repeats)
    police(chosen.data)


def false_alarms(offices: int) -> None:
    """Alarms of stationary offices, in all and by what raised them."""
    alarms: Counter[str] = Counter()
    for seed in range(offices):
        tables = stationary(seed)
        bundle = train(tables, TRAINED_UNTIL)
        for quarter in QUARTERS:
            found = drift(tables, bundle, quarter, until=tables.latest_record)
            alarms.update(raised(found))
            alarms["any"] += found.any_alarm
        periods = len(QUARTERS) * (seed + 1)
        tested = len(found.shifts["training"])
        raised_by = ", ".join(f"{what} {count}" for what, count in sorted(alarms.items()))
        print(f"{periods} periods, {tested} figures tested: {raised_by}", flush=True)


def stationary(seed: int) -> Tables:
    """A demo office in which nothing changes with time."""
    causes = {name: term for name, term in model.DEFECT.items() if name not in CHANGING}

    def key_reviews() -> pl.Expr:
        ended = pl.col("ending").is_in(drawn.ALWAYS).fill_null(value=False)
        return pl.col("outcome").is_in(drawn.ALWAYS) | ended

    never = (datetime(2000, 1, 1), datetime(2000, 1, 2))
    with (
        patch.object(intake, "_openings", evenly),
        patch.object(demo, "DEFECT", causes),
        patch.object(drawn, "_key_at_closing", key_reviews),
        patch.object(drawn, "CAMPAIGN", never),
        patch.object(own_checks, "SELF_CHECK", START),
        tempfile.TemporaryDirectory() as name,
    ):
        folder = Path(name)
        return read_tables(load_office(demo.make_demo(folder, seed=seed)), folder)


def evenly(random: np.random.Generator, count: int) -> Floats:
    """Sorted opening days, as many on every weekday."""
    day = np.arange(int(LAST_DAY))
    weight = np.where(day % 7 >= SATURDAY, 0.02, 1.0)
    chosen = random.choice(day, count, p=weight / weight.sum())
    return np.sort(chosen + random.random(count))


def raised(found: Drift) -> Iterator[str]:
    """What raised an alarm."""
    for against, shifts in found.alarms.items():
        names = {shift.name for shift in shifts}
        yield from (f"score/{against}" for _ in names & {OWN_SCORE})
        yield from (f"inputs/{against}" for _ in [0] if names - {OWN_SCORE})
    yield from (f"rate/{against}" for against, change in found.rates.items() if change.alarm)
    if found.calibration is not None and found.calibration.alarm:
        yield "calibration"


def planted(repeats: int) -> None:
    """Periods of `CASES` drawn from one stationary office without regard to time."""
    tables = stationary(0)
    bundle = train(tables, TRAINED_UNTIL)
    pool = scored_cases(tables, bundle, Period(datetime(2024, 7, 1), QUARTERS[-1].until))
    labels = risk_labels(tables, tables.latest_record).filter("surveyed")
    names = own_features(tables.office, pool.columns)
    random = np.random.default_rng(0)
    counted: Counter[str] = Counter()
    for _ in range(repeats):
        drawn = pool.with_columns(pool["moment"].shuffle(seed=int(random.integers(2**31))))
        drawn = drawn.sort("moment")
        before, previous, now = drawn[: -2 * CASES], drawn[-2 * CASES : -CASES], drawn[-CASES:]
        chosen = [str(name) for name in random.choice(names, FEATURES, replace=False)]
        for against, level in INPUT_LEVEL.items():
            earlier = before if against == "training" else previous
            shifts = compare(earlier, now, [*chosen, OWN_SCORE])
            counted[f"p alone, {against}"] += any(shift.p <= level for shift in shifts)
            counted[f"alarm, {against}"] += any(shift.alarms(level) for shift in shifts)
        name = str(random.choice(movable(before, chosen)))
        moved = now.with_columns(half_a_deviation(before[name], now[name], random))
        shifts = compare(before, moved, chosen)
        found = {shift.name for shift in shifts if shift.alarms(INPUT_LEVEL["training"])}
        counted["half a deviation found"] += name in found
        counted.update(outcomes(labels, pool, random))
    for what, count in counted.items():
        print(f"{what}: {count / repeats:.3f} of {repeats}")


def movable(x: pl.DataFrame, names: list[str]) -> list[str]:
    """The numbers and flags known of half of the cases that are not nearly always the same."""
    numbers = [name for name in names if x.schema[name] != pl.String]
    counts = {name: x[name].drop_nulls().value_counts(sort=True)["count"] for name in numbers}
    known = [name for name in numbers if counts[name].sum() > x.height / 2]
    return [name for name in known if counts[name][1:].sum() > x.height / 20]


def half_a_deviation(before: pl.Series, now: pl.Series, random: np.random.Generator) -> pl.Series:
    """`now` moved up by half a standard deviation; a flag by making that many more true."""
    half = 0.5 * float(np.nanstd(before.to_numpy()))
    if set(before.drop_nulls().unique()) <= {0.0, 1.0}:
        flips = random.random(len(now)) < half / (1 - float(np.nanmean(now.to_numpy())))
        return pl.Series(now.name, np.where(flips & now.is_not_null().to_numpy(), 1.0, now))
    return now + half


def outcomes(
    labels: pl.DataFrame, pool: pl.DataFrame, random: np.random.Generator
) -> Iterator[str]:
    """What is reported on 500 outcomes, as they are and with half of the defects."""
    trained_on = labels.filter(pl.col("known_at") <= TRAINED_UNTIL)
    later = labels.filter(pl.col("moment") > TRAINED_UNTIL)
    now = later.sample(CASES, with_replacement=True, seed=int(random.integers(2**31)))
    good = pl.Series("y", now["y"].to_numpy() * (random.random(CASES) < 0.5))
    for what, cases in (("unchanged", now), ("halved", now.with_columns(good))):
        rate = rate_change(trained_on, cases, RATE_LEVEL["training"]).alarm
        result = calibration(cases, pool, trained_on)
        off = result is not None and result.alarm
        yield from (f"{what}: {by}" for by, so in {"rate": rate, "calibration": off}.items() if so)
        if rate or off:
            yield f"{what}: either"


def halved(repeats: int) -> None:
    """How often half of the defects are missed, by the base rate there was.

    From 500 outcomes by base rate or calibration, and by calibration alone; from 1,000 looked at
    one after another by the evidence since training.
    """
    random = np.random.default_rng(0)
    for rate in (0.06, 0.08, 0.10, 0.12, 0.15):
        found: Counter[str] = Counter()
        for _ in range(repeats):
            trained_on = flipped(random, 1500, rate)
            level = float(trained_on["y"].to_numpy().mean())
            scored = trained_on.select("case_id", pl.lit(level).alias(SCORE))
            for name, now in (("halved", rate / 2), ("unchanged", rate)):
                cases = flipped(random, 2 * CASES, now)
                result = calibration(cases[:CASES], scored, trained_on)
                off = result is not None and result.alarm
                change = rate_change(trained_on, cases[:CASES], RATE_LEVEL["training"])
                since = since_training(cases, scored, trained_on)
                found[f"{name}, one look"] += off or change.alarm
                found[f"{name}, by level"] += off
                found[f"{name}, every look"] += since is not None and since.alarm
        shares = "; ".join(f"{name} {count / repeats:.3f}" for name, count in found.items())
        print(f"base rate {rate:.2f}: {shares}", flush=True)


def flipped(random: np.random.Generator, count: int, rate: float) -> pl.DataFrame:
    """Labels of that many cases, each a defect with that probability."""
    y = (random.random(count) < rate).astype(int)
    ids = [f"c{case}" for case in range(count)]
    return pl.DataFrame({"case_id": ids, "y": y, "weight": np.ones(count)})


def police(data: Path) -> None:
    """What drift says of each quarter, and with which interval."""
    office = load_office(ROOT / "offices" / "police_complaints.toml")
    with tempfile.TemporaryDirectory() as folder:
        tables = read_tables(office, data, set_aside=Path(folder) / "aside.csv")
    for year in rolling_origin(date(2003, 1, 1), date(2008, 12, 31), "year"):
        bundle = train(tables, year.after)
        first = year.until.date().replace(month=1, day=1)
        for quarter in rolling_origin(first, year.until.date(), "quarter"):
            found = drift(tables, bundle, quarter, until=quarter.until)
            print(f"{quarter.until:%Y-%m}: {', '.join(raised(found)) or 'no alarm'}")
            if found.any_alarm:
                rates = (f for f in findings(found, office) if "base rate" in f.what.say("en"))
                for finding in rates:
                    print(f"  {finding.what.say('en')}")
                print(f"  data filled in otherwise: {found.filled_otherwise}")


if __name__ == "__main__":
    main()
