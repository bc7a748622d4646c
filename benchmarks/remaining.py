"""Remaining time of running cases, beside what else there is, on five public event logs.

    python benchmarks/remaining.py [LOG ...] [--data DIR] [--apart DIR] [--cases 12000]

The last fifth of the cases by their start is tried, five times each at random moments of its run
and once in every tenth of it, by models that knew what was known when the first of them began:
cases running then count for as far as they had come. Cases that had no end when the log was taken
count by product-limit shares. Of road_traffic_fines_running, `--cases` cases are drawn at random.

Beside it, learnt from the finished cases at the same moments: the median of all, the mean by the
last activity, and LightGBM as it comes on aggregated prefixes (counts by activity, last activity,
times, facts of the case), for squares and for absolute errors. If skpm is installed apart
(`pip install --target DIR skpm`, then `--apart DIR`): its mean by activity and the pipeline of its
first page, whose answers at the last event are lessened by the days since.

Prints mean absolute errors in days, those of each tenth over that of the median, coverage of the
80 % interval with its width, and by quarter with the p-value that it is 80 %, clustered by case;
and coverage of all cases that run on a day, by ten days. (1 to 3 minutes a log on one core.)
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import lightgbm as lgb
import narwhals as nw
import numpy as np
import polars as pl
from scipy.stats import norm
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.pipeline import Pipeline

from cases.numeric import Floats
from cases.office.loading import load_office
from cases.tables.reading import read_tables
from cases.tables.tables import Tables, moments_of, rows
from features.as_of import open_moments
from features.build import build
from features.catalogue import running_features
from features.feature import days, lasting
from models.estimators.duration import FROM_THE_BEGINNING, Spells
from models.estimators.forecast import COVERAGE, MIDDLE
from models.matrix import Columns
from models.questions.remaining import RemainingModel
from training.labels import effort_labels, remaining_labels
from training.running.remaining import fit_remaining

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data"
LOGS = (
    "bpic2020_requests",
    "bpic2020_prepaid",
    "bpic2020_permits",
    "permit_receipt",
    "road_traffic_fines_running",
)
MOMENTS, DAYS, TENTHS = 5, 10, 10
LAST = "last_activity"
Predicted = dict[str, Floats]


@dataclass(frozen=True)
class Trial:
    """Moments of cases that are tried, with features, what remained, and how often each counts.

    `x` has `case_id, moment, lasted` (days to the closing, or to the end of the log) and `ended`;
    `share`, shape (rows,), sums to 1 and is 0 where no end was seen.
    """

    x: pl.DataFrame
    share: Floats

    @classmethod
    def of(cls, x: pl.DataFrame) -> Trial:
        """Every case counting once."""
        often = x.select(1 / pl.len().over("case_id")).to_series().to_numpy()
        last, ended = x["lasted"].to_numpy(), x["ended"].to_numpy()
        share = Spells(np.full(len(last), FROM_THE_BEGINNING), last, ended, often).shares()
        return cls(x, share / share.sum())

    def off(self, predicted: Floats) -> float:
        """The mean absolute error in days."""
        return float(self.share @ np.abs(self.x["lasted"].to_numpy() - predicted))


def main() -> None:
    """Read, fit, try, print."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("logs", nargs="*", default=LOGS, help=", ".join(LOGS))
    arguments.add_argument("--data", type=Path, default=DATA, help="the folder of the data sets")
    arguments.add_argument("--apart", help="the folder that skpm was installed into")
    arguments.add_argument("--cases", type=int, default=12_000, help="of the largest log")
    chosen = arguments.parse_args()
    if chosen.apart:
        sys.path.append(chosen.apart)
    for log in chosen.logs:
        tables = read_tables(load_office(ROOT / "offices" / f"{log}.toml"), chosen.data)
        report(log, drawn(tables, chosen.cases))


def drawn(tables: Tables, most: int) -> Tables:
    """The tables, of at most so many cases drawn at random; twice as many are left as they are."""
    cases = tables.case_rows
    if cases.height <= 2 * most:
        return tables
    cases = cases.sample(most, seed=2026)
    events = tables.event_rows.join(cases.select("case_id"), on="case_id", how="semi")
    return Tables.of(tables.office, cases=cases, events=events)


def report(log: str, tables: Tables) -> None:
    """Print all figures of a log."""
    cases = effort_labels(tables, tables.latest_record)
    cut = cases["moment"].sort()[int(0.8 * cases.height)]
    labels = remaining_labels(tables, cut)
    known = with_features(tables, labels)
    model = fit_remaining(known.drop(labels.columns[2:]), labels, tables.office, cut)
    later = cases.filter(pl.col("moment") > cut)
    random = np.random.default_rng(2026)
    at_random = trial(tables, later, random.random((later.height, MOMENTS)))
    ended = later.drop_nulls("known_at")
    tenths = trial(tables, ended, np.tile((np.arange(TENTHS) + 0.5) / TENTHS, (ended.height, 1)))
    print(
        f"\n{log}: {cases.height:,} cases, {later.height:,} of them from {cut:%Y-%m-%d} on, "
        f"{later.height - ended.height:,} without an end; {known.height:,} landmarks, "
        f"{(labels['known_at'].is_null()).sum():,} of cases running then"
    )
    finished = known.filter(pl.col("known_at").is_not_null())
    print_errors(
        predictions(model, tables, cut, finished, [at_random.x, tenths.x]), at_random, tenths
    )
    print_coverage(model, at_random)
    print_days(model, tables, cut)


def with_features(tables: Tables, labels: pl.DataFrame) -> pl.DataFrame:
    """The labels (`case_id`, `moment` ...) with features and the last activity, in their order."""
    at = labels.select("case_id", "moment").unique()
    x = rows(build(tables, moments_of(at), running_features(tables.office)))
    events = tables.event_rows.sort("recorded_at", "sequence").select(
        "case_id", "recorded_at", pl.col("activity").alias(LAST)
    )
    last = at.sort("moment").join_asof(
        events, left_on="moment", right_on="recorded_at", by="case_id", check_sortedness=False
    )
    for part in (x, last.drop("recorded_at")):
        labels = labels.join(part, on=["case_id", "moment"], how="left", maintain_order="left")
    return labels


def trial(tables: Tables, cases: pl.DataFrame, part: Floats) -> Trial:
    """Each case of `effort_labels` at these parts of its run, shape (cases, moments)."""
    end = tables.latest_record
    closing = pl.coalesce("known_at", pl.lit(end))
    ran = cases.select((closing - pl.col("moment")).dt.total_microseconds()).to_series().to_numpy()
    numbers = np.repeat(np.arange(cases.height), part.shape[1])
    since = pl.Series((ran[:, None] * part).ravel().astype(np.int64)).cast(pl.Duration("us"))
    at = cases[numbers].with_columns(pl.col("moment") + since)
    frame = nw.from_native(at.with_columns(closing=closing))
    left = days(lasting(nw.col("moment"), nw.col("closing")))
    found = frame.with_columns(lasted=left, ended=~nw.col("known_at").is_null()).to_native()
    return Trial.of(with_features(tables, found.select("case_id", "moment", "lasted", "ended")))


def predictions(
    model: RemainingModel,
    tables: Tables,
    cut: datetime,
    finished: pl.DataFrame,
    tried: list[pl.DataFrame],
) -> dict[str, list[Floats]]:
    """The days that each way says remain, per frame of moments."""
    median = float(np.median(finished["lasted"].to_numpy()))
    found = {
        "median of all": [np.full(x.height, median) for x in tried],
        "this": [model.curves(x).quantile(MIDDLE) for x in tried],
    }
    means = finished.group_by(LAST).agg(mean=pl.col("lasted").mean())
    overall = finished["lasted"].mean()
    found["mean by activity"] = [
        x.join(means, on=LAST, how="left", maintain_order="left")["mean"]
        .fill_null(overall)
        .to_numpy()
        for x in tried
    ]
    names = [LAST, *(name for name in running_features(tables.office) if _of_prefix(name))]
    columns = Columns.learn(finished, names)
    for objective in ("l2", "l1"):
        data = lgb.Dataset(
            columns.matrix(finished),
            finished["lasted"].to_numpy(),
            categorical_feature=columns.codes,
        )
        settings = {"objective": objective, "verbosity": -1, "num_threads": 1, "seed": 2026}
        trees = lgb.train(settings, data)
        found[f"LightGBM, {objective}"] = [
            np.asarray(trees.predict(columns.matrix(x))) for x in tried
        ]
    return found | of_skpm(tables, cut, tried)


def _of_prefix(name: str) -> bool:
    times = ("process.days_open", "process.days_since_last_event", "process.events")
    return name.startswith(("attribute.", "process.count.")) or name in times


def of_skpm(tables: Tables, cut: datetime, tried: list[pl.DataFrame]) -> dict[str, list[Floats]]:
    """What skpm's baselines say, if it is installed."""
    try:
        skpm = import_module("skpm.baselines")
    except ImportError as error:
        print(f"\nwithout skpm: {error}")
        return {}
    features, encoding = (
        import_module(f"skpm.{part}") for part in ("feature_extraction", "sequence_encoding")
    )
    remaining_time = import_module("skpm.feature_extraction.targets").remaining_time
    last = tables.case_rows.filter(pl.col("closed_at") <= cut).select("case_id")
    known = _flat(tables.event_rows.join(last, on="case_id", how="semi"))
    of_those = pl.concat([x.select("case_id") for x in tried]).unique()
    later = _flat(tables.event_rows.join(of_those, on="case_id", how="semi"))
    pipeline = Pipeline(
        [
            ("features", features.TimestampExtractor(time_unit="d")),
            ("prefix", encoding.Aggregation(method="mean")),
            ("model", HistGradientBoostingRegressor(random_state=2026)),
        ]
    )
    ways: dict[str, Any] = {
        "skpm, mean by activity": skpm.ActivityMeanRegressor(),
        "skpm": pipeline,
    }
    found = {}
    for name, way in ways.items():
        way.fit(known, remaining_time(known, time_unit="d"))
        index = remaining_time(later, time_unit="d").index
        times = index.get_level_values("timestamp")
        said = pl.DataFrame(
            {
                "case_id": list(index.get_level_values("case_id")),
                "said_at": [at.to_pydatetime().replace(tzinfo=None) for at in times],
                "said": np.asarray(way.predict(later)),
            },
            schema_overrides={"said_at": pl.Datetime("us")},
        )
        found[name] = [_since(said, x) for x in tried]
    return found


def _flat(events: pl.DataFrame) -> Any:
    named = {"case_id": "case:concept:name", "at": "time:timestamp", "activity": "concept:name"}
    ordered = events.sort("case_id", "at", "sequence")
    flat = ordered.select(*named).rename(named).to_pandas()
    flat["org:resource"] = ordered["actor"].fill_null("nobody").to_list()
    return flat


def _since(said: pl.DataFrame, x: pl.DataFrame) -> Floats:
    """What was said at the last event before each moment, less the days since; not below 0."""
    asked = x.select("case_id", "moment").with_row_index("row").sort("moment")
    found = asked.join_asof(
        said.sort("said_at"),
        left_on="moment",
        right_on="said_at",
        by="case_id",
        check_sortedness=False,
    ).sort("row")
    since = (found["moment"] - found["said_at"]).dt.total_microseconds() / 86_400_000_000
    mean = said["said"].mean()
    return (found["said"] - since).fill_null(mean).clip(0).to_numpy()


def print_errors(found: dict[str, list[Floats]], at_random: Trial, tenths: Trial) -> None:
    """The errors of every way."""
    number = np.tile(np.arange(TENTHS), len(tenths.share) // TENTHS)
    print(f"{'days off':24} at random  in tenths  each tenth over the median of all")
    against = np.abs(tenths.x["lasted"].to_numpy() - found["median of all"][1])
    for name, (one, other) in found.items():
        off = np.abs(tenths.x["lasted"].to_numpy() - other)
        each = [off[number == k].mean() / against[number == k].mean() for k in range(TENTHS)]
        shown = " ".join(f"{ratio:.2f}" for ratio in each)
        print(f"{name:24} {at_random.off(one):9.2f}  {off.mean():9.2f}  {shown}")


def print_coverage(model: RemainingModel, tried: Trial) -> None:
    """The coverage of the interval, of all and by quarter."""
    curves = model.curves(tried.x)
    low, high = model.between(curves)
    lasted = tried.x["lasted"].to_numpy()
    x = tried.x.select(
        "case_id",
        quarter=pl.col("moment").dt.truncate("1q"),
        covered=pl.Series((lasted >= low) & (lasted <= high)),
        share=pl.Series(tried.share),
    )
    share, p = coverage(x)
    width = float(np.median(high - low))
    print(f"80 % interval: {share:.1%} (p {p:.3f}), median width {width:.1f} days")
    below, above = tried.share @ (lasted < low), tried.share @ (lasted > high)
    print(f"  shorter than it {below:.1%}, longer {above:.1%}")
    for (quarter,), part in x.sort("quarter").group_by("quarter", maintain_order=True):
        share, p = coverage(part)
        print(f"  {quarter:%Y-%m}: {share:.1%} of {part['case_id'].n_unique():,} cases (p {p:.3f})")


def coverage(x: pl.DataFrame) -> tuple[float, float]:
    """The share covered, and the p-value that it is `COVERAGE`, by cases as clusters."""
    cases = x.group_by("case_id").agg(
        weight=pl.col("share").sum(), off=(pl.col("share") * (pl.col("covered") - COVERAGE)).sum()
    )
    weight, lost = cases["weight"].to_numpy(), cases["off"].to_numpy()
    total = float(weight.sum())
    share = COVERAGE + float(lost.sum()) / total
    off = lost - weight * (share - COVERAGE)
    deviation = float((off**2).sum()) ** 0.5 / total
    return share, float(2 * norm.sf(abs(share - COVERAGE) / max(deviation, 1e-12)))


def print_days(model: RemainingModel, tables: Tables, cut: datetime) -> None:
    """The coverage of all cases that run on a day."""
    closed = tables.case_rows.select("case_id", "closed_at")
    shown = []
    for day in days_between(cut, tables.latest_record):
        running = rows(open_moments(tables, day)).join(closed, on="case_id")
        if running.is_empty():
            continue
        frame = nw.from_native(running)
        left = days(lasting(nw.col("moment"), nw.col("closed_at")))
        asked = frame.with_columns(lasted=left).to_native().drop_nulls("lasted")
        x = with_features(tables, asked.select("case_id", "moment", "lasted"))
        low, high = model.between(model.curves(x))
        lasted = x["lasted"].to_numpy()
        shown.append((x.height, float(((lasted >= low) & (lasted <= high)).mean())))
    total = sum(count for count, _share in shown)
    mean = sum(count * share for count, share in shown) / max(total, 1)
    print(f"  of all cases that run on a day ({len(shown)} days, {total:,} cases): {mean:.1%}")


def days_between(first: datetime, last: datetime) -> Iterator[datetime]:
    """So many days, evenly spread over the first half of the time: later, few are seen to end."""
    step = (last - first) / 2 / DAYS
    for number in range(1, DAYS + 1):
        yield first + number * step


if __name__ == "__main__":
    main()
