"""What is wrong with the input of an assignment: every fault, not the first."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from cases.errors import BadInput, Fault, Refused
from policies.assignment.eligibility import CODES, LASTING, OBSTACLES, Eligibility

MOST_PAIRS = 5_000_000  # of cases and handlers
SMALLEST, LARGEST = 0.001, 1_000_000  # amounts of work and capacity the programme can compare


def check_input(cases: pl.DataFrame, handlers: pl.DataFrame, recusals: pl.DataFrame) -> None:
    """`BadInput` unless every case, handler and recusal says what it must."""
    faults = [
        *_size(cases, handlers),
        *_named_once(cases, "cases", "case_id"),
        *_named_once(handlers, "handlers", "handler"),
        *_numbers(cases, "cases", "case_id", {"effort": _positive("effort")}),
        *_numbers(handlers, "handlers", "handler", HANDLER_NUMBERS),
        *_recusals(recusals, handlers),
        *_designations(cases, handlers),
    ]
    if faults:
        raise BadInput(faults)


def check_designations(designated: Eligibility) -> None:
    """`Refused` if somebody was designated who is recused from the case or a party to it."""
    recused = [
        f"{case}: {handler} {OBSTACLES[CODES[code]].says.en}."
        for case, handler, code in _lasting(designated)
    ]
    if recused:
        raise Refused("These designations cannot be: " + " ".join(recused))


def _lasting(designated: Eligibility) -> Iterator[tuple[str, str, int]]:
    place = {handler: number for number, handler in enumerate(designated.handlers["handler"])}
    rows = designated.cases.select("case_id", "designated_handler").iter_rows()
    for number, (case, handler) in enumerate(rows):
        obstacles = designated.obstacles[:LASTING, number, place[handler]]
        if obstacles.any():
            yield case, handler, int(obstacles.argmax())


def _positive(name: str) -> pl.Expr:
    return pl.col(name).is_between(SMALLEST, LARGEST)


def _not_negative(name: str) -> pl.Expr:
    return pl.col(name).is_between(0, LARGEST)


HANDLER_NUMBERS = {
    "load": _not_negative("load"),
    "open_cases": _not_negative("open_cases"),
    "capacity": _positive("capacity") | (pl.col("capacity") == 0) | pl.col("capacity").is_null(),
    "most_open": _not_negative("most_open") | pl.col("most_open").is_null(),
}


def _size(cases: pl.DataFrame, handlers: pl.DataFrame) -> Iterator[Fault]:
    if cases.height * handlers.height > MOST_PAIRS:
        size = f"{cases.height:,} cases and {handlers.height:,} handlers"
        yield Fault("cases", f"are too many at once: {size}.", "Give them in several batches.")


def _named_once(frame: pl.DataFrame, where: str, name: str) -> Iterator[Fault]:
    if frame.filter(pl.col(name).fill_null("") == "").height:
        yield Fault(where, "is missing.", "Name every one.", column=name)
    twice = frame.filter(pl.col(name).is_duplicated())[name].drop_nulls().unique().sort()
    for value in twice:
        yield Fault(where, "is given twice.", "Give it once.", column=name, value=value)


def _numbers(
    frame: pl.DataFrame, where: str, key: str, fine: dict[str, pl.Expr]
) -> Iterator[Fault]:
    for name, good in fine.items():
        odd = frame.filter(~good.fill_null(value=False))
        least = SMALLEST if name == "effort" else 0
        for who, value in odd.select(key, name).iter_rows():
            found = "missing" if value is None else str(value)
            remedy = f"Give a number from {least} to {LARGEST:,}."
            yield Fault(where, f"is no such number for {who}.", remedy, column=name, value=found)


def _recusals(recusals: pl.DataFrame, handlers: pl.DataFrame) -> Iterator[Fault]:
    known = set(handlers["handler"])
    rows = recusals.select("handler", "case_id", "party").iter_rows()
    for number, (handler, case, party) in enumerate(rows, start=2):
        if handler not in known:
            yield Fault(
                "recusals",
                "is no handler of the handler table.",
                "Correct the name, or add the handler.",
                row=number,
                column="handler",
                value=str(handler or ""),
            )
        if not case and not party:
            remedy = "Give a case_id or a party."
            yield Fault("recusals", "does not say from what.", remedy, row=number)


def _designations(cases: pl.DataFrame, handlers: pl.DataFrame) -> Iterator[Fault]:
    known = set(handlers["handler"])
    named = cases.filter(pl.col("designated_handler").is_not_null())
    rows = named.select("case_id", "designated_handler", "designation_reason").iter_rows()
    for case, handler, reason in rows:
        if handler not in known:
            yield Fault(
                "cases",
                f"of case {case} is no handler of the handler table.",
                "Correct the name.",
                column="designated_handler",
                value=handler,
            )
        if not (reason or "").strip():
            remedy = "Say why the case is designated."
            yield Fault("cases", f"of case {case} is missing.", remedy, column="designation_reason")
