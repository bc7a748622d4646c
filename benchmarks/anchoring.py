"""Does the estimate recover how far a shown risk influences the demo's reviewers?

    .venv/bin/python benchmarks/anchoring.py DEMO [--draws 1000]

DEMO is a folder that `triage demo` wrote. Plans are drawn from the frame of its plan; the risk of
half of the cases is hidden. In each repetition the cases' defects, their readers and what is hidden
are drawn anew, and the demo's reviewers grade with a lean of 0, of what they have, and of twice
that. What is true is known: each case's grade with the risk shown and without. Prints bias,
coverage of the 95 % intervals and how often an influence is shown, for slope and level.
"""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path

import numpy as np
import polars as pl
from scipy.special import logit

from cases.demo.reviews.drawn import DEFECT_GRADES, realise
from cases.demo.reviews.of_plan import graded
from evaluation.statistics.metrics import Figure
from evaluation.surveys.anchoring import compare
from policies.spot_check.plan import FRAME, PlanParameters
from policies.spot_check.planning import draw_plan
from policies.spot_check.reading import drawn_hidden

SIZES = (100, 200, 300, 500, 1000)
LEANS = {"none": 0.0, "as planted": 1.0, "strong": 2.0}
SEARCH_SHARE, HIDDEN_SHARE = 0.9, 0.5
AS_OF = datetime(2026, 6, 30, 23, 59, 59)


def request_of(size: int, seed: str) -> PlanParameters:
    """A plan of this size."""
    return PlanParameters(
        as_of=AS_OF,
        capacity=size,
        seed=seed,
        search_share=SEARCH_SHARE,
        hidden_share=HIDDEN_SHARE,
    )


def drawn(folder: Path, size: int) -> pl.DataFrame:
    """`case_id, risk` and the true `log_odds` of a plan's cases, mandatory ones apart."""
    frame = pl.read_parquet(folder / "plan" / "frame.parquet").filter(pl.col("rule").is_null())
    plan = draw_plan(frame.select(*FRAME), request_of(size, "anchoring"))
    truth = pl.read_parquet(folder / "truth.parquet")
    known = plan.lines.select("case_id", "risk").join(truth, on="case_id", maintain_order="left")
    return known.with_columns(log_odds=pl.Series(logit(known["defect_probability"].to_numpy())))


def defects(cases: pl.DataFrame, reviewers: pl.DataFrame, *, shown: bool) -> pl.Series:
    """1 where a reader finds a defect, with the risk shown or without."""
    grades = graded(cases.with_columns(risk_shown=pl.lit(shown)), reviewers)
    return grades.is_in(DEFECT_GRADES).cast(pl.Float64)


def truth_of(risk: np.ndarray, effect: np.ndarray) -> tuple[float, float]:
    """Slope and level of the effects on the risk."""
    centred = risk - risk.mean()
    return float(centred @ effect / (centred @ centred)), float(effect.mean())


def line(name: str, found: list[Figure], true: list[float]) -> str:
    """A line of the table, of the repetitions in which there is a figure."""
    known = [
        (figure.value, figure.low, figure.high, value)
        for figure, value in zip(found, true, strict=True)
        if figure.value is not None
    ]
    if not known:
        return f"{name} withheld in all"
    value, low, high, truth = np.array(known).T
    covered, shown = (low <= truth) & (truth <= high), (low > 0) | (high < 0)
    return (
        f"{name} given {len(known) / len(found):4.0%}  true {truth.mean():+.3f}  "
        f"bias {(value - truth).mean():+.3f}  sd {value.std():.3f}  "
        f"coverage {covered.mean():.1%}  influence shown {shown.mean():.1%}"
    )


def repeated(cases: pl.DataFrame, reviewers: pl.DataFrame, draws: int) -> tuple[str, str]:
    """Slope and level over the repetitions."""
    rng = np.random.default_rng(2026)
    codes, risk = reviewers["reviewer"], cases["risk"].to_numpy()
    figures, truths = [], []
    for number in range(draws):
        request = request_of(cases.height, str(number))
        now = cases.with_columns(
            badness=pl.Series(realise(rng, cases["log_odds"].to_numpy())),
            reviewer=codes.gather(rng.integers(0, len(codes), cases.height)),
            hidden=drawn_hidden(request, cases["case_id"]),
            chance=pl.lit(0.5),
            otherwise=pl.lit(value=False),
        )
        with_risk, without = (defects(now, reviewers, shown=shown) for shown in (True, False))
        seen = pl.when("hidden").then(without).otherwise(with_risk)
        figures.append(compare(now.with_columns(y=seen)))
        truths.append(truth_of(risk, (with_risk - without).to_numpy()))
    slopes, levels = zip(*truths, strict=True)
    return (
        line("slope", [found.slope for found in figures], list(slopes)),
        line("level", [found.level for found in figures], list(levels)),
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--draws", type=int, default=1000)
    given = parser.parse_args()
    reviewers = pl.read_parquet(given.folder / "truth_reviewers.parquet")
    for size in SIZES:
        cases = drawn(given.folder, size)
        for name, times in LEANS.items():
            people = reviewers.with_columns(pl.col("lean") * times)
            for text in repeated(cases, people, given.draws):
                print(f"{size:5,} {name:10} {text}", flush=True)


if __name__ == "__main__":
    main()
