"""Who takes which case: rules first, then a balance of work, then a random draw.

What a chief designated goes where it was designated. For the rest, `eligibility.py` says
who may take what, `balance.py` which probability each of them gets, and `draw.py` draws. The
quality of a handler's earlier work plays no part: only the columns of `eligibility.HANDLERS`
are read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

from cases.language.messages import Sayable
from policies.assignment import words
from policies.assignment.chances import chances_of
from policies.assignment.checks import check_designations, check_input
from policies.assignment.draw import draw_handlers
from policies.assignment.eligibility import CASES, HANDLERS, RECUSALS, Eligibility, eligibility
from policies.assignment.loads import loaded, loads_of
from policies.assignment.result import LINES, AssignmentParameters, DrawnAssignment, How


class Line(NamedTuple):
    """A row of `LINES` and the reason of it."""

    case_id: str
    handler: str | None
    how: How
    probability: float | None
    eligible: int
    why: Sayable


@dataclass(frozen=True)
class Decided:
    """What people have decided: cases `given` to handlers, and their lines.

    The `handlers` as they were before, all `cases`, the undecided ones too.
    """

    handlers: pl.DataFrame
    cases: pl.DataFrame
    given: Mapping[str, str | None]
    lines: tuple[Line, ...]


def assign(
    cases: pl.DataFrame,
    handlers: pl.DataFrame,
    recusals: pl.DataFrame,
    parameters: AssignmentParameters,
) -> DrawnAssignment:
    """Assign `cases` to `handlers`.

    The frames have the columns of `eligibility.CASES`, `HANDLERS` and `RECUSALS`; an absent
    column counts as empty, others are not read. `BadInput` for amounts that cannot be compared,
    `Refused` if a recused handler is designated, `ValueError` for frames that contradict
    themselves. A case that nobody may take, or for which nobody has room left, is in the
    answer, with what would change it.
    """
    cases = completed(cases, CASES).sort("case_id")
    handlers = completed(handlers, HANDLERS).sort("handler")
    recusals = completed(recusals, RECUSALS)
    check_input(cases, handlers, recusals)
    handlers = handlers.with_columns(pl.col("capacity").fill_null(usual_capacity(handlers)))

    named, day = pl.col("designated_handler").is_not_null(), parameters.as_of.date()
    designated = eligibility(cases.filter(named), handlers, recusals, day)
    check_designations(designated)
    given = dict(designated.cases[["case_id", "designated_handler"]].iter_rows())
    busier = loaded(handlers, cases, given)
    undecided = eligibility(cases.filter(~named), busier, recusals, day)
    decided = Decided(handlers, cases, given, tuple(_designated_lines(designated)))
    return drawn_among(undecided, parameters, input_hash(cases, handlers, recusals), decided)


def drawn_among(
    undecided: Eligibility,
    parameters: AssignmentParameters,
    hash_of_input: str,
    decided: Decided | None = None,
) -> DrawnAssignment:
    """Draw who takes which of the `undecided` cases, next to what people have `decided`."""
    decided = decided or Decided(undecided.handlers, undecided.cases, {}, ())
    chances = chances_of(undecided, parameters.floor)
    drawn = draw_handlers(chances, parameters.seed)
    lines = [*decided.lines, *_lines(undecided, chances, drawn)]
    unassigned = sum(handler is None for handler in drawn.values())
    return DrawnAssignment(
        parameters,
        pl.DataFrame([line[:-1] for line in lines], LINES, orient="row").sort("case_id"),
        {line.case_id: line.why for line in lines},
        chances,
        undecided,
        loads_of(decided.handlers, decided.cases, decided.given, drawn, chances),
        hash_of_input,
        words.notes_on(undecided.takers, chances, parameters.floor, unassigned),
    )


def usual_capacity(handlers: pl.DataFrame) -> float:
    """What counts where no capacity is stated: the median of those that are above 0, or 1."""
    stated = handlers.filter(pl.col("capacity") > 0)["capacity"]
    return float(stated.median() or 1.0)  # type: ignore[arg-type]


def completed(frame: pl.DataFrame, schema: dict[str, pl.DataType]) -> pl.DataFrame:
    """The columns of `schema`, empty where the frame has none."""
    if frame.schema == pl.Schema(schema):
        return frame
    there = set(frame.columns)
    return pl.DataFrame(
        [
            frame[name].cast(kind)
            if name in there
            else pl.Series(name, [None] * frame.height, kind)
            for name, kind in schema.items()
        ]
    )


def _designated_lines(designated: Eligibility) -> list[Line]:
    """The lines of cases that a chief has designated."""
    numbers = {handler: number for number, handler in enumerate(designated.handlers["handler"])}
    rows = designated.cases[["case_id", "designated_handler", "designation_reason"]].rows()
    eligible = designated.eligible.sum(axis=1).tolist()
    return [
        Line(
            case,
            handler,
            "designated",
            None,
            eligible[number],
            words.designated(reason.strip(), designated.against(number, numbers[handler])),
        )
        for number, (case, handler, reason) in enumerate(rows)
    ]


def _lines(
    undecided: Eligibility, chances: pl.DataFrame, drawn: Mapping[str, str | None]
) -> list[Line]:
    """The lines of cases that were not designated."""
    columns = (chances[name].to_list() for name in ("case_id", "handler", "probability"))
    each = zip(*columns, strict=True)
    probability = {case: p for case, handler, p in each if handler == drawn[case]}
    eligible, takers = undecided.eligible.sum(axis=1).tolist(), undecided.takers
    nobody: dict[int, Sayable] = {}  # by the number of cases that are alike
    lines = []
    for number, case in enumerate(undecided.cases["case_id"].to_list()):
        handler, count = drawn.get(case), eligible[number]
        if handler is not None:
            why = takers.drawn.filled(probability=probability[case], eligible=count)
            lines.append(Line(case, handler, "drawn", probability[case], count, why))
        elif count:
            why = takers.no_room.filled(eligible=count)
            lines.append(Line(case, None, "unassigned", None, count, why))
        else:
            like = undecided.alike[0][number]
            if like not in nobody:
                nobody[like] = words.nobody(undecided, number)
            lines.append(Line(case, None, "unassigned", None, count, nobody[like]))
    return lines


def input_hash(*frames: pl.DataFrame) -> str:
    """SHA-256 (hex) of everything the assignment was made from, as JSON lines."""
    digest = hashlib.sha256()
    for frame in frames:
        digest.update(frame.write_ndjson().encode())
    return digest.hexdigest()
