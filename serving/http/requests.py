"""Reading a request: from bytes to checked values, or every fault that is in it.

The models of `payloads.py` are made to fit one office here: `attributes` knows that
office's attributes with their types, and nothing else.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar, get_args

import polars as pl
from pydantic import BaseModel, Field, ValidationError, create_model
from pydantic_core import ErrorDetails

from cases.errors import LONGEST_VALUE, BadInput, Fault, shorten
from cases.office.model import Attribute, Office
from cases.tables.new_cases import new_case_faults
from cases.tables.tables import Tables, new_case_columns
from cases.tables.values import is_before
from serving.http.payloads import (
    AttributesIn,
    CaseIn,
    IntakeFactsIn,
    IntakeWish,
    Label,
    Moment,
    NewCaseIn,
    ScoreWish,
    SpotCheckWish,
)

REQUEST = "request"
MOST_FAULTS = 100  # told in one answer
PARTED = ";"  # between parties, as in a file of new cases
FIELDS = {"designated_handler": "designated.handler", "designation_reason": "designated.reason"}

Wish = TypeVar("Wish", bound=BaseModel)


class NotJson(BadInput):
    """The body is not a JSON document at all."""


@dataclass(frozen=True)
class Wishes:
    """The request models of one office."""

    spot_check: type[SpotCheckWish]
    score: type[ScoreWish]
    intake: type[IntakeWish]


def wishes_of(office: Office) -> Wishes:
    """The request models whose `attributes` are those of `office`."""
    # The prefix keeps an attribute called `copy` or `json` apart from what a model can do.
    own: dict[str, Any] = {f"own_{name}": _field(name, a) for name, a in office.attributes.items()}
    attributes = create_model("Attributes", __base__=AttributesIn, **own)
    case = _fitted(CaseIn, "Case", attributes=attributes)
    cases = tuple[case, ...] | None  # type: ignore[valid-type]
    return Wishes(
        _fitted(SpotCheckWish, "SpotCheckWish", cases=cases),
        _fitted(ScoreWish, "ScoreWish", cases=cases),
        _intake_wish(office, own),
    )


def _intake_wish(office: Office, own: dict[str, Any]) -> type[IntakeWish]:
    """The request model for new cases: of the attributes those known at intake."""
    known = {name: one for name, one in own.items() if name[len("own_") :] in office.intake_facts}
    facts = create_model("IntakeFacts", __base__=IntakeFactsIn, **known)
    case = _fitted(NewCaseIn, "NewCase", attributes=facts)
    return _fitted(IntakeWish, "IntakeWish", cases=tuple[case, ...])  # type: ignore[valid-type]


def _field(name: str, attribute: Attribute) -> tuple[Any, Any]:
    types: dict[str, Any] = {"number": float, "flag": bool, "code": Label, "date": Moment}
    meaning = attribute.meaning.say("en")
    return types[attribute.type] | None, Field(default=None, alias=name, description=meaning)


def _fitted(base: type[Wish], name: str, **types: Any) -> type[Wish]:
    """`base` under `name`, with narrower types for some of its fields."""
    fields: dict[str, Any] = {one: (kind, base.model_fields[one]) for one, kind in types.items()}
    return create_model(name, __base__=base, __doc__=base.__doc__, **fields)


def read(model: type[Wish], body: bytes) -> Wish:
    """The request in `body`; `NotJson` or `BadInput` with at most `MOST_FAULTS` faults."""
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        if details[0]["type"] == "json_invalid":
            raise NotJson([_not_json(details[0])]) from None
        details = [one for one in details if not _follows(one, details)]
        told = [_explain(model, one) for one in details[:MOST_FAULTS]]
        raise BadInput(told + _untold(len(details))) from None


def _follows(error: ErrorDetails, others: Sequence[ErrorDetails]) -> bool:
    """Whether a list is only called too short because its entries have faults of their own."""
    at = error["loc"]
    return error["type"] == "too_short" and any(
        one["loc"][: len(at)] == at and len(one["loc"]) > len(at) for one in others
    )


def check_cases(
    cases: Sequence[CaseIn], office: Office, closed_by: datetime = datetime.max
) -> None:
    """Raise `BadInput` if cases of one request contradict themselves, each other or the office.

    `closed_by` is the moment by which all of them must be closed.
    """
    faults = [
        fault for place, case in enumerate(cases) for fault in _odd(place, case, office, closed_by)
    ]
    counts = Counter(case.case_id for case in cases)
    faults += [
        _fault(f"cases[{place}].case_id", "stands more than once.", "Send every case once.")
        for place, case in enumerate(cases)
        if counts[case.case_id] > 1
    ]
    if faults:
        raise BadInput(faults[:MOST_FAULTS] + _untold(len(faults)))


def new_cases(tables: Tables, cases: Sequence[NewCaseIn]) -> pl.DataFrame:
    """The new cases of a request as a table; columns as `new_case_columns` says.

    `BadInput` if they contradict themselves, each other or what the office has.
    """
    schema = new_case_columns(tables.office)
    new = pl.DataFrame([_new_row(case) for case in cases], schema=schema)
    faults = [
        _fault(f"cases[{one.index}].{FIELDS.get(one.column, one.column)}", one.problem, one.remedy)
        for one in new_case_faults(tables, new)
    ]
    if faults:
        raise BadInput(faults[:MOST_FAULTS] + _untold(len(faults)))
    return new


def _new_row(case: NewCaseIn) -> dict[str, object]:
    named = case.designated
    return (
        case.model_dump(include={"case_id", "opened_at", "kind", "unit"})
        | case.attributes.model_dump(by_alias=True)
        | {
            "parties": PARTED.join(case.parties) or None,
            "designated_handler": named.handler if named else None,
            "designation_reason": named.reason if named else None,
        }
    )


def _odd(place: int, case: CaseIn, office: Office, closed_by: datetime) -> Iterator[Fault]:
    at = f"cases[{place}]"
    if case.closed_at > closed_by:
        remedy = "Only closed cases can be checked: leave it out, or ask as of a later moment."
        yield _fault(f"{at}.closed_at", "is after `as_of`.", remedy)
    if is_before(case.closed_at, case.opened_at):
        yield _fault(f"{at}.closed_at", "is before `opened_at`.", "Correct one of the two.")
    for number, event in enumerate(case.events):
        here = f"{at}.events[{number}]"
        if office.activities and event.activity not in office.activities:
            near = _nearest(event.activity, office.activities)
            yield _fault(f"{here}.activity", "is no activity of the office file.", near)
        if event.recorded_at is not None and is_before(event.recorded_at, event.at):
            remedy = "Give the time it was entered, or leave it out."
            yield _fault(f"{here}.recorded_at", "is before `at`.", remedy)


def _fault(field: str | None, problem: str, remedy: str) -> Fault:
    return Fault(REQUEST, problem, remedy, column=field)


def _untold(count: int) -> list[Fault]:
    """A last fault for those beyond `MOST_FAULTS`."""
    more = count - MOST_FAULTS
    return [_fault(None, f"has {more:,} more faults.", "Mend these first.")] if more > 0 else []


def _not_json(error: ErrorDetails) -> Fault:
    where = error["msg"].removeprefix("Invalid JSON: ")
    return _fault(None, f"is not valid JSON: {where}.", "Send one JSON object, as in /docs.json.")


# Kinds of pydantic error -> what is wrong and what to do.
SENTENCES = {
    "moment": (
        "{reason}.",
        "Write it as 2026-06-30 or 2026-06-30T17:05:00, the office's clock, without a zone.",
    ),
    "missing": ("is missing.", "Add it."),
    "model_type": ("is not an object.", "Write it as {{...}}, as in /docs.json."),
    "tuple_type": ("is not a list.", "Write it as [...]."),
    "string_type": ("is not text.", "Write it in quotes."),
    "string_pattern_mismatch": ("holds a `;`.", "Send one code per entry."),
    "string_too_short": ("is empty.", "Fill it in, or leave it out."),
    "string_too_long": ("is longer than {max_length} letters.", "Shorten it."),
    "int_type": ("is not a whole number.", "Write a whole number without quotes."),
    "int_parsing_size": ("is too large.", "Write a smaller whole number."),
    "float_type": ("is not a number.", "Write a number without quotes, or leave it out."),
    "finite_number": ("is not a finite number.", "Leave it out if it is not known."),
    "bool_type": ("is neither true nor false.", "Write true or false without quotes."),
    "greater_than_equal": ("is too small.", "Give at least {ge}."),
    "less_than_equal": ("is too large.", "Give at most {le}."),
    "one_of_two": ("needs either `case_ids` or `cases`.", "Give one of the two."),
    "too_long": ("holds more than {max_length} entries.", "Send several requests."),
    "too_short": ("is empty.", "Give at least one entry, or leave it out."),
}


def _explain(model: type[BaseModel], error: ErrorDetails) -> Fault:
    """A pydantic error as a fault, with the nearest known field for an unknown one."""
    path = error["loc"]
    field = _dotted(path) or None
    if error["type"] == "extra_forbidden":
        known = _keys_at(model, path[:-1])
        return _fault(field, "is not a field of this request.", _nearest(str(path[-1]), known))
    problem, remedy = SENTENCES.get(error["type"], ("{message}.", "See /docs.json."))
    context = {"message": error["msg"]} | error.get("ctx", {})
    return _fault(field, problem.format(**context), remedy.format(**context))


def _dotted(path: tuple[int | str, ...]) -> str:
    """`cases[3].attributes.suspects`.

    >>> _dotted(("cases", 3, "case_id"))
    'cases[3].case_id'
    """
    parts = (f"[{part}]" if isinstance(part, int) else f".{shorten(part)}" for part in path)
    return "".join(parts).removeprefix(".")


def _nearest(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name[:LONGEST_VALUE], list(known), n=1, cutoff=0.0)
    return f"Did you mean `{near[0]}`?" if near else "Remove it."


def _keys_at(model: type[BaseModel], path: tuple[int | str, ...]) -> list[str]:
    """The fields a request knows at `path`."""
    level: Any = model
    for part in path:
        if isinstance(part, str):
            level = _fields(level)[part]
    return list(_fields(level))


def _fields(kind: Any) -> dict[str, Any]:
    """The fields of the model that occurs in a type, with their types."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return {one.alias or name: one.annotation for name, one in kind.model_fields.items()}
    inner = (_fields(part) for part in get_args(kind))
    return next((fields for fields in inner if fields), {})
