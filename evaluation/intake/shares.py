"""Whether handlers really got the shares of cases that were published before each draw.

For every handler, in all cases and in each kind, the number of cases drawn is compared with
the law of a sum of independent draws with the published probabilities (Poisson-binomial, exact).
The true draw varies less than that, since numbers are rounded up or down
(`assignment/rounding.py`), so an honest office is accused no more often than stated: all tests
together wrongly find a difference with a probability of at most `LEVEL` (Holm 1979). Across
assignments probabilities may depend on earlier draws, as loads do; simulated, that made no
difference. An office that stops asking for a handler's cases once the draws have gone as it wanted
can be accused although probabilities were kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl

from cases.errors import BadInput, Fault
from cases.language.messages import Sayable, _, ngettext, sentences
from cases.numeric import Floats

LEVEL = 0.05  # probability of accusing an honest office of anything
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
    """The result of the check: `table` has the columns of `TABLE`, by kind and handler.

    `designated` cases were left out, as no random draw decided about them.
    """

    table: pl.DataFrame
    cases: int
    designated: int

    @property
    def differing(self) -> pl.DataFrame:
        """The rows whose number of cases the published probabilities do not explain."""
        return self.table.filter(pl.col("p_corrected") <= LEVEL)

    @property
    def agree(self) -> bool:
        """Whether nothing differs."""
        return self.differing.is_empty()

    @property
    def sentence(self) -> Sayable:
        """The result in words."""
        return sentences(self._finding(), self._basis())

    def _finding(self) -> Sayable:
        if self.agree:
            return _("Realised shares agree with the published probabilities.")
        return ngettext(
            "Realised shares do NOT agree with the published probabilities: {count:,} differs.",
            "Realised shares do NOT agree with the published probabilities: {count:,} differ.",
            self.differing.height,
        )

    def _basis(self) -> Sayable:
        return _(
            "({cases:,} cases drawn, {designated:,} designated left out; {tests:,} tests, together "
            "wrong in at most {level:.0%} of honest offices.)",
            cases=self.cases,
            designated=self.designated,
            tests=self.table.height,
            level=LEVEL,
        )


def check_shares(kept: Iterable[tuple[pl.DataFrame, pl.DataFrame]], kinds: pl.DataFrame) -> Shares:
    """Check kept assignments, each its `chances` and `lines` (`policies.assignment.result`).

    `kinds` has `case_id` and `kind`. `BadInput` for a case that has probabilities and no line.
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
    """Whether each drawn case went to each handler who could get it (`OUTCOMES`)."""
    given = lines.filter(pl.col("how") != "designated").select("case_id", given="handler")
    missing = chances.join(given, on="case_id", how="anti")["case_id"].unique().sort()
    if len(missing):
        raise BadInput(_without_line(case) for case in missing)
    pairs = chances.drop_nulls("handler").join(given, on="case_id")
    got = (pl.col("handler") == pl.col("given")).fill_null(value=False)
    return pairs.select("case_id", "handler", "probability", got=got)


def _without_line(case: str) -> Fault:
    problem = _("lacks a case that has probabilities.")
    return Fault(_("lines"), problem, _("Give the lines of the same assignment."), value=case)


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


def two_sided(probabilities: Floats, count: int) -> float:
    """Twice the smaller tail of the Poisson-binomial law at `count`, at most 1.

    >>> two_sided(np.array([0.5, 0.5]), 2)
    0.5
    """
    law = poisson_binomial(probabilities)
    tails = law[: count + 1].sum(), law[count:].sum()
    return float(min(1.0, 2 * min(tails)))


def poisson_binomial(probabilities: Floats) -> Floats:
    """The probabilities of 0 to n successes of n independent trials, shape (n + 1,).

    >>> poisson_binomial(np.array([0.5, 0.5])).tolist()
    [0.25, 0.5, 0.25]
    """
    if not len(probabilities):
        return np.ones(1)
    if len(probabilities) == 1:
        return np.concatenate([1 - probabilities, probabilities])
    # The law of a sum is the convolution of the laws of its halves.
    half = len(probabilities) // 2
    first, rest = probabilities[:half], probabilities[half:]
    return np.convolve(poisson_binomial(first), poisson_binomial(rest))


def holm(p: Floats) -> Floats:
    """P-values corrected for their number (Holm 1979, Scandinavian Journal of Statistics 6).

    >>> holm(np.array([0.01, 0.04, 0.03])).round(3).tolist()
    [0.03, 0.06, 0.06]
    """
    # The smallest p counts n times, the next n - 1 times, ...; none less than one before it.
    order = np.argsort(p)
    steps = p[order] * np.arange(len(p), 0, -1)
    corrected = np.empty_like(p)
    corrected[order] = np.minimum(1.0, np.maximum.accumulate(steps)) if len(p) else steps
    return corrected
