"""Who may take which case, and of everybody who may not, one reason and what would change it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from cases.language.catalogues import Language
from cases.language.messages import _
from cases.language.texts import Text
from cases.tables import tables
from cases.tables.values import SEPARATORS, listed

CASES: dict[str, pl.DataType] = {
    "case_id": pl.String(),
    "kind": pl.String(),
    "unit": pl.String(),  # null or empty: any unit may take it
    "effort": pl.Float64(),  # expected work, in the office's unit
    "parties": pl.List(pl.String()),
    "needs": pl.List(pl.String()),  # skills without which a handler may not take it
    "prefers": pl.List(pl.String()),  # skills a handler had better have
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


@dataclass(frozen=True)
class Obstacle:
    """Why a handler may not take a case; `{detail}` stands for the fact of the matter."""

    brief: Text  # of several handlers
    says: Text  # of one handler
    changes: Text  # what would have to be done


# Of several obstacles the first counts: what nobody may change, then what rarely changes.
OBSTACLES: dict[str, Obstacle] = {
    "recused_case": Obstacle(
        _("recused from the case"),
        _("is recused from this case"),
        _("a recusal stands"),
    ),
    "recused_party": Obstacle(
        _("recused from a party"),
        _("is recused from a party to this case"),
        _("a recusal stands"),
    ),
    "no_unit": Obstacle(
        _("without a unit"),
        _("has no unit on record"),
        _("enter the handler's unit in the handler table"),
    ),
    "other_unit": Obstacle(
        _("of another unit"),
        _("belongs to unit {detail}"),
        _("send the case to unit {detail}"),
    ),
    "kind": Obstacle(
        _("not taking this kind"),
        _("does not take cases of kind {detail}"),
        _("add {detail} to the handler's kinds"),
    ),
    "skill": Obstacle(
        _("lacking a skill"),
        _("lacks a skill the case needs: {detail}"),
        _("enter the skill {detail} for the handler"),
    ),
    "capacity": Obstacle(
        _("with a capacity of 0"),
        _("has a capacity of 0"),
        _("give the handler a capacity above 0"),
    ),
    "absent": Obstacle(
        _("absent"),
        _("is absent: {detail}"),
        _("wait for the handler's return (absent: {detail})"),
    ),
    "most_open": Obstacle(
        _("with the most open cases"),
        _("already has as many open cases as allowed: {detail}"),
        _("raise the handler's most_open, or wait until one of the cases closes"),
    ),
}
CODES = tuple(OBSTACLES)
ABSENCE = ("absent_from", "absent_until")
LASTING = 2  # the first so many cannot be changed
NEAREST = 3  # handlers named where nobody is eligible


@dataclass(frozen=True)
class Eligibility:
    """Who may take what: `obstacles` has shape (len(CODES), cases, handlers)."""

    cases: pl.DataFrame
    handlers: pl.DataFrame
    obstacles: NDArray[np.bool_]

    @property
    def eligible(self) -> NDArray[np.bool_]:
        """Shape (cases, handlers)."""
        free: NDArray[np.bool_] = np.logical_not(np.any(self.obstacles, axis=0))
        return free

    def excluded(self) -> pl.DataFrame:
        """Every pair that may not be: `case_id, handler, reason` (one of `CODES`), `detail`."""
        case, handler = np.nonzero(self.obstacles.any(axis=0))
        return self._told(case, handler, self.obstacles[:, case, handler].argmax(axis=0))

    def against(self, case: int, handler: int) -> pl.DataFrame:
        """Everything that keeps one handler from one case; columns of `excluded`."""
        reason = np.flatnonzero(self.obstacles[:, case, handler])
        one = np.ones_like(reason)
        return self._told(case * one, handler * one, reason)

    def nearest(self, case: int) -> pl.DataFrame:
        """What keeps the handlers nearest to it from case number `case`, nothing lasting.

        Every obstacle of the at most `NEAREST` handlers with the fewest; columns of `excluded`.
        """
        in_the_way = self.obstacles[:, case]
        many = in_the_way.sum(axis=0)
        free = np.flatnonzero(~in_the_way[:LASTING].any(axis=0) & (many > 0))
        chosen = free[many[free] == many[free].min(initial=len(CODES))][:NEAREST]
        handler, reason = np.nonzero(in_the_way[:, chosen].T)
        return self._told(np.full(len(handler), case), chosen[handler], reason)

    def _told(
        self, case: NDArray[np.int64], handler: NDArray[np.int64], reason: NDArray[np.int64]
    ) -> pl.DataFrame:
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
    alone = {
        "no_unit": (wanted != "") & (theirs == ""),
        "other_unit": (wanted != "") & (theirs != "") & (wanted != theirs),
        "kind": _kind(cases, handlers),
        "skill": lacked(cases["needs"], handlers) > 0,
        "capacity": handlers.select(_none()).to_series().to_numpy(),
        "absent": _absent(handlers, day),
        "most_open": handlers.select(_full()).to_series().to_numpy(),
    }
    obstacles = {name: np.broadcast_to(where, shape) for name, where in alone.items()}
    obstacles |= _recused(cases, handlers, recusals)
    return Eligibility(cases, handlers, np.stack([obstacles[code] for code in CODES]))


def parts(cell: str | None) -> frozenset[str]:
    """What one cell lists.

    >>> sorted(parts("tax; juvenile;"))
    ['juvenile', 'tax']
    """
    return frozenset(part.strip() for part in re.split(SEPARATORS, cell or "")) - {""}


def lacked(wanted: pl.Series, handlers: pl.DataFrame) -> NDArray[np.int64]:
    """How many of the skills each case wants each handler lacks, shape (cases, handlers)."""
    has = [parts(skills) for skills in handlers["skills"]]
    wishes = [frozenset(wish or ()) for wish in wanted.to_list()]
    row = {wish: [len(wish - skills) for skills in has] for wish in set(wishes)}
    return np.array([row[wish] for wish in wishes], np.int64).reshape(len(wishes), len(has))


def say(excluded: pl.DataFrame, language: Language) -> pl.DataFrame:
    """`excluded` with `says` and `changes`: why not, and what would change it, in `language`."""

    def told(part: str) -> pl.Expr:
        words = {code: getattr(one, part).say(language) for code, one in OBSTACLES.items()}
        sentence = pl.col("reason").cast(pl.String).replace_strict(words, return_dtype=pl.String)
        return sentence.str.replace("{detail}", pl.col("detail"), literal=True)

    return excluded.with_columns(says=told("says"), changes=told("changes"))


def _kind(cases: pl.DataFrame, handlers: pl.DataFrame) -> NDArray[np.bool_]:
    takes = [None if cell is None else parts(cell) for cell in handlers["kinds"]]
    kinds = cases["kind"].to_list()
    row = {kind: [t is not None and kind not in t for t in takes] for kind in set(kinds)}
    return np.array([row[kind] for kind in kinds], bool).reshape(len(kinds), len(takes))


def _absent(handlers: pl.DataFrame, day: date) -> NDArray[np.bool_]:
    begins, ends = pl.col("absent_from"), pl.col("absent_until")
    stated = begins.is_not_null() | ends.is_not_null()
    within = (begins <= day).fill_null(value=True) & (ends >= day).fill_null(value=True)
    return handlers.select(stated & within).to_series().to_numpy()


def _none() -> pl.Expr:
    return (pl.col("capacity") <= 0).fill_null(value=False)


def _full() -> pl.Expr:
    return (pl.col("open_cases") + 1 > pl.col("most_open")).fill_null(value=False)


def _recused(
    cases: pl.DataFrame, handlers: pl.DataFrame, recusals: pl.DataFrame
) -> dict[str, NDArray[np.bool_]]:
    by_case = cases.select("case_id").with_row_index("case")
    by_party = cases.select(pl.col("parties").alias("party")).with_row_index("case")
    who = handlers.select("handler").with_row_index("place")
    marks = {}
    for code, key, names in (
        ("recused_case", "case_id", by_case),
        ("recused_party", "party", by_party.explode("party", empty_as_null=True)),
    ):
        pairs = recusals.join(who, on="handler").join(names, on=key)
        marks[code] = np.zeros((cases.height, handlers.height), bool)
        marks[code][pairs["case"].to_numpy(), pairs["place"].to_numpy()] = True
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
