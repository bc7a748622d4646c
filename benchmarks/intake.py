"""How right routing and efforts are on a real office, each quarter by what came before it.

    python benchmarks/intake.py eu_state_aid [--data DIR] [--from 2010 --to 2017]
    python benchmarks/intake.py police_complaints [--data DIR] [--from 2003 --to 2008]

Prints, per year and for all, what share of cases is routed, the errors with 95% intervals
next to a threshold of 0.5 and static split conformal cut-offs on logistic regression, and the
trade-off of the rate of simple cases called complex; of efforts the coverage and width of the
interval next to a constant interval, the sum expected over the true sum, and the AUC of the slowest
fifth. Says which goals are met. (1 to 3 minutes on two cores.)
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from cases.office.loading import load_office
from cases.office.model import Intake, Office
from cases.tables.reading import read_tables
from cases.tables.tables import Tables
from evaluation.backtests.efforts import (
    MODEL,
    EffortYear,
    Routed,
    effort_backtest,
    effort_years,
    routed,
    routing_backtest,
    routing_years,
)
from evaluation.statistics.metrics import Figure

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data"
SPANS = {"eu_state_aid": (2010, 2017), "police_complaints": (2003, 2008)}
SIMPLE_ERRORS = (0.05, 0.1, 0.2)


def main() -> None:
    """Read, backtest, print."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("office", choices=SPANS)
    arguments.add_argument("--data", type=Path, default=DATA, help="the folder of the data sets")
    arguments.add_argument("--from", dest="first", type=int, help="first year")
    arguments.add_argument("--to", dest="last", type=int, help="last year")
    chosen = arguments.parse_args()
    span = SPANS[chosen.office]
    first, last = date(chosen.first or span[0], 1, 1), date(chosen.last or span[1], 12, 31)
    tables = _read(load_office(ROOT / "offices" / f"{chosen.office}.toml"), chosen.data)
    if tables.office.complexity is not None:
        _report_routing(tables, first, last)
    _report_efforts(tables, first, last)


def _read(office: Office, data: Path) -> Tables:
    with tempfile.TemporaryDirectory() as folder:
        return read_tables(office, data, set_aside=Path(folder) / "aside.csv")


def _report_routing(tables: Tables, first: date, last: date) -> None:
    quarters = routing_backtest(tables, first, last, tables.latest_record)
    intake_rules = tables.office.intake
    for simple_error in SIMPLE_ERRORS:
        intake = intake_rules.model_copy(update={"simple_error": simple_error})
        print(f"\nsimple called complex: at most {simple_error:.0%}")
        every = routing_years(routed(quarters, intake))
        _print_routed(next(line for line in every if line.way == MODEL and not line.year))
    years = routing_years(routed(quarters, intake_rules))
    print(f"\nas the office file says: at most {intake_rules.simple_error:.0%}")
    for line in years:
        _print_routed(line)
    _judge(_routing_goals([line for line in years if line.way == MODEL], intake_rules))


def _routing_goals(lines: list[Routed], intake: Intake) -> Iterator[tuple[str, bool]]:
    wanted = intake.complex_error
    over = [line.year for line in lines if (line.complex_error.low or 0.0) > wanted]
    yield f"years whose error is above {wanted:.0%} beyond chance: {over or 'none'}", not over
    share = 1 - lines[-1].person
    yield f"routed without a person {share:.3f}, goal 0.5", share >= 0.5


def _report_efforts(tables: Tables, first: date, last: date) -> None:
    years = effort_years(effort_backtest(tables, first, last, tables.latest_record))
    print("\nefforts")
    for line in years:
        _print_effort_year(line)
    _judge(_effort_goals(years))


def _effort_goals(years: tuple[EffortYear, ...]) -> Iterator[tuple[str, bool]]:
    *each, pooled = years
    coverage = _value(pooled.coverage)
    yield f"coverage {coverage:.3f}, goal 0.80 +/- 0.03", abs(coverage - 0.8) <= 0.03
    worst = max(abs(_value(line.coverage) - 0.8) for line in each)
    yield f"furthest of a year {worst:.3f} from 0.80, goal 0.10", worst <= 0.1
    yield (
        f"AUC of the slowest fifth {_value(pooled.auc):.3f}, goal 0.66",
        _value(pooled.auc) >= 0.66,
    )
    yield f"median width {pooled.width:.0f}, goal 370 on police_complaints", pooled.width <= 370


def _print_routed(line: Routed) -> None:
    print(
        f"{line.way:16} {line.year or 'all':>4} {line.cases:6,} cases: simple {line.simple:.2f} "
        f"complex {line.complex:.2f} person {line.person:.2f}; complex called simple "
        f"{_shown(line.complex_error)}, simple called complex {_shown(line.simple_error)}"
    )


def _print_effort_year(line: EffortYear) -> None:
    print(
        f"{line.year or 'all':>4} {line.cases:6,} cases: covered {_shown(line.coverage)} width "
        f"{line.width:.0f}; constant {_shown(line.constant_coverage)} {line.constant_width:.0f}; "
        f"expected/true {line.ratio:.2f}; AUC of the slowest fifth {_shown(line.auc)}"
    )


def _judge(goals: Iterable[tuple[str, bool]]) -> None:
    for goal, met in goals:
        print(f"{'met    ' if met else 'NOT met'}  {goal}")


def _shown(figure: Figure) -> str:
    if figure.value is None:
        return str(figure.absent)
    return f"{figure.value:.3f} ({figure.low:.3f}, {figure.high:.3f}; {figure.n:,})"


def _value(figure: Figure) -> float:
    return float("nan") if figure.value is None else figure.value


if __name__ == "__main__":
    main()
