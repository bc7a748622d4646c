"""What the input of an assignment must keep.

That cases, handlers and recusals fit together is for those who read them to say, in words;
here it is only asserted. Amounts are first compared here, so here is said what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import polars as pl

from cases.errors import BadInput, Fault, Refused
from cases.language.messages import Sayable, _, sentences
from policies.assignment.eligibility import Eligibility
from policies.assignment.obstacles import TO_HANDLERS, Takers

MOST_PAIRS = 5_000_000  # of cases and handlers
SMALLEST, LARGEST = 0.001, 1_000_000  # amounts of work and capacity the program can compare


def check_input(
    cases: pl.DataFrame,
    handlers: pl.DataFrame,
    recusals: pl.DataFrame,
    takers: Takers = TO_HANDLERS,
) -> None:
    """`BadInput` for too many cases and for amounts that cannot be compared.

    `ValueError` for cases, handlers and recusals that contradict each other.
    """
    _assert_named_once(cases["case_id"])
    _assert_named_once(handlers["handler"])
    _assert_recusals(recusals, handlers["handler"])
    _assert_designations(cases, handlers["handler"])
    faults = [
        *_size(cases, handlers),
        *_amounts(cases, _("the cases"), "case_id", {"effort": _is_positive}),
        *_amounts(handlers, takers.called, "handler", HANDLER_AMOUNTS),
    ]
    if faults:
        raise BadInput(faults)


def check_designations(designated: Eligibility) -> None:
    """`Refused` if a handler was designated who is recused from the case or a party to it."""
    recused = [
        _(
            "{case}: {handler} {obstacle}.",
            case=case,
            handler=handler,
            obstacle=TO_HANDLERS.says(TO_HANDLERS.codes[code], ""),
        )
        for case, handler, code in _lasting(designated)
    ]
    if recused:
        raise Refused(sentences(_("These designations are not allowed:"), *recused))


def _lasting(designated: Eligibility) -> Iterator[tuple[str, str, int]]:
    """`case, handler, code`: the designations that an obstacle stands against for good."""
    if designated.cases.is_empty():
        return
    numbers = {handler: number for number, handler in enumerate(designated.handlers["handler"])}
    rows = designated.cases.select("case_id", "designated_handler").iter_rows()
    for number, (case, handler) in enumerate(rows):
        obstacles = designated.obstacles[: TO_HANDLERS.lasting, number, numbers[handler]]
        if obstacles.any():
            yield case, handler, int(obstacles.argmax())


Possible = Callable[[float | None], bool]


def _is_positive(amount: float | None) -> bool:
    return amount is not None and SMALLEST <= amount <= LARGEST


def _is_not_negative(amount: float | None) -> bool:
    return amount is not None and 0 <= amount <= LARGEST


HANDLER_AMOUNTS: dict[str, Possible] = {
    "load": _is_not_negative,
    "open_cases": _is_not_negative,
    "capacity": lambda amount: not amount or _is_positive(amount),
    "most_open": lambda amount: amount is None or _is_not_negative(amount),
}


def _assert_named_once(names: pl.Series) -> None:
    known = set(names)
    if len(known) < len(names) or known & {None, ""}:
        raise ValueError(f"every {names.name} is needed, and each once")


def _assert_recusals(recusals: pl.DataFrame, handlers: pl.Series) -> None:
    if not set(recusals["handler"]) <= set(handlers):
        raise ValueError("a handler of the recusals is not among the handlers")
    pairs = zip(recusals["case_id"], recusals["party"], strict=True)
    if not all(case_id or party for case_id, party in pairs):
        raise ValueError("a recusal is from a case or from a party")


def _assert_designations(cases: pl.DataFrame, handlers: pl.Series) -> None:
    pairs = zip(cases["designated_handler"], cases["designation_reason"], strict=True)
    named = [(handler, reason) for handler, reason in pairs if handler is not None]
    if not {handler for handler, _reason in named} <= set(handlers):
        raise ValueError("a designated handler is not among the handlers")
    if not all((reason or "").strip() for _handler, reason in named):
        raise ValueError("a designation needs a reason")


def _size(cases: pl.DataFrame, handlers: pl.DataFrame) -> Iterator[Fault]:
    if cases.height * handlers.height > MOST_PAIRS:
        problem = _(
            "are too many at once: {cases:,} cases and {people:,} people who could take them.",
            cases=cases.height,
            people=handlers.height,
        )
        yield Fault(_("the cases"), problem, _("Give them in several batches."))


def _amounts(
    frame: pl.DataFrame, where: Sayable, key: str, possible: dict[str, Possible]
) -> Iterator[Fault]:
    for name, is_possible in possible.items():
        least = SMALLEST if name == "effort" else 0
        remedy = _("Give a number from {least:g} to {most:,}.", least=least, most=LARGEST)
        for row, value in zip(frame[key], frame[name], strict=True):
            if is_possible(value):
                continue
            problem = _(
                "of {row} is not an amount from {least:g} to {most:,}.",
                row=row,
                least=least,
                most=LARGEST,
            )
            if value is None:
                problem = _("of {row} is missing.", row=row)
            stated = None if value is None else str(value)
            yield Fault(where, problem, remedy, column=name, value=stated)
