"""How right the models are on real offices, each period scored by what came before it.

    python benchmarks/real_offices.py police_complaints [--data DIR] [--retrain year]
    python benchmarks/real_offices.py police_complaints_intake
    python benchmarks/real_offices.py eu_state_aid
    python benchmarks/real_offices.py road_traffic_fines

Prints, per year and pooled, AUC, lift at 10 %, calibration error and base rate of the
model and its baselines with 95% intervals, the time and memory that reading took, and
which goals are met. The police run fits 72 times (about 7 minutes on 2 cores; 1 minute
with `--retrain year`), the others take about half a minute each.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cases.language.messages import Sayable
from cases.office.loading import load_office
from cases.tables.cells.moments import Every
from cases.tables.reading import read_tables
from cases.tables.tables import Tables
from evaluation.backtests.backtest import MODEL, Backtest, Outcome, PeriodFigures, backtest
from evaluation.statistics.metrics import Figure

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data"
SHARE = 0.10

Goals = Callable[[Outcome], Iterator[tuple[str, bool]]]


@dataclass(frozen=True)
class Trial:
    """What is asked of an office, over which months, and what it should reach."""

    question: str
    first: date
    last: date
    every: Every
    retrain: Every
    goals: Goals


def police_goals(outcome: Outcome) -> Iterator[tuple[str, bool]]:
    """Mean AUC, every baseline beaten every year, calibration every year."""
    aucs = [_value(year.measures[MODEL].auc) for year in outcome.years]
    mean = sum(aucs) / len(aucs)
    yield f"mean AUC of the years {mean:.3f}, goal 0.740", mean >= 0.74
    lowest = min(_value(gain) for year in outcome.years for gain in year.gains.values())
    yield f"smallest gain over a baseline in a year {lowest:+.3f}, goal above 0", lowest > 0
    worst = max(_value(year.measures[MODEL].calibration_error) for year in outcome.years)
    yield f"largest calibration error of a year {worst:.3f}, goal 0.030", worst <= 0.03


def state_aid_goals(outcome: Outcome) -> Iterator[tuple[str, bool]]:
    """Pooled AUC."""
    auc = _value(outcome.pooled.measures[MODEL].auc)
    yield f"pooled AUC {auc:.3f}, goal 0.890", auc >= 0.89


def signal_goals(outcome: Outcome) -> Iterator[tuple[str, bool]]:
    """Whether there is a signal at all."""
    auc = outcome.pooled.measures[MODEL].auc
    yield f"pooled AUC {_shown(auc)}, its interval above 0.5", (auc.low or 0.0) > 0.5


TRIALS = {
    "police_complaints": Trial(
        "risk", date(2003, 1, 1), date(2008, 12, 31), "month", "month", police_goals
    ),
    "police_complaints_intake": Trial(
        "risk", date(2003, 1, 1), date(2008, 12, 31), "year", "year", signal_goals
    ),
    "eu_state_aid": Trial(
        "complexity", date(2010, 1, 1), date(2017, 12, 31), "year", "year", state_aid_goals
    ),
    "road_traffic_fines": Trial(
        "risk", date(2003, 1, 1), date(2012, 12, 31), "year", "year", signal_goals
    ),
}


def main() -> None:
    """Read, backtest, print."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("office", choices=TRIALS)
    arguments.add_argument("--data", type=Path, default=DATA, help="the folder of the data sets")
    arguments.add_argument("--retrain", choices=("month", "quarter", "year"))
    chosen = arguments.parse_args()
    trial = TRIALS[chosen.office]
    retrain = chosen.retrain or trial.retrain
    tables = _read(chosen.office, chosen.data)
    start = time.perf_counter()
    result = backtest(
        tables,
        first=trial.first,
        last=trial.last,
        until=tables.latest_record,
        every=trial.every,
        retrain=retrain,
        share=SHARE,
        progress=_show_progress,
    )
    print(f"backtest, retrained every {retrain}: {time.perf_counter() - start:.0f} s")
    _report(result, trial)


def _read(office: str, data: Path) -> Tables:
    description = load_office(ROOT / "offices" / f"{office}.toml")
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        aside = Path(folder) / "aside.csv"
        tables = read_tables(description, data, set_aside=aside)
        lines = aside.read_text("utf-8").count("\n") if aside.exists() else 0
    cases, events = tables.case_rows.height, tables.event_rows.height
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"read {cases:,} cases, {events:,} events in {seconds:.1f} s, peak {peak:,.0f} MB;")
    print(f"set aside: {max(0, lines - 1):,} faults")
    return tables


def _report(result: Backtest, trial: Trial) -> None:
    outcome = result.risk if trial.question == "risk" else result.complexity
    if outcome is None:
        print("Nothing could be scored: too few labels before every period.")
        return
    print(f"{trial.question}; {outcome.untrained:,} cases before there was enough to train on")
    for year in (*outcome.years, outcome.pooled):
        _print_year(year, outcome.estimators)
    for goal, met in trial.goals(outcome):
        print(f"{'met    ' if met else 'NOT met'}  {goal}")


def _print_year(year: PeriodFigures, estimators: tuple[str, ...]) -> None:
    of_all = year.measures[MODEL]
    print(f"\n{year.period or 'all'}: {of_all.n:,} cases, rate {_shown(of_all.base_rate)}")
    print(f"  {'':15}{'AUC':22}{'lift at 10 %':22}{'calibration error':22}model's gain in AUC")
    for name in estimators:
        found = year.measures[name]
        cells = [found.auc, found.lift, found.calibration_error]
        gain = _shown(year.gains[name]) if name in year.gains else ""
        print(f"  {name:15}{''.join(f'{_shown(cell):22}' for cell in cells)}{gain}")


def _shown(figure: Figure) -> str:
    if figure.value is None:
        return str(figure.absent)
    return f"{figure.value:.3f} ({figure.low:.3f}, {figure.high:.3f})"


def _value(figure: Figure) -> float:
    return float("nan") if figure.value is None else figure.value


def _show_progress(what: str | Sayable, done: float) -> None:
    print(f"\r{what} {100 * done:3.0f} %", end="\n" if done == 1 else "", flush=True)


if __name__ == "__main__":
    main()
