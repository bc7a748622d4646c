"""Who may take which case, and of each handler who may not, the reason."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from cases.numeric import Flags, Ints
from cases.tables import tables
from cases.tables.values import SEPARATORS, listed
from policies.assignment.obstacles import CODES, LASTING

CASES: dict[str, pl.DataType] = {
    "case_id": pl.String(),
    "kind": pl.String(),
    "unit": pl.String(),  # null or empty: any unit may take it
    "effort": pl.Float64(),  # expected work, in the office's unit
    "parties": pl.List(pl.String()),
    "needs": pl.List(pl.String()),  # skills without which a handler may not take it
    "prefers": pl.List(pl.String()),  # skills that are better there
    "designated_handler": pl.String(),
    "designation_reason": pl.String(),
}
HANDLERS: dict[str, pl.DataType] = tables.HANDLERS | {
    "absent_from": pl.Date(),
    "absent_until": pl.Date(),  # the last day of absence
    "load": pl.Float64(),  # expected work left in open cases, in the unit of `effort`
    "open_cases": pl.Int64(),
}
RECUSALS = tables.RECUSALS
ABSENCE = ("absent_from", "absent_until")
NEAREST = 3  # handlers named where nobody is eligible


@dataclass(frozen=True)
class Eligibility:
    """Who may take what: `obstacles` has shape (len(CODES), cases, handlers)."""

    cases: pl.DataFrame
    handlers: pl.DataFrame
    obstacles: Flags

    @property
    def eligible(self) -> Flags:
        """Shape (cases, handlers)."""
        eligible: Flags = np.logical_not(np.any(self.obstacles, axis=0))
        return eligible

    def excluded(self) -> pl.DataFrame:
        """Pairs that are not eligible: `case_id, handler, reason` (one of `CODES`), `detail`."""
        case, handler = np.nonzero(self.obstacles.any(axis=0))
        return self._pairs(case, handler, self.obstacles[:, case, handler].argmax(axis=0))

    def against(self, case: int, handler: int) -> pl.DataFrame:
        """Everything that keeps one handler from one case; columns of `excluded`."""
        reason = np.flatnonzero(self.obstacles[:, case, handler])
        every = np.ones_like(reason)
        return self._pairs(case * every, handler * every, reason)

    def nearest(self, case: int) -> pl.DataFrame:
        """What keeps the handlers nearest to it from case number `case`, nothing lasting.

        Every obstacle of the at most `NEAREST` handlers with the fewest; columns of `excluded`.
        """
        obstacles = self.obstacles[:, case]
        many = obstacles.sum(axis=0)
        changeable = np.flatnonzero(~obstacles[:LASTING].any(axis=0) & (many > 0))
        fewest = many[changeable].min(initial=len(CODES))
        chosen = changeable[many[changeable] == fewest][:NEAREST]
        handler, reason = np.nonzero(obstacles[:, chosen].T)
        return self._pairs(np.full(len(handler), case), chosen[handler], reason)

    def _pairs(self, case: Ints, handler: Ints, reason: Ints) -> pl.DataFrame:
        """`case_id, handler, reason, detail` by the numbers of case, handler and obstacle."""
        about_case = self.cases.select("case_id", "kind", "needs")[case]
        about_handler = self.handlers.select(
            "handler", "unit", "skills", "absent_from", "absent_until", "most_open"
        )[handler]
        codes = pl.Series("reason", np.array(CODES)[reason], dtype=pl.Enum(CODES))
        pairs = pl.concat([about_case, about_handler], how="horizontal").with_columns(codes)
        return pairs.select("case_id", "handler", "reason", detail=_detail())


def eligibility(
    cases: pl.DataFrame, handlers: pl.DataFrame, recusals: pl.DataFrame, day: date
) -> Eligibility:
    """Who may take which of `cases` on `day`; frames with the columns of the schemas above."""
    shape = (cases.height, handlers.height)
    wanted = cases["unit"].fill_null("").to_numpy()[:, None]
    theirs = handlers["unit"].fill_null("").to_numpy()[None, :]
    by_code = {
        "no_unit": (wanted != "") & (theirs == ""),
        "other_unit": (wanted != "") & (theirs != "") & (wanted != theirs),
        "kind": _kind(cases, handlers),
        "skill": lacked(cases["needs"], handlers) > 0,
        "capacity": _true(handlers, pl.col("capacity") <= 0),
        "absent": _absent(handlers, day),
        "most_open": _true(handlers, pl.col("open_cases") + 1 > pl.col("most_open")),
    }
    obstacles = {name: np.broadcast_to(where, shape) for name, where in by_code.items()}
    obstacles |= _recused(cases, handlers, recusals)
    return Eligibility(cases, handlers, np.stack([obstacles[code] for code in CODES]))


def parts(cell: str | None) -> frozenset[str]:
    """What one cell lists.

    >>> sorted(parts("tax; juvenile;"))
    ['juvenile', 'tax']
    """
    return frozenset(part.strip() for part in re.split(SEPARATORS, cell or "")) - {""}


def lacked(wanted: pl.Series, handlers: pl.DataFrame) -> Ints:
    """How many of the skills each case wants each handler lacks, shape (cases, handlers)."""
    has = [parts(skills) for skills in handlers["skills"]]
    asked = [frozenset(skills or ()) for skills in wanted.to_list()]
    row = {skills: [len(skills - theirs) for theirs in has] for skills in set(asked)}
    return np.array([row[skills] for skills in asked], np.int64).reshape(len(asked), len(has))


def _kind(cases: pl.DataFrame, handlers: pl.DataFrame) -> Flags:
    takes = [None if cell is None else parts(cell) for cell in handlers["kinds"]]
    kinds = cases["kind"].to_list()
    row = {
        kind: [taken is not None and kind not in taken for taken in takes] for kind in set(kinds)
    }
    return np.array([row[kind] for kind in kinds], bool).reshape(len(kinds), len(takes))


def _absent(handlers: pl.DataFrame, day: date) -> Flags:
    begins, ends = pl.col("absent_from"), pl.col("absent_until")
    stated = begins.is_not_null() | ends.is_not_null()
    within = (begins <= day).fill_null(value=True) & (ends >= day).fill_null(value=True)
    return handlers.select(stated & within).to_series().to_numpy()


def _true(handlers: pl.DataFrame, condition: pl.Expr) -> Flags:
    """Of which handlers it is known that the condition holds."""
    return handlers.select(condition.fill_null(value=False)).to_series().to_numpy()


def _recused(
    cases: pl.DataFrame, handlers: pl.DataFrame, recusals: pl.DataFrame
) -> dict[str, Flags]:
    by_case = cases.select("case_id").with_row_index("case")
    by_party = cases.select(pl.col("parties").alias("party")).with_row_index("case")
    numbered = handlers.select("handler").with_row_index("number")
    marks = {}
    for code, key, names in (
        ("recused_case", "case_id", by_case),
        ("recused_party", "party", by_party.explode("party", empty_as_null=True)),
    ):
        pairs = recusals.join(numbered, on="handler").join(names, on=key)
        marks[code] = np.zeros((cases.height, handlers.height), bool)
        marks[code][pairs["case"].to_numpy(), pairs["number"].to_numpy()] = True
    return marks


def _detail() -> pl.Expr:
    """The fact that stands for `{detail}` in the sentences about an obstacle."""
    reason = pl.col("reason").cast(pl.String)
    day = [pl.col(name).dt.to_string("%Y-%m-%d").fill_null("…") for name in ABSENCE]
    return (
        pl.when(reason == "other_unit")
        .then("unit")
        .when(reason == "kind")
        .then(pl.col("kind").fill_null("–"))
        .when(reason == "skill")
        .then(_missing())
        .when(reason == "absent")
        .then(pl.concat_str(day, separator=" – "))
        .when(reason == "most_open")
        .then(pl.col("most_open").cast(pl.Int64, strict=False).cast(pl.String))
        .otherwise(pl.lit(""))
        .fill_null("")
    )


def _missing() -> pl.Expr:
    """The needed skills the handler lacks, in one cell."""
    has = listed(pl.col("skills").fill_null(""))
    return pl.col("needs").list.set_difference(has).list.sort().list.join("; ")
