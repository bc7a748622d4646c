"""What each way to choose would have found among the police complaints, and known of the rest.

    python benchmarks/replay_police.py [--data DIR] [--seeds 50] [--search-share S]
                                       [--page FILE.html]

2003 to 2008, 5 % of the cases of a month reviewed, starting from the labels of 2002; after
that a way to choose knows only the labels of the cases it drew itself. Models are refitted once
a year: monthly would take 150 runs of 72 fits. Prints the figures and which goals are met
(11 minutes on two cores of its own, 35 where others work too).
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context
from pathlib import Path

import polars as pl

from cases.language.messages import Sayable
from cases.office.loading import load_office
from cases.office.model import Office
from cases.tables.reading import read_tables
from cases.tables.tables import Tables
from evaluation.replay.page import render_replay
from evaluation.replay.replay import ReplayTask, Run
from evaluation.replay.results import Replay, by_span, facts, missed, replay, totals, unseen

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data"
SHARE = 0.05
PROCESSES = 2
AT_ONCE = 10  # runs a process is given at a time; the world is sent along each time


def main() -> None:
    """Read, replay, print."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--data", type=Path, default=DATA, help="the folder of the data sets")
    arguments.add_argument("--seeds", type=int, default=50)
    arguments.add_argument("--search-share", type=float, help="by default the office's")
    arguments.add_argument("--page", type=Path, help="where to write the page")
    chosen = arguments.parse_args()
    office = load_office(ROOT / "offices" / "police_complaints.toml")
    start = time.perf_counter()
    result = replay(
        _read(_with_share(office, chosen.search_share), chosen.data),
        first=date(2003, 1, 1),
        last=date(2008, 12, 31),
        share=SHARE,
        seeds=chosen.seeds,
        spread=_in_processes,
        progress=_show_progress,
    )
    print(f"{chosen.seeds} seeds in {(time.perf_counter() - start) / 60:.1f} minutes")
    _report(result)
    if chosen.page:
        chosen.page.write_text(render_replay(result, "en"), "utf-8")


def _with_share(office: Office, share: float | None) -> Office:
    if share is None:
        return office
    checks = office.spot_checks.model_copy(update={"search_share": share})
    return office.model_copy(update={"spot_checks": checks})


def _read(office: Office, data: Path) -> Tables:
    with tempfile.TemporaryDirectory() as folder:
        return read_tables(office, data, set_aside=Path(folder) / "aside.csv")


def _in_processes(play: Callable[[ReplayTask], Run], tasks: Iterable[ReplayTask]) -> Iterator[Run]:
    with ProcessPoolExecutor(PROCESSES, get_context("spawn")) as pool:
        yield from pool.map(play, tasks, chunksize=AT_ONCE)


def _report(result: Replay) -> None:
    found = totals(result)
    with pl.Config(tbl_rows=-1, tbl_cols=-1, tbl_width_chars=160, float_precision=3):
        print("\nAll periods; means over the seeds, intervals of years", found)
        print("\nYears; the estimate is that of the first seed", by_span(result.years))
        for fact in facts(result.world):
            print(f"\nShare of the year's defects in groups by {fact} never looked at")
            print(missed(result, fact).pivot("way", index="year", values="missed"))
            print("Groups that got worse while the top of the list did not look at them")
            print(unseen(result, fact))
    plan, top = (
        found.row(by_predicate=pl.col("way") == way, named=True)
        for way in ("plan", "top_of_the_list")
    )
    for goal, met in (
        (
            f"defects found {plan['of_top']:.3f} of the top of the list, goal 0.90",
            plan["of_top"] >= 0.9,
        ),
        (f"and {plan['of_random']:.2f} times random, goal 1.6", plan["of_random"] >= 1.6),
        (f"years covered {plan['covered']:.1%}, goal 93 %", plan["covered"] >= 0.93),
        (
            f"the naive rate of the top of the list covers {top['covered']:.1%} of years",
            top["covered"] < 0.93,
        ),
    ):
        print(f"{'met    ' if met else 'NOT met'}  {goal}")


def _show_progress(what: str | Sayable, done: float) -> None:
    print(f"\r{what} {100 * done:3.0f} %", end="\n" if done == 1 else "", flush=True)


if __name__ == "__main__":
    main()
