"""A whole office at once: seconds and memory of each step, and how they grow with its size.

    triage demo demo
    python benchmarks/million_cases.py demo [--copies 3 6 12 25 50] [--picture docs/scaling.png]

The office is the demo office copied so many times, each copy with units and handlers of its own,
and kept in Parquet; the demo's champion scores it. One hundredth is drawn, and the reasons of every
case drawn are given. Each size runs in a process of its own. Prints seconds, processor seconds and
peak memory of each step, its share of the whole, and over all sizes the exponent of each: the slope
of log seconds over log events.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import polars as pl

from cases.office.loading import load_office
from cases.tables.reading import read_tables
from cases.tables.tables import moments_of, rows
from features.as_of import reviewed_by
from features.build import built
from features.conditions import reviewable
from models.questions.risk import RiskQuestion, known_by, with_facts
from models.registry import Registry
from policies.rulebook import mandatory
from policies.spot_check.plan import PlanParameters, columns_of
from policies.spot_check.planning import draw_plan
from serving.use_cases.spot_checks import MOST_COMPARED, REASONS_SHOWN
from serving.workspace import Workspace

OWN = ("case_id", "unit", "handler", "actor")  # what each copy has of its own
COPIED = ("cases", "events", "reviews", "handlers")
DRAWN = 0.01
GIB = 2**20  # in units of 1,024 bytes, as the kernel counts


@dataclass
class Steps:
    """What each step took: seconds, processor seconds, peak memory in GiB, by its name."""

    took: dict[str, tuple[float, float, float]] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Measure what is done inside; a step may have several parts."""
        forget_peak()
        wall, busy = time.perf_counter(), time.process_time()
        yield
        seconds, processor, most = self.took.get(name, (0.0, 0.0, 0.0))
        self.took[name] = (
            seconds + time.perf_counter() - wall,
            processor + time.process_time() - busy,
            max(most, peak()),
        )


def forget_peak() -> None:
    """Peak memory is counted anew from here on (Linux)."""
    Path("/proc/self/clear_refs").write_text("5", "ascii")


def peak() -> float:
    """The most memory this process has had since then, in GiB."""
    status = Path("/proc/self/status").read_text("ascii").splitlines()
    line = next(line for line in status if line.startswith("VmHWM"))
    return float(line.split()[1]) / GIB


def copied(demo: Path, folder: Path, copies: int) -> None:
    """The demo office `copies` times over, in Parquet, with its office file."""
    text = (demo / "office.toml").read_text("utf-8")
    for name in COPIED:
        as_parquet = demo / f"{name}.parquet"
        table = (
            pl.read_parquet(as_parquet)
            if as_parquet.exists()
            else pl.read_csv(demo / f"{name}.csv", infer_schema=False)
        )
        own = pl.col([column for column in OWN if column in table.columns])
        parts = [table.with_columns(own + f"-{copy}" if copy else own) for copy in range(copies)]
        pl.concat(parts).write_parquet(folder / f"{name}.parquet")
        text = text.replace(f'"{name}.csv"', f'"{name}.parquet"')
    for name in ("recusals.csv", "overrides.csv"):
        (folder / name).write_bytes((demo / name).read_bytes())
    (folder / "office.toml").write_text(text, "utf-8")


def measured(demo: Path, folder: Path) -> tuple[int, int, Steps]:
    """The steps from the files to the reasons of the cases drawn; cases and events."""
    steps = Steps()
    office = load_office(folder / "office.toml")
    with steps.step("read"):
        tables = read_tables(office, folder)
    as_of = tables.latest_record
    bundle = Registry(Workspace.of(demo / "office.toml").home).champion(office)
    risk = bundle.question(RiskQuestion)
    with steps.step("features"):
        reached = reviewable(tables, after=None, until=as_of)
        eligible = reached.join(reviewed_by(tables, as_of), on="case_id", how="anti")
        blocks = built(tables, moments_of(rows(eligible)), risk.names)
    risks = []
    while True:
        with steps.step("features"):
            block = next(blocks, None)
        if block is None:
            break
        with steps.step("scores"):
            answered = [block.select("case_id", "moment"), risk.answer(block)]
            risks.append(pl.concat(answered, how="horizontal"))
    with steps.step("rules"):
        every = pl.concat(risks)
        known = known_by(tables, every, as_of)
        scored, rules = with_facts(known, every), mandatory(known)
        frame = scored.join(rules, on="case_id", how="left")
        frame = frame.select(columns_of(frame))
    with steps.step("plan"):
        mandatory_cases = rules.height
        capacity = mandatory_cases + round(DRAWN * frame.height)
        parameters = PlanParameters.of(office, as_of=as_of, capacity=capacity, seed="1")
        plan = draw_plan(frame, parameters)
    with steps.step("reasons"):
        drawn = plan.lines.filter(pl.col("selected_by") != "mandatory")["case_id"]
        compared = frame["case_id"].gather_every(-(-frame.height // MOST_COMPARED))
        wanted = pl.col("case_id").is_in(pl.concat([drawn, compared]).implode())
        x = bundle.features(tables, moments_of(pl.concat(risks).filter(wanted)), RiskQuestion.code)
        of_drawn, among = (
            x.filter(pl.col("case_id").is_in(ids.implode())) for ids in (drawn, compared)
        )
        reasons = bundle.explain(RiskQuestion.code, of_drawn, REASONS_SHOWN, among=among)
    print(f"{frame.height:,} cases scored, {len(reasons):,} drawn and explained", flush=True)
    return tables.case_rows.height, tables.event_rows.height, steps


def _apart(demo: Path, copies: int) -> tuple[int, int, Steps]:
    """One size, made and measured in a process of its own."""
    with (
        tempfile.TemporaryDirectory() as folder,
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as making,
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process,
    ):
        making.submit(copied, demo, Path(folder), copies).result()
        making.shutdown()
        return process.submit(measured, demo, Path(folder)).result()


def show(cases: int, events: int, steps: Steps) -> None:
    """A line a step."""
    whole = sum(seconds for seconds, _busy, _most in steps.took.values())
    print(f"{cases:,} cases, {events:,} events: {whole:.1f} s")
    for name, (seconds, busy, most) in steps.took.items():
        print(
            f"  {name:<9} {seconds:8.1f} s {seconds / whole:6.1%}   "
            f"processor {busy:8.1f} s   peak {most:5.2f} GiB"
        )
    print(flush=True)


def exponents(sizes: list[tuple[int, int, Steps]]) -> dict[str, float]:
    """By step the slope of log processor seconds over log events."""
    events = np.log([events for _cases, events, _steps in sizes])
    return {
        name: float(np.polyfit(events, np.log([s.took[name][1] for _c, _e, s in sizes]), 1)[0])
        for name in sizes[0][2].took
    }


def draw_picture(sizes: list[tuple[int, int, Steps]], path: Path) -> None:
    """Processor seconds over events, both on log scales, the exponents in the labels."""
    figure, axes = plt.subplots(figsize=(7, 4.5), layout="constrained")
    events = [events for _cases, events, _steps in sizes]
    for name, exponent in exponents(sizes).items():
        seconds = [steps.took[name][1] for _cases, _events, steps in sizes]
        axes.loglog(events, seconds, marker="o", label=f"{name}: exponent {exponent:.2f}")
    axes.set(xlabel="events", ylabel="processor seconds", title="A whole office at once")
    axes.grid(visible=True, which="both", alpha=0.3)
    axes.legend()
    figure.savefig(path, dpi=120)


def main() -> None:
    """Measure every size, smallest first."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("demo", type=Path)
    parser.add_argument("--copies", type=int, nargs="+", default=[3, 6, 12, 25, 50])
    parser.add_argument("--picture", type=Path)
    chosen = parser.parse_args()
    sizes = []
    for copies in sorted(chosen.copies):
        sizes.append(_apart(chosen.demo, copies))
        show(*sizes[-1])
    if len(sizes) > 1:
        for name, exponent in exponents(sizes).items():
            print(f"{name:<9} grows with exponent {exponent:.2f}")
    if chosen.picture and len(sizes) > 1:
        draw_picture(sizes, chosen.picture)


if __name__ == "__main__":
    main()
