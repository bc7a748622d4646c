"""How fast features are built, beside the same in plain vectorised pandas and in DuckDB's SQL.

    triage demo demo
    python benchmarks/batch_features.py demo [--copies 3 6 12 25]

The same 152 features (all of the demo's but those of rare paths, limits, groups of
activities, own checks, attributes and the handler) at the closing of every closed case. The
office is the demo office copied so many times. Each program reads the same Parquet files and works
in a process of its own. At the smallest size all values are compared, to 1e-9. Prints seconds,
processor seconds and peak memory of each, and the ratios to this project's.
"""

# ruff: noqa: S608  SQL is made of the names of the demo office alone

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
from polars.testing import assert_frame_equal

from benchmarks.batch_sql import LASTING, of_events_in_sql
from benchmarks.million_cases import OWN, forget_peak, peak
from cases.numeric import Floats
from cases.office.loading import load_office
from cases.office.model import Office
from cases.tables.reading import read_tables
from cases.tables.tables import Tables
from features.as_of import closing_moments
from features.build import built
from features.families.process import by_slug

TABLES = ("cases", "events", "reviews")
KEYS = {
    "": (),
    "kind": ("kind",),
    "unit": ("unit",),
    "charge": ("charge",),
    "police_bureau": ("police_bureau",),
    "charge_and_police_bureau": ("charge", "police_bureau"),
}
PRIOR = 20.0
DAY = 86_400.0  # seconds
PLAIN = (
    "days_to_first_event",
    "days_since_last_event",
    "longest_gap",
    "events",
    "repeats",
    "actors",
    "handovers",
    "events_last_3_days",
    "events_last_7_days",
    "recorded_late",
    "off_hours_share",
)


def names(office: Office) -> list[str]:
    """The features that all three build."""
    found = [f"process.{name}" for name in PLAIN]
    for slug in by_slug(office.activities):
        found += [f"process.{part}.{slug}" for part in ("count", "days_to", "days_since")]
    found += [f"workload.unit_{name}" for name in ("opened_30", "closed_30", "open")]
    found += ["history.office_defect_rate_365"]
    for key in list(KEYS)[1:]:
        parts = ("defect_rate", "defect_rate_365", "reviews_365", "usual_days")
        found += [f"history.{key}_{part}" for part in parts]
    return found


def _maturity(office: Office) -> float:
    """Days until a grade is final."""
    return office.reviews.maturity_days if office.reviews else 0.0


def ours(folder: Path, office: Office) -> pl.DataFrame:
    """By this project."""
    cases, events, reviews = (pl.read_parquet(folder / f"{name}.parquet") for name in TABLES)
    tables = Tables.of(office, cases, events=events, reviews=reviews)
    moments = closing_moments(tables, after=None, until=datetime.max)
    return pl.concat(built(tables, moments, names(office)))


def by_pandas(folder: Path, office: Office) -> pd.DataFrame:
    """In pandas, as one would write it: groups, shifts, merges by time."""
    cases, events, reviews = (pd.read_parquet(folder / f"{name}.parquet") for name in TABLES)
    asked = cases[cases["closed_at"].notna()].copy()
    asked["moment"] = asked["closed_at"]
    events = events.merge(asked[["case_id", "moment", "opened_at"]], on="case_id")
    events = events[events["recorded_at"] <= events["moment"]]
    events = events.sort_values(["case_id", "at", "sequence"])
    of_events = _pandas_events(events, office, asked.set_index("case_id"))
    totals = _pandas_totals(asked, cases, reviews, office).set_index("case_id")
    return of_events.join(totals).sort_index()


def _lasting(start: pd.Series, end: pd.Series) -> pd.Series:
    """How long from start to end; to a date without a time from date to date."""
    day = end.dt.floor("D")
    dated = end == day + pd.Timedelta(days=1) - pd.Timedelta(microseconds=1)
    return end.where(~dated, day) - start.where(~dated, start.dt.floor("D"))


def _days(span: pd.Series) -> pd.Series:
    return span.dt.total_seconds() / DAY


def _pandas_events(events: pd.DataFrame, office: Office, asked: pd.DataFrame) -> pd.DataFrame:
    groups = events.groupby("case_id", sort=False)
    before = groups[["at", "actor"]].shift(1)
    gap = _days(events["at"] - before["at"])
    at = events["at"]
    hours, week = office.working_hours, at.dt.dayofweek + 1
    dated = at == at.dt.floor("D")
    outside = ~dated & ((at.dt.hour < hours.first_hour) | (at.dt.hour >= hours.last_hour))
    parts = pd.DataFrame(
        {
            "case_id": events["case_id"],
            "handovers": (
                events["actor"].notna()
                & before["actor"].notna()
                & (events["actor"] != before["actor"])
            ).astype(float),
            "last_3": (at > events["moment"] - pd.Timedelta(days=3)).astype(float),
            "last_7": (at > events["moment"] - pd.Timedelta(days=7)).astype(float),
            "late": (events["recorded_at"] >= at + pd.Timedelta(days=1)).astype(float),
            "off": (outside | ~week.isin(hours.days)).astype(float),
        }
    )
    sums = parts.groupby("case_id", sort=False).sum().reindex(asked.index, fill_value=0.0)
    plain = groups.agg(
        first=("at", "min"),
        last=("at", "max"),
        events=("at", "size"),
        activities=("activity", "nunique"),
        actors=("actor", "nunique"),
    ).reindex(asked.index)
    counts = plain[["events", "activities", "actors"]].fillna(0.0).astype(float)
    found = {
        "process.days_to_first_event": _days(plain["first"] - asked["opened_at"]),
        "process.days_since_last_event": _days(_lasting(plain["last"], asked["moment"])),
        "process.longest_gap": gap.groupby(events["case_id"], sort=False).max(),
        "process.events": counts["events"],
        "process.repeats": counts["events"] - counts["activities"],
        "process.actors": counts["actors"],
        "process.handovers": sums["handovers"],
        "process.events_last_3_days": sums["last_3"],
        "process.events_last_7_days": sums["last_7"],
        "process.recorded_late": sums["late"],
        "process.off_hours_share": sums["off"] / counts["events"].where(counts["events"] > 0),
    }
    by_activity = events.groupby(["case_id", "activity"], sort=False)["at"]
    count, first, last = (
        part.unstack("activity").reindex(asked.index)
        for part in (by_activity.size(), by_activity.min(), by_activity.max())
    )
    for slug, code in by_slug(office.activities).items():
        if code not in count:
            never = pd.Series(np.nan, asked.index)
            found[f"process.count.{slug}"] = never.fillna(0.0)
            found[f"process.days_to.{slug}"] = found[f"process.days_since.{slug}"] = never
            continue
        found[f"process.count.{slug}"] = count[code].fillna(0.0)
        found[f"process.days_to.{slug}"] = _days(first[code] - asked["opened_at"])
        found[f"process.days_since.{slug}"] = _days(_lasting(last[code], asked["moment"]))
    return pd.DataFrame(found, index=asked.index)


def _pandas_totals(
    asked: pd.DataFrame, cases: pd.DataFrame, reviews: pd.DataFrame, office: Office
) -> pd.DataFrame:
    asked = asked.sort_values("moment")
    closed = cases[cases["closed_at"].notna()]
    if office.check_kinds:
        words = office.kinds_called("review")
        reviews = reviews[reviews["kind"].isin(words) | reviews["kind"].isna()]
    reviewed = reviews[["case_id", "reviewed_at", "grade"]].merge(closed, on="case_id")
    final = reviewed["reviewed_at"] + pd.Timedelta(days=_maturity(office))
    after = pd.Timedelta(microseconds=1)  # what counts strictly before the moment
    spent = _lasting(closed["opened_at"], closed["closed_at"]).dt.total_seconds()
    sources = {
        "opened": cases.assign(time=cases["opened_at"], sum=1.0),
        "closed": closed.assign(time=closed["closed_at"], sum=1.0),
        "finished": closed.assign(time=closed["closed_at"] + after, sum=np.floor(spent)),
        "reviewed": reviewed.assign(
            time=np.maximum(final, reviewed["closed_at"]) + after,
            sum=reviewed["grade"].isin(office.defect_grades).astype(float),
        ),
    }

    def total(source: str, key: str, window: int | None) -> tuple[Floats, Floats]:
        """How many there were, and their sum, of the key's group within the window."""
        by, marks = list(KEYS[key]), sources[source].sort_values("time")
        running = marks.groupby(by, sort=False)["sum"] if by else marks["sum"]
        marks = marks[[*by, "time"]].assign(
            count=(running.cumcount() + 1 if by else np.arange(1, len(marks) + 1)),
            sum=running.cumsum(),
        )
        found = []
        for days in (0, window):
            if days is None:
                break
            until = asked[[*by]].assign(time=asked["moment"] - pd.Timedelta(days=days))
            merged = pd.merge_asof(until, marks, on="time", by=by or None)
            found.append(merged[["count", "sum"]].fillna(0.0))
        both = found[0] if window is None else found[0] - found[1]
        return both["count"].to_numpy(float), both["sum"].to_numpy(float)

    return pd.DataFrame({"case_id": asked["case_id"].to_numpy(), **_formulas(total)})


def _formulas(total: Callable[..., tuple[Floats, Floats]]) -> dict[str, Floats]:
    """The features over other cases, of a function that gives their count and sum."""
    ever, year = total("reviewed", "", None), total("reviewed", "", 365)
    prior = ever[1] / np.where(ever[0] > 0, ever[0], np.nan)
    found = {
        "workload.unit_opened_30": total("opened", "unit", 30)[0],
        "workload.unit_closed_30": total("closed", "unit", 30)[0],
        "workload.unit_open": total("opened", "unit", None)[0] - total("closed", "unit", None)[0],
        "history.office_defect_rate_365": (year[1] + PRIOR * prior) / (year[0] + PRIOR),
    }
    finished = total("finished", "", 365)
    usual = finished[1] / np.where(finished[0] > 0, finished[0], np.nan)
    for key in list(KEYS)[1:]:
        for name, window in (("", None), ("_365", 365)):
            count, defects = total("reviewed", key, window)
            rate = (defects + PRIOR * prior) / (count + PRIOR)
            found[f"history.{key}_defect_rate{name}"] = rate
        found[f"history.{key}_reviews_365"] = count
        number, seconds = total("finished", key, 365)
        found[f"history.{key}_usual_days"] = (seconds + PRIOR * usual) / (number + PRIOR) / DAY
    return found


def by_duckdb(folder: Path, office: Office) -> pl.DataFrame:
    """In SQL: windows and aggregates; the formulas over totals in NumPy."""
    base = duckdb.connect()
    base.execute(LASTING)
    for name in TABLES:
        base.execute(f"CREATE VIEW {name} AS SELECT * FROM '{folder / name}.parquet'")
    base.execute(
        "CREATE TABLE asked AS SELECT *, closed_at AS moment FROM cases WHERE closed_at NOTNULL"
    )
    of_events = pl.DataFrame(base.sql(of_events_in_sql(office)).to_arrow_table())
    totals = pl.DataFrame(_formulas(_sql_totals(base, office)))
    case_ids = pl.DataFrame(base.sql("SELECT case_id FROM asked ORDER BY 1").to_arrow_table())
    return case_ids.with_columns(totals).join(of_events, on="case_id")


def _sql_totals(
    base: duckdb.DuckDBPyConnection, office: Office
) -> Callable[[str, str, int | None], tuple[Floats, Floats]]:
    bad = ", ".join(f"'{grade}'" for grade in sorted(office.defect_grades))
    words = ", ".join(f"'{word}'" for word in office.kinds_called("review"))
    wait = f"to_microseconds({round(_maturity(office) * DAY * 1e6)})"
    after = "INTERVAL 1 MICROSECOND"  # what counts strictly before the moment
    sources = {
        "opened": "SELECT *, opened_at AS time, 1 AS mark FROM cases",
        "closed": "SELECT *, closed_at AS time, 1 AS mark FROM cases WHERE closed_at NOTNULL",
        "finished": f"SELECT *, closed_at + {after} AS time, "
        "spent(opened_at, closed_at) // 1000000 AS mark FROM cases WHERE closed_at NOTNULL",
        "reviewed": f"SELECT c.*, greatest(reviewed_at + {wait}, closed_at) + {after} AS time, "
        f"(grade IN ({bad}))::INT AS mark FROM reviews r JOIN cases c USING (case_id) "
        f"WHERE closed_at NOTNULL AND (r.kind IN ({words}) OR r.kind IS NULL)",
    }

    def total(source: str, key: str, window: int | None) -> tuple[Floats, Floats]:
        """How many there were, and their sum, of the key's group within the window."""
        by = "".join(f"{name}, " for name in KEYS[key])
        start = (
            "UNBOUNDED" if window is None else f"(INTERVAL {window} DAY - INTERVAL 1 MICROSECOND)"
        )
        found = base.execute(f"""
            SELECT coalesce(n, 0)::DOUBLE AS n, coalesce(s, 0)::DOUBLE AS s FROM (
                SELECT case_id, asking, count(mark) OVER w AS n, sum(mark) OVER w AS s FROM (
                    SELECT NULL AS case_id, {by} time, mark, FALSE AS asking
                    FROM ({sources[source]})
                    UNION ALL SELECT case_id, {by} moment, NULL, TRUE FROM asked
                ) WINDOW w AS ({"PARTITION BY " + by.rstrip(", ") if by else ""} ORDER BY time
                    RANGE BETWEEN {start} PRECEDING AND CURRENT ROW)
            ) WHERE asking ORDER BY case_id
        """).fetchnumpy()
        return found["n"], found["s"]

    return total


PROGRAMS: dict[str, Callable[[Path, Office], pl.DataFrame | pd.DataFrame]] = {
    "this project": ours,
    "pandas": by_pandas,
    "DuckDB": by_duckdb,
}


def measured(program: str, folder: Path, demo: Path, keep: Path | None) -> tuple[float, ...]:
    """Seconds, processor seconds, and peak memory in GiB; the values to `keep`, if given."""
    office = load_office(demo / "office.toml")
    forget_peak()
    wall, busy = time.perf_counter(), time.process_time()
    built_by = PROGRAMS[program](folder, office)
    took = time.perf_counter() - wall, time.process_time() - busy, peak()
    if keep:
        if isinstance(built_by, pd.DataFrame):
            built_by = pl.from_pandas(built_by.reset_index())
        kept = built_by.select("case_id", pl.col(names(office)).fill_nan(None))
        kept.sort("case_id").write_parquet(keep)
    return took


def copied(demo: Path, folder: Path, copies: int) -> int:
    """The demo's checked tables `copies` times over, in Parquet; how many events."""
    tables = read_tables(load_office(demo / "office.toml"), demo)
    for name in TABLES:
        table = tables.rows(name)
        own = pl.col([column for column in OWN if column in table.columns])
        parts = [table.with_columns(own + f"-{copy}" if copy else own) for copy in range(copies)]
        pl.concat(parts).write_parquet(folder / f"{name}.parquet")
    return tables.event_rows.height * copies


def _apart(function: Callable[..., Any], *given: Any) -> Any:
    """What the function gives, in a process of its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(function, *given).result()


def compare(folder: Path, demo: Path, copies: int, *, check: bool) -> None:
    """One size: a line a program, with ratios to this project's."""
    print(f"{_apart(copied, demo, folder, copies):,} events", flush=True)
    first: tuple[float, ...] | None = None
    for number, program in enumerate(PROGRAMS):
        keep = folder / f"values {number}.parquet" if check else None
        took = _apart(measured, program, folder, demo, keep)
        first = first or took
        wall, busy, most = (mine / other for mine, other in zip(took, first, strict=True))
        print(
            f"  {program:<13} {took[0]:7.1f} s ({wall:.1f})  processor {took[1]:7.1f} s "
            f"({busy:.1f})  peak {took[2]:5.2f} GiB ({most:.1f})",
            flush=True,
        )
        if keep and number:
            expected = pl.read_parquet(folder / "values 0.parquet")
            assert_frame_equal(pl.read_parquet(keep), expected, rel_tol=1e-9, abs_tol=1e-9)
            print(f"  {program}: the same values", flush=True)


def main() -> None:
    """Compare at every size, the smallest first."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("demo", type=Path)
    parser.add_argument("--copies", type=int, nargs="+", default=[1, 3, 6, 12, 25])
    chosen = parser.parse_args()
    for copies in sorted(chosen.copies):
        with tempfile.TemporaryDirectory() as folder:
            compare(Path(folder), chosen.demo, copies, check=copies == min(chosen.copies))


if __name__ == "__main__":
    main()
