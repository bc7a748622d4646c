"""Do the bands of risk hold: "of 100 such cases, 12 to 25 had a defect".

    python benchmarks/bands.py police [--first 2003] [--last 2008] [--data DIR]
    python benchmarks/bands.py demo [--offices 50] [--seed 100] [--cases 12000]

Every quarter is scored by a model that knew what was known before it began. Its cases are cut
into ten groups of equal size by risk; a group's band is the mean of its cases' bands.

On the police complaints a band is *compatible* with a group if the share of defects found lies
within the band widened by chance: at most as far from the mean risk p of the n cases as the root
of (p's distance to the band's end on that side)^2 + (1.645)^2 p (1 - p) / n. If the band is the
90 % band that it says it is, nine groups in ten are compatible. In a demo office the true
frequency is known: a band holds if the mean true probability of the group's cases lies in it.
Police: 24 fits, about three minutes; demo: about four seconds an office.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from cases.demo import make_demo
from cases.numeric import Floats
from cases.office.loading import load_office
from cases.tables.reading import read_tables
from cases.tables.tables import Frame, Tables
from evaluation.statistics.metrics import measure
from features.as_of import closing_moments
from features.conditions import satisfying
from models.questions.risk import RiskModel
from training.fit import fit_risk, risk_table
from training.labels import reviewed_moments, risk_labels
from training.splits import Period, rolling_origin

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data"
GROUPS = 10
Z_BAND = 1.645
DEMO_QUARTER = date(2026, 1, 1)


@dataclass(frozen=True)
class Quarter:
    """What was said of the cases of one quarter, and what was found (or true), shape (cases,)."""

    year: int
    risk: Floats
    low: Floats
    high: Floats
    found: Floats


@dataclass(frozen=True)
class Group:
    """A tenth of a quarter's cases, the riskiest the last: means over its cases."""

    rank: int
    cases: int
    risk: float
    low: float
    high: float
    found: float

    @property
    def holds(self) -> bool:
        """Whether what was found lies in the band."""
        return self.low <= self.found <= self.high

    @property
    def compatible(self) -> bool:
        """The same of the band widened by chance."""
        side = self.high - self.risk if self.found > self.risk else self.risk - self.low
        chance = Z_BAND**2 * self.risk * (1 - self.risk) / self.cases
        return bool(abs(self.found - self.risk) <= (side**2 + chance) ** 0.5)


def main() -> None:
    """Score, compare and print."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("office", choices=("police", "demo"))
    arguments.add_argument("--first", type=int, default=2003, help="year")
    arguments.add_argument("--last", type=int, default=2008, help="year")
    arguments.add_argument("--data", type=Path, default=DATA, help="the folder of the data sets")
    arguments.add_argument("--offices", type=int, default=50)
    arguments.add_argument("--seed", type=int, default=100, help="of the first office")
    arguments.add_argument("--cases", type=int, default=12_000)
    chosen = arguments.parse_args()
    if chosen.office == "police":
        first, last = date(chosen.first, 1, 1), date(chosen.last, 12, 31)
        report_found(list(police_quarters(chosen.data, first, last)))
    else:
        seeds = range(chosen.seed, chosen.seed + chosen.offices)
        report_true([demo_quarter(seed, chosen.cases) for seed in seeds])


def police_quarters(data: Path, first: date, last: date) -> Iterator[Quarter]:
    """The police complaints, quarter by quarter, with the defects that were found."""
    with tempfile.TemporaryDirectory() as folder:
        office = load_office(ROOT / "offices" / "police_complaints.toml")
        tables = read_tables(office, data, set_aside=Path(folder) / "aside.csv")
    until = tables.latest_record
    x, labels = risk_table(tables, reviewed_moments(tables, until)), risk_labels(tables, until)
    for quarter in rolling_origin(first, last, "quarter"):
        within = pl.col("moment").is_between(quarter.after, quarter.until, closed="right")
        later = labels.filter(within).join(x, on=["case_id", "moment"])
        model = fit_risk(x, risk_labels(tables, quarter.after), office)
        yield said_of(model, quarter, later, later["y"])


def demo_quarter(seed: int, cases: int) -> Quarter:
    """One quarter of a demo office, with the true probabilities."""
    with tempfile.TemporaryDirectory() as name:
        office = load_office(make_demo(Path(name), cases=cases, seed=seed))
        tables = read_tables(office, Path(name))
        truth = pl.read_parquet(Path(name) / "truth.parquet")
    (quarter,) = rolling_origin(DEMO_QUARTER, DEMO_QUARTER, "quarter")
    later = risk_table(tables, closed_in(tables, quarter)).join(truth, on="case_id")
    known = reviewed_moments(tables, quarter.after)
    labels = risk_labels(tables, quarter.after)
    model = fit_risk(risk_table(tables, known), labels, office)
    return said_of(model, quarter, later, later["defect_probability"])


def closed_in(tables: Tables, quarter: Period) -> Frame:
    """`case_id, moment` of the cases closed in a quarter that the risk model is for."""
    closed = closing_moments(tables, after=quarter.after, until=quarter.until)
    return satisfying(tables, closed, tables.office.risk.among).select("case_id", "moment")


def said_of(model: RiskModel, quarter: Period, cases: pl.DataFrame, found: pl.Series) -> Quarter:
    """What a model says of cases."""
    year = quarter.until.year
    return Quarter(year, *model.estimate(cases), found.cast(pl.Float64).to_numpy())


def groups(quarter: Quarter) -> Iterator[Group]:
    """Ten of equal size by risk."""
    order = np.argsort(quarter.risk, kind="stable")
    said = quarter.risk, quarter.low, quarter.high, quarter.found
    for rank, part in enumerate(np.array_split(order, GROUPS)):
        yield Group(rank, len(part), *(float(values[part].mean()) for values in said))


def report_found(quarters: list[Quarter]) -> None:
    """By year: compatible bands, their width, calibration error and AUC."""
    print("year   compatible  median width  top group  calibration error  AUC")
    for year in (*sorted({quarter.year for quarter in quarters}), None):
        part = [quarter for quarter in quarters if year in (quarter.year, None)]
        every = [group for quarter in part for group in groups(quarter)]
        top = [group for group in every if group.rank == GROUPS - 1]
        y, p = (np.concatenate([getattr(one, name) for one in part]) for name in ("found", "risk"))
        of_all = measure(y, p)
        print(
            f"{year or 'all':4}   {_share(group.compatible for group in every)}        "
            f"{_width(every)}           {_share(group.compatible for group in top)}      "
            f"{of_all.calibration_error.value:.3f}              {of_all.auc.value:.3f}"
        )


def report_true(quarters: list[Quarter]) -> None:
    """Over all offices: bands that hold the truth, by group, and their width."""
    every = [list(groups(quarter)) for quarter in quarters]
    flat = [group for office in every for group in office]
    print(f"{len(quarters)} offices: {_share(group.holds for group in flat)} of the bands hold")
    print(f"median width {_width(flat)}")
    by_rank = [_share(office[rank].holds for office in every) for rank in range(GROUPS)]
    print(f"by group, the riskiest last: {', '.join(by_rank)}")
    tops = [office[-1] for office in every]
    print(f"top group: truth {np.mean([top.found for top in tops]):.3f}, ", end="")
    print(f"risk {np.mean([top.risk for top in tops]):.3f}")
    inside = [((q.low <= q.found) & (q.found <= q.high)).mean() for q in quarters]
    print(f"cases whose own true probability lies in their band: {np.mean(inside):.0%}")


def _share(held: Iterator[bool]) -> str:
    return f"{np.mean(list(held)):.1%}"


def _width(every: list[Group]) -> str:
    return f"{100 * np.median([group.high - group.low for group in every]):.1f} points"


if __name__ == "__main__":
    main()
