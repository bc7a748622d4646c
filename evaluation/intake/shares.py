"""Whether handlers really got the shares of cases that were published before each draw.

For every handler, in all cases and in each kind, the number of cases drawn is held against
the law of a sum of independent draws with the published chances (Poisson-binomial, exact).
The true draw varies less than that, since numbers are rounded up or down
(`assignment/rounding.py`), so an honest office is accused no more often than stated: all tests
together wrongly find a difference with a probability of at most `LEVEL` (Holm 1979). Across
assignments chances may hang on earlier draws, as loads do; simulated, that made no difference.
Whoever stops asking for a handler's cases once the lot has fallen as wished can be accused though
chances were kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from cases.errors import BadInput, Fault
from cases.language.texts import Text

LEVEL = 0.05  # chance of accusing an honest office of anything
ALL = ""  # the scope that is every kind

TABLE: dict[str, pl.DataType] = {
    "kind": pl.String(),  # `ALL` for all cases
    "handler": pl.String(),
    "cases": pl.Int64(),  # the handler was eligible for
    "expected": pl.Float64(),
    "drawn": pl.Int64(),
    "p_value": pl.Float64(),  # two-sided
    "p_corrected": pl.Float64(),  # for all tests of the table
}

OUTCOMES: dict[str, pl.DataType] = {
    "case_id": pl.String(),
    "handler": pl.String(),
    "probability": pl.Float64(),
    "got": pl.Boolean(),
}


@dataclass(frozen=True)
class Shares:
    """What the check found: `table` has the columns of `TABLE`, by kind and handler.

    `designated` cases were left out, as no lot decided about them.
    """

    table: pl.DataFrame
    cases: int
    designated: int

    @property
    def differing(self) -> pl.DataFrame:
        """The rows whose number of cases the published chances do not explain."""
        return self.table.filter(pl.col("p_corrected") <= LEVEL)

    @property
    def agree(self) -> bool:
        """Whether nothing differs."""
        return self.differing.is_empty()

    @property
    def sentence(self) -> Text:
        """The finding in one sentence."""
        tests, odd = self.table.height, self.differing.height
        of_en = f"({self.cases:,} cases drawn, {self.designated:,} designated left out, {tests:,} "
        of_en += f"tests, together wrong in at most {LEVEL:.0%} of honest offices)"
        of_zh = f"（抽签{self.cases}件，不计指定{self.designated}件，共{tests}项检验，"
        of_zh += f"合计误报概率不超过{LEVEL:.0%}）"
        if self.agree:
            return Text(
                en=f"Realised shares agree with the published chances {of_en}.",
                zh=f"实际份额与公布的概率相符{of_zh}。",
            )
        return Text(
            en=f"Realised shares do NOT agree with the published chances: {odd:,} differ {of_en}.",
            zh=f"实际份额与公布的概率不符：{odd}项不同{of_zh}。",
        )


def check_shares(kept: Iterable[tuple[pl.DataFrame, pl.DataFrame]], kinds: pl.DataFrame) -> Shares:
    """Check kept assignments, each its `chances` and `lines` (`policies.assignment.result`).

    `kinds` has `case_id` and `kind`. `BadInput` for a case that has chances and no line.
    """
    parts, cases, designated = [pl.DataFrame(schema=OUTCOMES)], 0, 0
    for chances, lines in kept:
        parts.append(_outcomes(chances, lines))
        cases += chances["case_id"].n_unique()
        designated += lines.filter(pl.col("how") == "designated").height
    kind = kinds.select("case_id", "kind")
    outcomes = pl.concat(parts).join(kind, on="case_id", how="left")
    scopes = pl.concat([outcomes.with_columns(kind=pl.lit(ALL)), outcomes.drop_nulls("kind")])
    return Shares(_table(scopes), cases, designated)


def _outcomes(chances: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Whether each case that was drawn went to each handler with a chance of it (`OUTCOMES`)."""
    fate = lines.filter(pl.col("how") != "designated").select("case_id", given="handler")
    missing = chances.join(fate, on="case_id", how="anti")["case_id"].unique().sort()
    if len(missing):
        remedy = "Give the lines of the same assignment."
        raise BadInput(
            Fault("lines", "lacks a case that has chances.", remedy, value=case) for case in missing
        )
    pairs = chances.drop_nulls("handler").join(fate, on="case_id")
    got = (pl.col("handler") == pl.col("given")).fill_null(value=False)
    return pairs.select("case_id", "handler", "probability", got=got)


def _table(scopes: pl.DataFrame) -> pl.DataFrame:
    rows = [
        (
            kind,
            handler,
            own.height,
            own["probability"].sum(),
            int(own["got"].sum()),
            two_sided(own["probability"].to_numpy(), int(own["got"].sum())),
        )
        for (kind, handler), own in scopes.group_by("kind", "handler")
    ]
    schema = {name: kind for name, kind in TABLE.items() if name != "p_corrected"}
    table = pl.DataFrame(rows, schema=schema, orient="row").sort("kind", "handler")
    return table.with_columns(
        p_corrected=pl.Series(holm(table["p_value"].to_numpy()), dtype=pl.Float64)
    )


def two_sided(chances: NDArray[np.float64], count: int) -> float:
    """Twice the smaller tail of the Poisson-binomial law at `count`, at most 1.

    >>> two_sided(np.array([0.5, 0.5]), 2)
    0.5
    """
    law = poisson_binomial(chances)
    tails = law[: count + 1].sum(), law[count:].sum()
    return float(min(1.0, 2 * min(tails)))


def poisson_binomial(chances: NDArray[np.float64]) -> NDArray[np.float64]:
    """The probabilities of 0 to n successes of n independent trials, shape (n + 1,).

    >>> poisson_binomial(np.array([0.5, 0.5])).tolist()
    [0.25, 0.5, 0.25]
    """
    if len(chances) <= 1:
        return np.concatenate([1 - chances, chances]) if len(chances) else np.ones(1)
    half = len(chances) // 2
    return np.convolve(poisson_binomial(chances[:half]), poisson_binomial(chances[half:]))


def holm(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """P-values corrected for their number (Holm 1979, Scandinavian Journal of Statistics 6).

    >>> holm(np.array([0.01, 0.04, 0.03])).round(3).tolist()
    [0.03, 0.06, 0.06]
    """
    order = np.argsort(p)
    steps = p[order] * np.arange(len(p), 0, -1)
    corrected = np.empty_like(p)
    corrected[order] = np.minimum(1.0, np.maximum.accumulate(steps)) if len(p) else steps
    return corrected
