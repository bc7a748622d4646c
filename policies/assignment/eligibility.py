"""Who may take which case, and of each handler who may not, the reason."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from cases.numeric import Flags, Ints
from cases.tables import tables
from cases.tables.values import SEPARATORS
from policies.assignment.obstacles import TO_HANDLERS, Takers

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
UNITS = ("other_unit", "same_unit")  # obstacles that the unit of the handler makes
ABSENCE = ("absent_from", "absent_until")
NEAREST = 3  # handlers named where nobody is eligible


class Hindrance(NamedTuple):
    """What keeps a handler from a case."""

    handler: int  # the number in the frame
    reason: str  # the code of an obstacle
    detail: str  # the fact that stands for `{detail}` in the sentences about it


@dataclass(frozen=True)
class Eligibility:
    """Who may take what: `obstacles` has shape (codes of `takers`, cases, handlers).

    Handlers stand for whoever the `takers` are.
    """

    takers: Takers
    cases: pl.DataFrame
    handlers: pl.DataFrame
    obstacles: Flags

    @classmethod
    def of(
        cls,
        takers: Takers,
        cases: pl.DataFrame,
        handlers: pl.DataFrame,
        by_code: Mapping[str, Flags],
    ) -> Self:
        """From where each obstacle is, in shapes that can be broadcast to (cases, handlers)."""
        shape = (cases.height, handlers.height)
        obstacles = [np.broadcast_to(by_code[code], shape) for code in takers.codes]
        return cls(takers, cases, handlers, np.stack(obstacles))

    @cached_property
    def eligible(self) -> Flags:
        """Shape (cases, handlers)."""
        eligible: Flags = np.logical_not(np.any(self.obstacles, axis=0))
        return eligible

    @cached_property
    def alike(self) -> tuple[list[int], list[list[Hindrance]]]:
        """Each case's number among those that differ, and of each of these who is excluded.

        Of cases with one number the same obstacles keep the same handlers away.
        """
        first = np.where(self.eligible, -1, self.obstacles.argmax(axis=0))
        known: dict[tuple[Any, ...], int] = {}
        who: list[list[Hindrance]] = []
        numbers = []
        for place, case in enumerate(self._cases):
            obstacles = self.obstacles[:, place].tobytes()
            key = (obstacles, case["kind"], tuple(case["needs"] or ()))
            if key not in known:
                known[key] = len(known)
                codes = enumerate(first[place].tolist())
                who.append([self._hindrance(case, whose, one) for whose, one in codes if one >= 0])
            numbers.append(known[key])
        return numbers, who

    def excluded(self) -> pl.DataFrame:
        """Pairs that are not eligible: `case_id, handler, reason` (a code), `detail`."""
        numbers, who = self.alike
        reasons = pl.Enum(self.takers.codes)
        columns = {"handler": pl.Int64(), "reason": reasons, "detail": pl.String()}
        flat = pl.DataFrame([one for each in who for one in each], columns, orient="row")
        many = np.array([len(each) for each in who], np.int64)
        # The rows of each case in `flat`: a run from where those of its like begin.
        counts = many[numbers]
        begins = np.repeat((np.cumsum(many) - many)[numbers] - np.cumsum(counts) + counts, counts)
        rows = flat[begins + np.arange(len(begins))]
        names = {
            "case_id": self.cases["case_id"][np.repeat(np.arange(len(numbers)), counts)],
            "handler": self.handlers["handler"][rows["handler"]],
        }
        return rows.with_columns(**names).select("case_id", "handler", "reason", "detail")

    def against(self, case: int, handler: int) -> list[Hindrance]:
        """Everything that keeps one handler from one case."""
        codes = np.flatnonzero(self.obstacles[:, case, handler]).tolist()
        return [self._hindrance(self._cases[case], handler, code) for code in codes]

    def nearest(self, case: int) -> list[list[Hindrance]]:
        """What keeps the handlers nearest to it from case number `case`, nothing lasting.

        Every obstacle of the at most `NEAREST` handlers with the fewest.
        """
        obstacles = self.obstacles[:, case]
        many = obstacles.sum(axis=0)
        changeable = np.flatnonzero(~obstacles[: self.takers.lasting].any(axis=0) & (many > 0))
        fewest = many[changeable].min(initial=len(obstacles))
        chosen = changeable[many[changeable] == fewest][:NEAREST]
        return [self.against(case, handler) for handler in chosen.tolist()]

    @cached_property
    def _cases(self) -> list[dict[str, Any]]:
        return self.cases[["kind", "needs"]].to_dicts()

    @cached_property
    def _handlers(self) -> list[dict[str, Any]]:
        return self.handlers.to_dicts()

    def _hindrance(self, case: dict[str, Any], handler: int, code: int) -> Hindrance:
        theirs, reason = self._handlers[handler], self.takers.codes[code]
        detail = ""
        if reason in UNITS:
            detail = theirs["unit"]
        elif reason == "kind":
            detail = "–" if case["kind"] is None else case["kind"]
        elif reason == "skill":
            detail = "; ".join(sorted({*case["needs"]} - parts(theirs["skills"])))
        elif reason == "absent":
            detail = " – ".join("…" if day is None else str(day) for day in _absence(theirs))
        elif reason == "most_open":
            detail = str(int(theirs["most_open"]))
        return Hindrance(handler, reason, detail)


def eligibility(
    cases: pl.DataFrame, handlers: pl.DataFrame, recusals: pl.DataFrame, day: date
) -> Eligibility:
    """Who may take which of `cases` on `day`; frames with the columns of the schemas above."""
    wanted, theirs = units(cases, handlers)
    own = {
        "no_unit": (wanted != "") & (theirs == ""),
        "other_unit": (wanted != "") & (theirs != "") & (wanted != theirs),
        "skill": lacked(cases["needs"], handlers) > 0,
    }
    common = common_obstacles(cases, handlers, recusals, day)
    return Eligibility.of(TO_HANDLERS, cases, handlers, common | own)


def units(cases: pl.DataFrame, people: pl.DataFrame) -> tuple[NDArray[Any], NDArray[Any]]:
    """The unit of each case, shape (cases, 1), and of each person, (1, people); empty for none."""
    return _texts(cases["unit"])[:, None], _texts(people["unit"])[None, :]


def common_obstacles(
    cases: pl.DataFrame, people: pl.DataFrame, recusals: pl.DataFrame, day: date
) -> dict[str, Flags]:
    """The obstacles that whoever takes cases can have, by code; frames as in `eligibility`."""
    return {
        "kind": _kind(cases, people),
        # A number that is not stated is NaN, for which no comparison holds.
        "capacity": people["capacity"].to_numpy() <= 0,
        "absent": np.array([_is_absent(row, day) for row in people.to_dicts()], bool),
        "most_open": people["open_cases"].to_numpy() + 1 > people["most_open"].to_numpy(),
        **_recused(cases, people, recusals),
    }


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


def _texts(column: pl.Series) -> NDArray[Any]:
    """Texts, empty for null."""
    return np.array([text or "" for text in column.to_list()], object)


def _absence(handler: dict[str, Any]) -> tuple[date | None, date | None]:
    """The first and the last day of an absence."""
    begins, ends = ABSENCE
    return handler[begins], handler[ends]


def _is_absent(handler: dict[str, Any], day: date) -> bool:
    """Whether the day lies in the handler's absence, which may be open on one side."""
    begins, ends = _absence(handler)
    stated = begins is not None or ends is not None
    return stated and (begins is None or begins <= day) and (ends is None or day <= ends)


def _recused(
    cases: pl.DataFrame, handlers: pl.DataFrame, recusals: pl.DataFrame
) -> dict[str, Flags]:
    number = {name: place for place, name in enumerate(handlers["handler"])}
    by_case = {case_id: [place] for place, case_id in enumerate(cases["case_id"])}
    by_party: dict[str, list[int]] = {}
    for place, parties in enumerate(cases["parties"].to_list()):
        for party in parties or ():
            by_party.setdefault(party, []).append(place)
    marks = {}
    for code, key, places in (
        ("recused_case", "case_id", by_case),
        ("recused_party", "party", by_party),
    ):
        marks[code] = np.zeros((cases.height, handlers.height), bool)
        for handler, name in zip(recusals["handler"], recusals[key], strict=True):
            if name is not None and handler in number:
                marks[code][places.get(name, []), number[handler]] = True
    return marks
