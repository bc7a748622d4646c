"""The declared process against breaches of known truth, and against pm4py as an oracle.

    .venv/bin/python -m benchmarks.process_oracle [--cases 4000] [--seeds 5] [--fines]

Prints, of cases in which twelve breaches of every kind are planted, how many of them are found and
how many others (recall and false alarms by rule, all seeds together); how long it takes to judge
open cases; and, if pm4py can be imported, on these and on scrambled cases, in which most rules
are broken, in how many cases the two programs differ. Ends with an error if anything is missed,
falsely found, or judged otherwise. `--fines` reads the Italian road traffic fines instead, and
prints how many were sent too late under the law of their day, beside a plain count.

pm4py is under the AGPL and therefore no dependency of this project. Install it apart, without what
it depends on (the environment has nearly all of that), and name the folder:

    pip install --no-deps --target apart pm4py networkx
    PYTHONPATH=apart .venv/bin/python -m benchmarks.process_oracle

How pm4py is asked: DECLARE conformance (precedence, alternate precedence, existence, not
co-existence), LTL filters (eventually follows, with and without a bound of time; four eyes),
filters of rework and of attribute values. Two of its answers are for special cases only, and are
compared where they hold: its four eyes looks at the last of the second activity, and its bound of
time at any pair. Its batches of one resource merge entries that lie apart (2.7.23), so what is
entered in bulk is compared with a count written out plainly.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import Any

import narwhals as nw
import pandas as pd
import polars as pl

from cases.office.loading import load_office
from cases.tables.reading import read_tables
from cases.tables.tables import Tables
from features.as_of import cut
from policies.process.breaches import breaches, breaches_of
from tests.factories.real_data import DATA
from tests.policies.process.planted import AS_OF, NEW_LAW, planted, scrambled_case, tables_of

OFFICES = Path(__file__).parents[1] / "offices"
NEW_TERM = date(2010, 8, 13)  # of Law 120/2010
FOUND = set[str]
TODAY = pd.Timestamp(AS_OF, tz="UTC").floor("D")
NIGHT, MORNING, SATURDAY, SIX = 18, 8, 5, 6


def found_here(tables: Tables, as_of: datetime = AS_OF) -> Mapping[str, FOUND]:
    """The cases that break each rule, open and closed."""
    asked = tables.case_rows.select("case_id", moment=pl.lit(as_of, pl.Datetime("us")))
    found: dict[str, FOUND] = {rule.code: set() for rule in tables.office.process}
    for breach in breaches_of(tables, cut(tables, nw.from_native(asked.lazy()))):
        found[breach.rule].add(breach.case_id)
    return found


class Oracle:
    """The same rules, asked of pm4py."""

    def __init__(self, tables: Tables) -> None:
        self._pm4py = import_module("pm4py")
        self._cases = tables.case_rows
        events = tables.event_rows.filter(pl.col("recorded_at") <= AS_OF)
        self._log = self._as_log(events.join(self._cases, on="case_id"))

    def found(self) -> Iterator[tuple[str, FOUND, FOUND]]:
        """Each rule, the cases that break it, and those of which pm4py can say it."""
        every = set(self._cases["case_id"])
        for rule, ask in ORACLES.items():
            broken, of = ask(self)
            yield rule, broken, every if of is None else of

    @staticmethod
    def _as_log(events: pl.DataFrame) -> Any:
        """Events as a data frame of pm4py: in order of time within a case."""
        named = {"case_id": "case:concept:name", "activity": "concept:name", "at": "time:timestamp"}
        frame = events.sort("case_id", "at").rename(named | {"actor": "org:resource"}).to_pandas()
        frame["time:timestamp"] = frame["time:timestamp"].dt.tz_localize("UTC")
        return frame

    def _only(self, test: pl.Expr) -> Any:
        """The log of some cases."""
        kept = self._cases.filter(test)["case_id"].to_list()
        return self._log[self._log["case:concept:name"].isin(kept)]

    def _ids(self, log: Any) -> FOUND:
        return set(log["case:concept:name"])

    def declare(self, template: str, *names: str, log: Any = None) -> tuple[FOUND, None]:
        """The cases that deviate from one constraint of DECLARE."""
        log = self._log if log is None else log
        key = names if len(names) > 1 else names[0]
        model = {template: {key: {"support": 1, "confidence": 1}}}
        answers = self._pm4py.conformance_declare(log, model)
        ids = log["case:concept:name"].drop_duplicates().sort_values()
        order = sorted(ids)
        return {c for c, one in zip(order, answers, strict=True) if one["deviations"]}, None

    def filed(self) -> tuple[FOUND, None]:
        """Existence, of closed cases, in what came before the closing."""
        log = self._only(pl.col("closed_at").is_not_null())
        closed = log["closed_at"].dt.tz_localize("UTC")
        return self.declare("existence", "filed", log=log[log["time:timestamp"] <= closed])

    def follows(self, first: str, then: str, *, days: int | None = None, log: Any = None) -> FOUND:
        """The cases in which the one comes after the other, at most so many days later."""
        ltl_checker = import_module("pm4py.algo.filtering.pandas.ltl.ltl_checker")
        log = self._log if log is None else log
        parameters: dict[Any, Any] = {}
        if days is not None:
            keys = ltl_checker.Parameters
            bounds = [[0, timedelta(days=days).total_seconds()]]
            parameters = {keys.ENABLE_TIMESTAMP: True, keys.TIMESTAMP_DIFF_BOUNDARIES: bounds}
        return self._ids(ltl_checker.eventually_follows(log, [first, then], parameters=parameters))

    def late(self, first: str, then: str, days: int, log: Any) -> tuple[FOUND, FOUND]:
        """Those in which `then` does not come within days of `first`, by dates, and those asked.

        These have one `first`, and its days are over.
        """
        starts = log[log["concept:name"] == first].groupby("case:concept:name")["time:timestamp"]
        is_over = starts.max().dt.floor("D") + timedelta(days=days + 1) <= TODAY
        once = set(starts.size()[(starts.size() == 1) & is_over].index)
        dated = log.assign(**{"time:timestamp": log["time:timestamp"].dt.floor("D")})
        return once - self.follows(first, then, days=days, log=dated), once

    def served_soon(self) -> tuple[FOUND, FOUND]:
        """A bounded response."""
        return self.late("decided", "served", 10, self._log)

    def decided_in_time(self) -> tuple[FOUND, FOUND]:
        """The opening as an event before all others."""
        first = self._log.groupby("case:concept:name", as_index=False).first()
        first = first.assign(
            **{"concept:name": "opened", "time:timestamp": first["opened_at"].dt.tz_localize("UTC")}
        )
        order = ["case:concept:name", "time:timestamp"]
        log = pd.concat([first, self._log]).sort_values(order, kind="stable", ignore_index=True)
        return self.late("opened", "decided", 60, log)

    def two_returns(self) -> tuple[FOUND, None]:
        """Rework."""
        return self._ids(self._pm4py.filter_activities_rework(self._log, "returned", 3)), None

    def by_chief(self) -> tuple[FOUND, None]:
        """Events of other resources."""
        signed = self._log[self._log["concept:name"] == "signed"]
        chiefs = [one for one in signed["org:resource"].unique() if one.startswith("chief_")]
        others = self._pm4py.filter_event_attribute_values(
            signed, "org:resource", chiefs, level="event", retain=False
        )
        return self._ids(others), None

    def two_people(self) -> tuple[FOUND, FOUND]:
        """Four eyes, where one signature alone is looked at."""
        kept = self._pm4py.filter_four_eyes_principle(
            self._log, "drafted", "signed", keep_violations=True
        )
        signed = self._log[self._log["concept:name"] == "signed"]
        signers = signed.groupby("case:concept:name")["org:resource"].nunique()
        return self._ids(kept), set(signers[signers == 1].index)

    def entered_soon(self) -> tuple[FOUND, None]:
        """A numeric attribute of events."""
        attributes_filter = import_module(
            "pm4py.algo.filtering.pandas.attributes.attributes_filter"
        )
        days = self._log["recorded_at"].dt.floor("D") - self._log["time:timestamp"].dt.tz_localize(
            None
        ).dt.floor("D")
        log = self._log.assign(days=days.dt.days.astype(float))
        keys = attributes_filter.Parameters
        late = attributes_filter.apply_numeric_events(
            log, 3.5, 1e9, parameters={keys.ATTRIBUTE_KEY: "days"}
        )
        return self._ids(late), None

    def by_night(self) -> tuple[FOUND, None]:
        """Not pm4py: each entry outside hours, and its actor's in half an hour from it on."""
        entered = self._log["recorded_at"]
        outside = (entered.dt.hour < MORNING) | (entered.dt.hour >= NIGHT)
        log = self._log[outside | (entered.dt.weekday >= SATURDAY)]
        found: FOUND = set()
        for _actor, entries in log.sort_values("recorded_at").groupby("org:resource"):
            times, ids = entries["recorded_at"].to_list(), entries["case:concept:name"].to_list()
            for place, at in enumerate(times):
                end = bisect_right(times, at + timedelta(minutes=30))
                found |= set(ids[place:end]) if end - place >= SIX else set()
        return found, None

    def witness(self) -> tuple[FOUND, None]:
        """Precedence, in the cases that the new law is about."""
        decided = self._log[self._log["concept:name"] == "decided"]
        first = decided.groupby("case:concept:name")["time:timestamp"].min().dt.tz_localize(None)
        since = first[first >= NEW_LAW].index.to_list()
        log = self._only((pl.col("kind") == "assault") & (pl.col("suspects") >= 2))
        log = log[log["case:concept:name"].isin(since)]
        return self.declare("precedence", "witness_heard", "decided", log=log)


ORACLES: Mapping[str, Callable[[Oracle], tuple[FOUND, FOUND | None]]] = {
    "told_first": lambda one: one.declare("precedence", "rights_told", "interrogated"),
    "filed": Oracle.filed,
    "draft_signed": lambda one: one.declare("altprecedence", "drafted", "signed"),
    "served_soon": Oracle.served_soon,
    "decided_in_time": Oracle.decided_in_time,
    "nothing_after": lambda one: (one.follows("decided", "interrogated"), None),
    "one_outcome": lambda one: one.declare("noncoexistence", "charged", "dropped"),
    "two_returns": Oracle.two_returns,
    "by_chief": Oracle.by_chief,
    "two_people": Oracle.two_people,
    "entered_soon": Oracle.entered_soon,
    "by_night": Oracle.by_night,
    "witness": Oracle.witness,
}


def against_truth(cases: int, seeds: int) -> bool:
    """Print recall and false alarms by rule; whether all is found and nothing else."""
    planted_of, hit, false = Counter[str](), Counter[str](), Counter[str]()
    for seed in range(seeds):
        made = planted(cases, seed=seed)
        found = {
            (case_id, rule) for rule, ids in found_here(made.tables).items() for case_id in ids
        }
        planted_of.update(rule for _case, rule in made.truth)
        hit.update(rule for _case, rule in made.truth & found)
        false.update(rule for _case, rule in found - made.truth)
    print(f"{'rule':16} planted   found   false   ({seeds} x {cases} cases)")
    for rule in planted_of:
        print(f"{rule:16} {planted_of[rule]:7} {hit[rule]:7} {false[rule]:7}")
    return hit == planted_of and not false


def against_oracle(cases: int, seeds: int) -> bool:
    """Print in how many cases the oracle differs; whether in none."""
    if find_spec("pm4py") is None:
        print("pm4py cannot be imported: not compared (see the docstring).")
        return True
    compared, broken, differ = Counter[str](), Counter[str](), Counter[str]()
    for seed in range(seeds):
        random = Random(seed)  # noqa: S311  no secret
        wild = tables_of([scrambled_case(number, random) for number in range(cases)], random)
        for tables in (planted(cases, seed=seed).tables, wild):
            here = found_here(tables)
            for rule, theirs, of in Oracle(tables).found():
                compared[rule] += len(of)
                broken[rule] += len(theirs & of)
                differ[rule] += len((here[rule] ^ theirs) & of)
    print(f"\n{'rule':16} compared  broken  differ  (pm4py, planted and scrambled cases)")
    for rule in compared:
        print(f"{rule:16} {compared[rule]:8} {broken[rule]:7} {differ[rule]:7}")
    return not differ.total()


def speed(cases: int) -> None:
    """Print how long open cases take, all of them at one moment."""
    made = planted(cases)
    still = made.tables.case_rows.with_columns(closed_at=pl.lit(None, pl.Datetime("us")))
    tables = made.tables.with_rows(cases=still)
    best = (float("inf"), float("inf"))
    for _time in range(3):
        started, worked = time.perf_counter(), time.process_time()
        found = breaches(tables, AS_OF)
        best = min(best, (time.perf_counter() - started, time.process_time() - worked))
    events, rules = tables.event_rows.height, len(tables.office.process)
    print(
        f"\n{cases:,} open cases with {events:,} events under {rules} rules: {len(found):,} "
        f"breaches in {best[0]:.2f} s ({best[1]:.2f} s of the processor)"
    )


def fines() -> bool:
    """Print how many real fines were sent too late; whether a plain count says the same."""
    tables = read_tables(load_office(OFFICES / "road_traffic_fines_running.toml"), DATA)
    started = time.process_time()
    found = found_here(tables, tables.latest_record)
    print(f"{tables.case_rows.height:,} fines judged in {time.process_time() - started:.1f} s")
    sent = tables.event_rows.filter(pl.col("activity") == "Send Fine").join(
        tables.case_rows.select("case_id", "opened_at"), on="case_id"
    )
    opened = pl.col("opened_at").dt.date()
    days = (pl.col("at").dt.date() - opened).dt.total_days()
    is_new = opened >= NEW_TERM
    plain = {
        "sent_in_time_old": sent.filter(~is_new, days > 150),
        "sent_in_time": sent.filter(is_new, days > 90),
    }
    for rule, ids in found.items():
        beside = f"   plain count {plain[rule].height}" if rule in plain else ""
        print(f"{rule:24} {len(ids):6}{beside}")
    return all(set(late["case_id"]) == found[rule] for rule, late in plain.items())


def main() -> int:
    """Run all of it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=4_000)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--speed", type=int, default=10_000)
    parser.add_argument("--fines", action="store_true")
    arguments = parser.parse_args()
    if arguments.fines:
        return 0 if fines() else 1
    warnings.simplefilter("ignore")  # of pm4py
    all_found = against_truth(arguments.cases, arguments.seeds)
    agree = against_oracle(arguments.cases, arguments.seeds)
    speed(arguments.speed)
    return 0 if all_found and agree else 1


if __name__ == "__main__":
    sys.exit(main())
