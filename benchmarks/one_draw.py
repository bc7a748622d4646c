"""What the draw and the estimate promise, tried on the demo office, whose truth is known.

    .venv/bin/python benchmarks/one_draw.py OFFICE [--draws 2000] [--only frontier]

OFFICE is a demo office that was trained (`triage demo`). The frame is every closed case its
champion can score; outcomes are drawn once from the true probabilities. Prints the
realised frequencies against the stated probabilities, sizes and quotas, bias and coverage
with a good, a useless and a wrong-way-round model at several rates, the frontier next to
"top of the list plus 10 % random", and the time for 1,000,000 cases.
"""

from __future__ import annotations

import argparse
import resource
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path

import matplotlib as mpl
import numpy as np
import polars as pl
from matplotlib.figure import Figure as Canvas
from scipy.stats import binom

from cases.numeric import Floats
from cases.office.loading import load_office
from cases.office.model import Quota
from cases.tables.reading import read_tables
from evaluation.surveys.estimate import Survey, estimate
from models.questions.risk import RiskQuestion
from models.registry import Registry
from policies.seeds import tickets
from policies.spot_check.design import Design, without_quotas
from policies.spot_check.draw import draw
from policies.spot_check.plan import FRAME, PlanParameters, margin_of
from policies.spot_check.planning import draw_plan
from policies.spot_check.quotas import quotas_of, with_cells

AS_OF = datetime(2026, 6, 30, 23, 59, 59)
MODELS = ("good", "useless", "wrong way round")
TRIALS = ((0.08, 1000), (0.08, 50), (0.01, 1000), (0.30, 1000))
SHARES = (0.9, 0.5)


@dataclass(frozen=True)
class Trial:
    """One setting whose draws are repeated."""

    frame: pl.DataFrame
    truth: Floats
    rate: float
    size: int
    model: str
    share: float
    draws: int


def frame_of(folder: Path) -> tuple[pl.DataFrame, Floats]:
    """The demo office's frame as its champion scores it, and the true probabilities."""
    office = load_office(folder / "office.toml")
    risk = Registry(folder / ".triage").champion(office).question(RiskQuestion)
    scored = risk.score(read_tables(office, folder), AS_OF)
    truth = pl.read_parquet(folder / "truth.parquet").select("case_id", "defect_probability")
    known = scored.with_columns(rule=pl.lit(None, pl.String)).join(truth, on="case_id")
    known = known.sort("unit", "handler", "case_id")
    return known.select(*FRAME), known["defect_probability"].to_numpy()


def at_rate(p: Floats, rate: float) -> Floats:
    """`p` shifted on the scale of log-odds to a mean of `rate`."""
    log_odds = np.log(p / (1 - p))
    low, high = -20.0, 20.0
    for _ in range(80):
        middle = (low + high) / 2
        too_high = (1 / (1 + np.exp(-(log_odds + middle)))).mean() > rate
        low, high = (low, middle) if too_high else (middle, high)
    shifted: Floats = 1 / (1 + np.exp(-(log_odds + low)))
    return shifted


def believed(p: Floats, model: str) -> Floats:
    """The risks as a good, a useless or a wrong-way-round model gives them."""
    if model == "useless":
        return np.random.default_rng(1).permutation(p)
    return p if model == "good" else np.sort(p)[::-1][np.argsort(np.argsort(p))]


def repeat(trial: Trial) -> str:
    """Draw and estimate many times; one line of the table."""
    truth = at_rate(trial.truth, trial.rate)
    y = (np.random.default_rng(2).random(len(truth)) < truth).astype(float)
    risk = believed(
        at_rate(trial.frame["risk"].to_numpy().clip(1e-4, 1 - 1e-4), trial.rate), trial.model
    )
    cases = with_cells(trial.frame.with_columns(risk=pl.Series(risk)))
    parameters = PlanParameters(
        as_of=AS_OF, capacity=trial.size, seed="0", per_unit=Quota(at_least=2)
    )
    quotas = quotas_of(cases, trial.size, parameters)
    pi = Design.of(risk, cases["cell"].to_numpy(), quotas).at_search_share(trial.share)
    frame = cases.drop("cell").with_columns(inclusion_probability=pl.Series(pi))
    outcomes = frame.select("case_id", defect=pl.Series(y))
    ids, cell = frame["case_id"].to_list(), cases["cell"].to_numpy()
    unit = quotas.unit_of_cell[cell]

    hits, kept, inside, above, widths, totals = np.zeros(len(pi)), True, 0, 0, 0.0, []
    for seed in range(trial.draws):
        drawn = draw(pi, cell, quotas.unit_of_cell, tickets(str(seed), ids))
        hits += drawn
        met = (np.bincount(unit, drawn) >= quotas.unit_least).all()
        kept = kept and bool(met) and int(drawn.sum()) == trial.size
        chosen = outcomes.filter(pl.Series(drawn))
        found = estimate([Survey(frame, set(chosen["case_id"]), chosen)], by=())
        low, high = found.rate.low or 0.0, found.rate.high or 0.0
        inside += low <= y.mean() <= high
        above += y.mean() > high
        widths += (high - low) / trial.draws
        totals.append(found.defects / len(y))
    bias = (np.mean(totals) - y.mean()) / np.std(totals)
    return (
        f"{trial.rate:5.0%} {trial.size:5d} {trial.share:5.1f} {trial.model:16s} "
        f"{bias:+6.3f} {100 * inside / trial.draws:7.1f} {100 * above / trial.draws:7.1f} "
        f"{widths / 2:8.4f}   {'all' if kept else 'NOT ALL'}   {frequencies(hits, pi, trial.draws)}"
    )


def frequencies(hits: Floats, pi: Floats, draws: int) -> str:
    """The largest standardised deviation, the p-value of the rarest frequency among so many
    cases (exact binomial, Sidak), and the mean square, 1 if the probabilities are exact."""
    open_cases = (pi > 0) & (pi < 1 - 1e-6)
    probability, seen = pi[open_cases], hits[open_cases]
    off = (seen - draws * probability) / np.sqrt(draws * probability * (1 - probability))
    law = binom(draws, probability)
    rarest = 2 * np.minimum(law.cdf(seen), law.sf(seen - 1)).min()
    p_value = 1 - (1 - min(float(rarest), 1.0)) ** len(probability)
    return f"{np.abs(off).max():.2f} (p {p_value:.2f}), mean square {(off**2).mean():.3f}"


def promises(frame: pl.DataFrame, truth: Floats, draws: int) -> None:
    """Frequencies, sizes, quotas, bias and coverage."""
    trials = [
        Trial(frame, truth, rate, size, model, share, draws)
        for rate, size in TRIALS
        for share in SHARES
        for model in MODELS
        if share == SHARES[0] or (rate, size) == TRIALS[0]
    ]
    print(f"{draws} draws each from {frame.height:,} cases; at least 2 of each unit")
    print(" rate  size share model            bias/se  cover%  above% halfwidth  kept  frequencies")
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:  # Polars and fork do not mix
        for line in pool.map(repeat, trials):
            print(line, flush=True)


def frontier(frame: pl.DataFrame, picture: Path | None) -> None:
    """Our plan next to the top of the list plus a random rest, at 8 % and 1,000 reviews."""
    risk = at_rate(frame["risk"].to_numpy().clip(1e-4, 1 - 1e-4), 0.08)
    design, n = without_quotas(risk, 1000), len(risk)
    ranked, v = np.sort(risk)[::-1], design.variance
    order = np.argsort(-risk)
    rows = []
    for percent in (5, 10, 20, 30, 50, 70, 100):
        drawn = 10 * percent
        top, rest = order[: 1000 - drawn], order[1000 - drawn :]
        defects = risk[top].sum() + drawn * risk[rest].mean()
        variance = (len(rest) / drawn - 1) * v[rest].sum()
        same_defects = finding(design, float(defects))
        same_variance = design.at_variance(variance)
        rows.append((percent, float(defects), float(variance)))
        ratio = design.anticipated_variance(same_defects) / variance
        gain = design.expected_defects(same_variance) / defects
        print(
            f"top + {percent:3d} % random: {defects / ranked[:1000].sum():.3f} of greedy, margin "
            f"{margin_of(variance, n):.4f}; ours at equal defects: variance x {ratio:.2f}; "
            f"at equal variance: defects x {gain:.3f}"
        )
    if picture:
        draw_frontier(design, rows, float(ranked[:1000].sum()), picture)


def finding(design: Design, defects: float) -> Floats:
    """The point of the frontier that finds `defects`, by bisection over the search share."""
    low, high = 0.0, 1.0
    for _ in range(25):
        middle = (low + high) / 2
        fewer = design.expected_defects(design.at_search_share(middle)) < defects
        low, high = (middle, high) if fewer else (low, middle)
    return design.at_search_share(low)


def draw_frontier(
    design: Design, rows: list[tuple[int, float, float]], greedy: float, target: Path
) -> None:
    """Defects found (share of greedy) against the margin, as a picture."""
    n = len(design.risk)
    ours = [design.at_search_share(share) for share in np.linspace(0, 0.995, 60)]
    lines = {
        "this design": [
            (design.anticipated_variance(pi), design.expected_defects(pi)) for pi in ours
        ],
        "top of the list plus a random rest": [(variance, found) for _, found, variance in rows],
    }
    canvas = Canvas(figsize=(6.4, 4.0), layout="constrained")
    axes = canvas.subplots()
    for (name, points), style in zip(lines.items(), ("-", "o--"), strict=True):
        margins = [100 * margin_of(variance, n) for variance, _ in points]
        axes.plot(margins, [100 * found / greedy for _, found in points], style, label=name)
    axes.set_xlabel("margin of the defect rate (± points, 95 %)")
    axes.set_ylabel("defects found (% of the top of the list)")
    axes.legend(frameon=False, loc="lower right")
    with mpl.rc_context({"svg.hashsalt": "frontier"}):
        canvas.savefig(target, metadata={"Date": None} if target.suffix == ".svg" else None)


def speed() -> None:
    """Design and draw for 100,000 and 1,000,000 cases, with quotas per handler and unit."""
    rng = np.random.default_rng(5)
    for count in (100_000, 1_000_000):
        handler = rng.integers(0, 2000, count)
        frame = pl.DataFrame(
            {
                "case_id": [f"{i:07d}" for i in range(count)],
                "closed_at": [AS_OF] * count,
                "kind": ["k"] * count,
                "unit": pl.Series(handler % 100).cast(pl.String),
                "handler": pl.Series(handler).cast(pl.String),
                "risk": rng.beta(0.8, 9.0, count),
                "risk_low": np.zeros(count),
                "risk_high": np.ones(count),
                "rule": pl.Series([None] * count, dtype=pl.String),
            },
            schema=FRAME,
        )
        for name, changes in {
            "search share": {"search_share": 0.9},
            "margin": {"margin": 3.0 / count**0.5},
            "quotas": {
                "search_share": 0.9,
                "per_handler": Quota(at_least=2, share=0.01),
                "per_unit": Quota(share=0.02),
            },
        }.items():
            parameters = PlanParameters(as_of=AS_OF, capacity=count // 20, seed="s", **changes)
            start, busy = time.perf_counter(), time.process_time()
            draw_plan(frame, parameters)
            wall, cpu = time.perf_counter() - start, time.process_time() - busy
            print(f"{count:>9,} cases, {name:12s}: {wall:.2f} s ({cpu:.2f} s of processor)")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GB")


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("office", type=Path, help="folder of the demo office")
    parser.add_argument("--draws", type=int, default=2000)
    parser.add_argument("--only", choices=["promises", "frontier", "speed"])
    parser.add_argument("--picture", type=Path, help="where to draw the frontier (svg)")
    arguments = parser.parse_args()
    if arguments.only in (None, "speed"):
        speed()
    if arguments.only != "speed":
        frame, truth = frame_of(arguments.office)
        if arguments.only in (None, "frontier"):
            frontier(frame, arguments.picture)
        if arguments.only in (None, "promises"):
            promises(frame, truth, arguments.draws)


if __name__ == "__main__":
    main()
