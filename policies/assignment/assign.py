"""Who takes which case: rules first, then a balance of work, then the lot.

What a chief designated goes where it was designated. For the rest, `eligibility.py` says
who may take what, `balance.py` which chance each of them gets, and `lots.py` draws. The
quality of anybody's earlier work plays no part: only the columns of `eligibility.HANDLERS`
are read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import polars as pl

from policies.assignment import words
from policies.assignment.chances import chances_of
from policies.assignment.checks import check_designations, check_input
from policies.assignment.draw import draw_lots
from policies.assignment.eligibility import CASES, HANDLERS, RECUSALS, Eligibility, eligibility
from policies.assignment.loads import certain, loaded, loads_of
from policies.assignment.result import LINES, Assignment, AssignmentParameters, How

Line = tuple[str, str | None, How, float | None, int, str, str]  # as `LINES`


def assign(
    cases: pl.DataFrame,
    handlers: pl.DataFrame,
    recusals: pl.DataFrame,
    wish: AssignmentParameters,
) -> Assignment:
    """Assign `cases` to `handlers`.

    The frames have the columns of `eligibility.CASES`, `HANDLERS` and `RECUSALS`; an absent
    column counts as empty, others are not read. `BadInput` lists every fault; `Refused` if a
    recused handler is designated. A case that nobody may take, or for which no place is
    left, is in the answer, with what would change it.
    """
    cases = _columns(cases, CASES).sort("case_id")
    handlers = _columns(handlers, HANDLERS).sort("handler")
    recusals = _columns(recusals, RECUSALS)
    check_input(cases, handlers, recusals)
    handlers = handlers.with_columns(pl.col("capacity").fill_null(usual_capacity(handlers)))

    named = pl.col("designated_handler").is_not_null()
    designated = eligibility(cases.filter(named), handlers, recusals, wish.as_of.date())
    check_designations(designated)
    given = dict(designated.cases.select("case_id", "designated_handler").iter_rows())
    busier = loaded(handlers, cases, given)
    who = eligibility(cases.filter(~named), busier, recusals, wish.as_of.date())
    chances = chances_of(who, wish.floor)
    drawn = draw_lots(chances, wish.seed)
    unplaced = sum(handler is None for handler in drawn.values())
    return Assignment(
        wish,
        pl.concat([_designated_lines(designated), _lines(who, chances, drawn)]).sort("case_id"),
        chances,
        who.excluded(),
        loads_of(handlers, cases, given | drawn, pl.concat([certain(given), chances])),
        _input_hash(cases, handlers, recusals),
        words.notes_on(chances, wish.floor, unplaced),
    )


def usual_capacity(handlers: pl.DataFrame) -> float:
    """What counts where no capacity is stated: the median of those that are above 0, or 1."""
    stated = handlers.filter(pl.col("capacity") > 0)["capacity"]
    return float(stated.median() or 1.0)  # type: ignore[arg-type]


def _columns(frame: pl.DataFrame, schema: dict[str, pl.DataType]) -> pl.DataFrame:
    absent = [
        pl.lit(None, kind).alias(name) for name, kind in schema.items() if name not in frame.columns
    ]
    return frame.with_columns(absent).select(pl.col(name).cast(schema[name]) for name in schema)


def _designated_lines(designated: Eligibility) -> pl.DataFrame:
    place = {handler: number for number, handler in enumerate(designated.handlers["handler"])}
    rows = designated.cases.select("case_id", "designated_handler", "designation_reason").rows()
    eligible = designated.eligible.sum(axis=1)
    lines: list[Line] = []
    for number, (case, handler, reason) in enumerate(rows):
        against = designated.against(number, place[handler])
        why = _said(words.designated, reason.strip(), against)
        lines.append((case, handler, "designated", None, int(eligible[number]), *why))
    return _as_lines(lines)


def _lines(
    who: Eligibility, chances: pl.DataFrame, drawn: Mapping[str, str | None]
) -> pl.DataFrame:
    """How each case that was not designated fared."""
    chance = dict(
        certain(drawn)
        .select("case_id", "handler")
        .join(chances, on=["case_id", "handler"])
        .select("case_id", "probability")
        .iter_rows()
    )
    eligible = who.eligible.sum(axis=1).tolist()
    return _as_lines(
        _line(who, number, case, drawn.get(case), eligible[number], chance.get(case))
        for number, case in enumerate(who.cases["case_id"])
    )


def _line(
    who: Eligibility,
    number: int,
    case: str,
    handler: str | None,
    eligible: int,
    chance: float | None,
) -> Line:
    if not eligible:
        return (case, None, "unassigned", None, 0, *_said(words.nobody, who, number))
    if handler is None or chance is None:
        return (case, None, "unassigned", None, eligible, *_said(words.no_place, eligible))
    return (case, handler, "drawn", chance, eligible, *_said(words.drawn, chance, eligible))


def _said(sentence: Callable[..., str], *facts: Any) -> tuple[str, str]:
    return sentence("en", *facts), sentence("zh", *facts)


def _as_lines(lines: Iterable[Line]) -> pl.DataFrame:
    return pl.DataFrame(list(lines), schema=LINES, orient="row")


def _input_hash(*frames: pl.DataFrame) -> str:
    """SHA-256 (hex) of everything the assignment was made from, as JSON lines."""
    digest = hashlib.sha256()
    for frame in frames:
        digest.update(frame.write_ndjson().encode())
    return digest.hexdigest()
