"""What the leak finder says of planted leaks, of offices without one, and of the shipped offices.

    python benchmarks/leak_finder.py [eu_state_aid] [police_complaints] [special] [parts]
                                     [prepaid_travel] [demo] [demo_planted] [shipped]

eu_state_aid       what its office file leaves out on purpose is put back as known at intake:
                   `contradictory_aid`, `procedure_types`, `letter` (of the case's number) and
                   `notified_aid`.
police_complaints  three columns are planted: the outcome with 10 % noise, the days since the
                   closing, and a code filled in after the review; then weaker forms of them.
special            ten special values (UNKNOWN, blank, 0, 9999, 1970-01-01) that stand for the
                   outcome, planted one at a time in three offices, from plain to hardly visible.
parts              police complaints with five counts, each above zero in a sixth of the defects.
prepaid_travel     a real log (BPI Challenge 2020) in the set-up with reviews: each request for
                   payment is reviewed once closed, and rejected or not.
demo               50 demo offices of 800 to 6,000 cases, which have no leak.
demo_planted       the three columns planted in twelve of them.
shipped            the office files of `offices/` on their data, as they are.

All of it takes four minutes on an idle core.
"""

from __future__ import annotations

import argparse
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import numpy as np
import polars as pl

from cases.demo import make_demo
from cases.language.texts import Text
from cases.office.loading import load_office, parse_office
from cases.office.model import Attribute, Office
from cases.tables.reading import read_tables
from cases.tables.tables import Tables
from evaluation.leaks.finder import as_lines, find_leaks
from evaluation.leaks.findings import Finding
from evaluation.leaks.scope import not_looked_at
from training.labels import complexity_labels, risk_labels

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data"
LEFT_OUT = """preliminary_investigation AS examined,
       contradictory_aid, procedure_types, notified_aid, SUBSTR(case_id, 1, 1) AS letter
FROM cases
ORDER"""
THREE = ("outcome_10", "days_since_closing", "review_code")
OFFICES, PLANTED_OFFICES = 50, 12
SIZES = (800, 1_500, 3_000, 6_000)


def eu_state_aid(data: Path) -> None:
    """The columns that the office file leaves out because they know the answer."""
    raw = tomllib.loads((ROOT / "offices/eu_state_aid.toml").read_text("utf-8"))
    sql = raw["tables"]["cases"]["sql"]
    kept = "preliminary_investigation AS examined\nFROM cases\nORDER"
    assert kept in sql
    raw["tables"]["cases"]["sql"] = sql.replace(kept, LEFT_OUT)
    for name in ("contradictory_aid", "notified_aid"):
        raw["attributes"][name] = {"type": "flag", "known": "intake", "meaning": {"en": name}}
    for name in ("procedure_types", "letter"):
        raw["attributes"][name] = {"type": "code", "known": "intake", "meaning": {"en": name}}
    found = found_in(_read(parse_office(raw, "variant"), data))
    assert "contradictory_aid" in {finding.column for finding in found}


def police_complaints(data: Path) -> None:
    """Three planted columns, then the same planted more weakly, one at a time."""
    tables = _read(load_office(ROOT / "offices/police_complaints.toml"), data)
    found = found_in(planted(tables, THREE))
    assert set(THREE) <= {finding.column for finding in found}
    for name in PLANTS:
        print(f"\n{name} alone:")
        found_in(planted(tables, (name,)))


def planted(tables: Tables, names: tuple[str, ...]) -> Tables:
    """The same tables with columns that know too much."""
    rng = np.random.default_rng(7)
    for name in names:
        kind, known, make = PLANTS[name]
        tables = with_column(tables, name, kind, known, make(tables, rng))
    return tables


SPECIALS = (
    # office, type, special value, share of the outcome's cases and of others that have it
    ("police_complaints", "code", "UNKNOWN", 0.24, 0.015),
    ("police_complaints", "number", 0.0, 0.30, 0.030),
    ("police_complaints", "number", None, 0.10, 0.010),
    ("police_complaints", "date", datetime(1970, 1, 1), 0.10, 0.005),
    ("road_traffic_fines", "code", "UNKNOWN", 0.24, 0.015),
    ("road_traffic_fines", "number", 9_999.0, 0.10, 0.010),
    ("road_traffic_fines", "code", None, 0.05, 0.005),
    ("eu_state_aid", "number", 0.0, 0.24, 0.015),
    ("eu_state_aid", "code", "UNKNOWN", 0.05, 0.003),
    ("eu_state_aid", "date", None, 0.10, 0.020),
)


def special(data: Path) -> None:
    """Special values that stand for the outcome, one at a time in a column that says nothing."""
    offices = {name: shipped_office(name, data) for name in dict.fromkeys(x[0] for x in SPECIALS)}
    seen = 0
    for name, kind, value, inside, outside in SPECIALS:
        tables = offices[name]
        rng = np.random.default_rng(7)
        y = outcome_of(tables)
        has = pl.Series(rng.random(len(y)) < np.where(y == 1, inside, outside))
        column = honest(kind, len(y), rng).zip_with(
            ~has, pl.Series([value] * len(y), dtype=TYPES[kind])
        )
        found = find_leaks(*_at_latest(with_column(tables, "planted", kind, "intake", column)))
        severities = {one.severity for one in found if one.column == "planted"}
        seen += bool(severities)
        said = min(severities, default="not found")
        others = sorted({one.column for one in found} - {"planted"})
        print(f"{name:18} {value!s:20} {inside:5.1%} and {outside:5.1%}: {said} {others or ''}")
    print(f"{seen} of {len(SPECIALS)} found, goal 8")
    assert seen >= 8


TYPES = {"code": pl.String(), "number": pl.Float64(), "date": pl.Datetime("us")}


def honest(kind: str, size: int, rng: np.random.Generator) -> pl.Series:
    """A column that says nothing."""
    if kind == "code":
        return pl.Series(rng.choice([f"project {number}" for number in range(40)], size))
    if kind == "number":
        return pl.Series(np.round(rng.lognormal(6, 1, size), 2))
    days = pl.Series(rng.integers(0, 3_000, size)) * 86_400_000_000
    return days.cast(pl.Duration("us")) + datetime(2000, 1, 2)


def outcome_of(tables: Tables) -> np.ndarray:
    """Of every case, 1 for the outcome of the office's first question, 0, or missing."""
    labelled = risk_labels if tables.office.reviews is not None else complexity_labels
    labels = labelled(tables, tables.latest_record).select("case_id", pl.col("y").cast(float))
    joined = tables.case_rows.join(labels, on="case_id", how="left", maintain_order="left")
    return joined["y"].to_numpy()


def parts(data: Path) -> None:
    """Five counts that are together the outcome; each is small."""
    tables = shipped_office("police_complaints", data)
    rng, y = np.random.default_rng(7), outcome_of(tables)
    part = np.where(y == 1, rng.integers(0, 6, y.size), -1)  # one defect in six is in no column
    for number in range(5):
        by_chance = rng.random(y.size) < 0.002
        counts = pl.Series(np.where((part == number) | by_chance, rng.integers(1, 4, y.size), 0.0))
        tables = with_column(tables, f"count_{number}", "number", "closing", counts)
    lines = as_lines(tables.office, found_in(tables))
    print("In lines: " + "; ".join(", ".join(line.columns) for line in lines))


PREPAID = """
[office]
name = { en = "Prepaid travel costs" }
language = "en"
time_zone = "Europe/Amsterdam"
[tables.cases]
files = { log = "bpic2020/PrepaidTravelCost.xes.gz" }
sql = '''
SELECT "case:concept:name" AS case_id, MIN("time:timestamp") AS opened_at,
       MAX("time:timestamp") AS closed_at, MIN("(case)_Project") AS project,
       MIN("(case)_RfpNumber") AS request, MIN("(case)_Permit_BudgetNumber") AS budget,
       MIN("(case)_Activity") AS activity, MIN("(case)_RequestedAmount") AS amount
FROM log GROUP BY "case:concept:name" ORDER BY opened_at, case_id
'''
[tables.reviews]
files = { log = "bpic2020/PrepaidTravelCost.xes.gz" }
sql = '''
SELECT "case:concept:name" AS case_id, MAX("time:timestamp") AS reviewed_at,
       CASE WHEN MAX(CASE WHEN "concept:name" LIKE '%REJECTED%' THEN 1 ELSE 0 END) = 1
            THEN 'rejected' ELSE 'approved' END AS grade
FROM log GROUP BY "case:concept:name" ORDER BY reviewed_at, case_id
'''
[[reviews.grades]]
code = "approved"
meaning = { en = "approved" }
defect = false
[[reviews.grades]]
code = "rejected"
meaning = { en = "rejected" }
defect = true
"""
OF_PREPAID = {
    "project": "code",
    "request": "code",
    "budget": "code",
    "activity": "code",
    "amount": "number",
}


def prepaid_travel(data: Path) -> None:
    """A real log in which UNKNOWN stands in a quarter of the rejected requests."""
    raw = tomllib.loads(PREPAID)
    raw["attributes"] = {
        name: {"type": kind, "known": "intake", "meaning": {"en": name}}
        for name, kind in OF_PREPAID.items()
    }
    tables = _read(parse_office(raw, "prepaid"), data)
    found = found_in(tables)
    for sentence in not_looked_at(*_at_latest(tables)):
        print(f"  - {sentence.say('en')}")
    assert "request" in {one.column for one in found if one.severity == "blatant"}


def shipped_office(name: str, data: Path) -> Tables:
    """One of the offices of `offices/`."""
    return _read(load_office(ROOT / f"offices/{name}.toml"), data)


def _at_latest(tables: Tables) -> tuple[Tables, datetime]:
    return tables, tables.latest_record


def with_column(tables: Tables, name: str, kind: str, known: str, column: pl.Series) -> Tables:
    """The same tables with one more attribute."""
    new = Attribute.model_validate({"type": kind, "known": known, "meaning": Text(en=name)})
    attributes = dict(tables.office.attributes) | {name: new}
    office = tables.office.model_copy(update={"attributes": attributes})
    cases = tables.case_rows.with_columns(column.alias(name))
    return Tables.of(office, cases, events=tables.event_rows, reviews=tables.review_rows)


def _outcome(noise: float) -> Callable[[Tables, np.random.Generator], pl.Series]:
    """The outcome, wrong in a share of the cases; where there is none, as often as elsewhere."""

    def make(tables: Tables, rng: np.random.Generator) -> pl.Series:
        labels = risk_labels(tables, tables.latest_record).select("case_id", "y")
        y = tables.case_rows.join(labels, on="case_id", how="left", maintain_order="left")["y"]
        drawn = pl.Series(rng.random(len(y)) < labels["y"].to_numpy().mean())
        wrong = rng.random(len(y)) < noise
        return pl.Series(y.cast(pl.Boolean).fill_null(drawn).to_numpy() ^ wrong)

    return make


def _days_since_closing(blank: float | None) -> Callable[[Tables, np.random.Generator], pl.Series]:
    """Whole days from the closing to the last record; `blank` for open cases."""

    def make(tables: Tables, _: np.random.Generator) -> pl.Series:
        since = tables.latest_record - pl.col("closed_at")
        days = since.dt.total_days().cast(pl.Float64).fill_null(pl.lit(blank, pl.Float64))
        return tables.case_rows.select(days).to_series()

    return make


def _after_review(share: float) -> Callable[[Tables, np.random.Generator], pl.Series]:
    """A code that says nothing, filled in for a share of the reviewed cases."""

    def make(tables: Tables, rng: np.random.Generator) -> pl.Series:
        cases = tables.case_rows["case_id"]
        filled = cases.is_in(tables.review_rows["case_id"].implode()).to_numpy()
        filled &= rng.random(len(cases)) < share
        codes = pl.Series(rng.choice(["A", "B", "C"], len(cases)))
        return codes.set(pl.Series(~filled), None)

    return make


PLANTS: dict[str, tuple[str, str, Callable[[Tables, np.random.Generator], pl.Series]]] = {
    "outcome_10": ("flag", "closing", _outcome(0.10)),
    "outcome_15": ("flag", "closing", _outcome(0.15)),
    "outcome_20": ("flag", "closing", _outcome(0.20)),
    "outcome_30": ("flag", "closing", _outcome(0.30)),
    "days_since_closing": ("number", "intake", _days_since_closing(None)),
    "days_since_closing_or_0": ("number", "intake", _days_since_closing(0.0)),
    "review_code": ("code", "closing", _after_review(1.0)),
    "review_code_half": ("code", "closing", _after_review(0.5)),
    "review_code_tenth": ("code", "closing", _after_review(0.1)),
}


def demo(_: Path) -> None:
    """Offices without a leak: every finding is a false alarm."""
    alarms = 0
    for size, seed in demo_offices(OFFICES):
        found = _of_demo(size, seed, ())
        alarms += bool(found)
        for finding in found:
            print(f"{size:,} cases, seed {seed}: {finding.severity} {finding.column}")
            print(f"    {finding.evidence.say('en')}", flush=True)
    print(f"{alarms} of {OFFICES} offices with a false alarm, goal 2")
    assert alarms <= 2


def demo_planted(_: Path) -> None:
    """Demo offices with three columns planted."""
    detected = Counter[tuple[str, int]]()
    for size, seed in demo_offices(PLANTED_OFFICES):
        columns = {finding.column for finding in _of_demo(size, seed, THREE)}
        detected.update((name, size) for name in THREE if name in columns)
    for size in SIZES:
        shown = ", ".join(f"{name} {detected[name, size]}" for name in THREE)
        print(f"{size:6,} cases, {PLANTED_OFFICES // len(SIZES)} offices: found {shown}")


def demo_offices(offices: int) -> list[tuple[int, int]]:
    """Size and seed of so many demo offices."""
    return [(SIZES[seed % len(SIZES)], seed) for seed in range(offices)]


def _of_demo(size: int, seed: int, names: tuple[str, ...]) -> tuple[Finding, ...]:
    with tempfile.TemporaryDirectory() as folder:
        office = make_demo(Path(folder) / "demo", cases=size, seed=seed)
        tables = read_tables(load_office(office), office.parent)
        return find_leaks(*_at_latest(planted(tables, names)))


def shipped(data: Path) -> None:
    """What the office files as they are give."""
    for file in sorted((ROOT / "offices").glob("*.toml")):
        print(f"\n{file.stem}")
        with tempfile.TemporaryDirectory() as folder:
            made = file.stem.startswith("demo")
            where = make_demo(Path(folder) / "demo").parent if made else data
            found_in(_read(load_office(file), where))


def found_in(tables: Tables) -> tuple[Finding, ...]:
    """What is found, printed."""
    start = time.perf_counter()
    found = find_leaks(tables, tables.latest_record)
    seconds = time.perf_counter() - start
    print(f"{tables.case_rows.height:,} cases: {len(found)} findings in {seconds:.1f} s")
    for finding in found:
        print(f"  {finding.severity:10} {finding.column}: {finding.evidence.say('en')}")
    return found


def _read(office: Office, data: Path) -> Tables:
    with tempfile.TemporaryDirectory() as folder:
        return read_tables(office, data, set_aside=Path(folder) / "aside.csv")


TRIALS = {
    trial.__name__: trial
    for trial in (
        eu_state_aid,
        police_complaints,
        special,
        parts,
        prepaid_travel,
        demo,
        demo_planted,
        shipped,
    )
}


def main() -> None:
    """Run the trials that are named, by default all."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("trials", nargs="*", help="by default all")
    arguments.add_argument("--data", type=Path, default=DATA, help="the folder of the data sets")
    chosen = arguments.parse_args()
    for name in chosen.trials or TRIALS:
        print(f"\n== {name}")
        TRIALS[name](chosen.data)


if __name__ == "__main__":
    main()
