"""How many of the reasons shown name a fact that the model itself does not confirm.

    python benchmarks/reasons.py demo [--data DIR] [--cases 400]
    python benchmarks/reasons.py police_complaints
    python benchmarks/reasons.py eu_state_aid
    python benchmarks/reasons.py road_traffic_fines

Trains by a day in the past and explains cases of the year after, evenly from the least risky to the
most, up to five reasons a case, three for complexity, as the lists show them. Every
reason is checked apart from the code that chose it: the value of the fact named, and of no other,
is replaced by the usual one (a code without a usual value by each of those that stand in for it),
and the model is asked again. Printed for reasons chosen by contributions alone and as they are:
how many there are, how many facts move the estimate the other way or not at all, how many by less
than half a point, and what the explaining took.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from cases.demo import make_demo
from cases.office.loading import load_office
from cases.tables.reading import read_tables
from cases.tables.tables import Tables
from features.as_of import closing_moments, intake_moments
from models.bundle.bundle import Bundle
from models.reasons import reasons as module
from models.reasons.reasons import Reason
from serving.use_cases.spot_checks import MOST_COMPARED
from training.questions import TRAININGS
from training.run import train

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data"
YEAR = timedelta(days=365)
HALF_A_POINT = 0.005
TRIALS = {  # the question, and by when to train
    "demo": ("risk", datetime(2025, 6, 30, 23, 59, 59)),
    "police_complaints": ("risk", datetime(2006, 12, 31, 23, 59, 59)),
    "eu_state_aid": ("complexity", datetime(2015, 12, 31, 23, 59, 59)),
    "road_traffic_fines": ("risk", datetime(2009, 12, 31, 23, 59, 59)),
}
SHOWN = {"risk": 5, "complexity": 3}


def main() -> None:
    """Train, explain, check and print."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("office", choices=TRIALS)
    arguments.add_argument("--data", type=Path, default=DATA)
    arguments.add_argument("--cases", type=int, default=400)
    chosen = arguments.parse_args()
    code, until = TRIALS[chosen.office]
    with tempfile.TemporaryDirectory() as name:
        tables = read(chosen.office, chosen.data, Path(name))
        for other in TRAININGS.keys() - {code}:
            del TRAININGS[other]  # which is not asked here, and takes most of the time
        bundle = train(tables, until)
        frame = year_after(tables, bundle, code, until)
        x = evenly(frame, bundle.answer(code, frame)[bundle.questions[code].estimate], chosen.cases)
        among = evenly(frame, frame["case_id"], MOST_COMPARED) if code == "risk" else None
        print(f"{chosen.office}: {x.height} of {frame.height:,} cases, {code}")
        with by_contributions_alone():
            report("by contributions alone", bundle, code, x, among)
        report("confirmed", bundle, code, x, among)


def read(office: str, data: Path, folder: Path) -> Tables:
    """The tables of an office; the demo's are made in `folder`."""
    if office == "demo":
        return read_tables(load_office(make_demo(folder)), folder)
    return read_tables(load_office(ROOT / "offices" / f"{office}.toml"), data)


def year_after(tables: Tables, bundle: Bundle, code: str, until: datetime) -> pl.DataFrame:
    """What the question is answered from, of the cases closed (or opened) in the year after."""
    moments = closing_moments if code == "risk" else intake_moments
    return bundle.features(tables, moments(tables, after=until, until=until + YEAR), code)


def evenly(frame: pl.DataFrame, by: pl.Series, most: int) -> pl.DataFrame:
    """At most so many rows, at equal steps in the order of `by`."""
    return frame[by.arg_sort()].gather_every(-(-frame.height // most))


@contextmanager
def by_contributions_alone() -> Iterator[None]:
    """Reasons as they would be if substitution had no say: the groups that add most."""
    kept = module.LEAST_CHANGE, module.SPARE
    module.LEAST_CHANGE, module.SPARE = float("-inf"), 0
    try:
        yield
    finally:
        module.LEAST_CHANGE, module.SPARE = kept


def report(
    how: str, bundle: Bundle, code: str, x: pl.DataFrame, among: pl.DataFrame | None
) -> None:
    """One line."""
    start = time.perf_counter()
    found = bundle.explain(code, x, SHOWN[code], among=among)
    took = time.perf_counter() - start
    moved = changes(bundle, code, x, found)
    against, little = (sum(change <= least for change in moved) for least in (0, HALF_A_POINT))
    with_any = sum(map(bool, found.values()))
    print(
        f"{how:24}{len(moved):5} reasons of {with_any} cases: {against} not confirmed, "
        f"{little - against} by less than half a point; {took:.2f} s"
    )


def changes(
    bundle: Bundle, code: str, x: pl.DataFrame, found: Mapping[str, Sequence[Reason]]
) -> list[float]:
    """How far each fact named moves the estimate in the direction that its reason says."""
    question = bundle.questions[code]
    own = question.answer(x)[question.estimate]
    moved = []
    for row, case in enumerate(x["case_id"]):
        for reason in found[case]:
            stand_ins = bundle.usual[code][reason.feature].stand_ins
            kind = x.schema[reason.feature]
            tried = pl.concat(
                x[row].with_columns(pl.lit(value, kind).alias(reason.feature))
                for value, _weight in stand_ins
            )
            answers = question.answer(tried)[question.estimate]
            without = sum(
                p * weight for p, (_value, weight) in zip(answers, stand_ins, strict=True)
            )
            moved.append((own[row] - without) * (1 if reason.raises else -1))
    return moved


if __name__ == "__main__":
    main()
