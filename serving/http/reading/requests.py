"""Reading a request: from bytes to checked values, or every fault that is in it.

The models of `payloads.py` are made to fit one office here: `attributes` knows that
office's attributes with their types, and nothing else.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar, get_args

import polars as pl
from pydantic import BaseModel, Field, ValidationError, create_model
from pydantic_core import ErrorDetails

from cases.errors import LONGEST_VALUE, BadInput, Fault, shorten
from cases.language.messages import Message, _
from cases.nearest import did_you_mean
from cases.office.model import Attribute, Office
from cases.tables.arrivals.new_cases import new_case_faults
from cases.tables.specification.value_checks import NO_NAME
from cases.tables.tables import Tables, new_case_columns
from serving.http.reading.payloads import (
    NO_SUCH_MOMENT,
    NOT_A_MOMENT,
    NOT_BOTH,
    ONE_OF_TWO,
    OTHER_YEAR,
    AttributesIn,
    CaseIn,
    IntakeFactsIn,
    IntakeRequest,
    Label,
    Moment,
    NewCaseIn,
    RequestPart,
    ScoreRequest,
    SpotCheckRequest,
)
from serving.http.reading.quick_reader import quick_reader
from serving.use_cases.asked.faults import MOST_FAULTS, fault, refuse, unlisted
from serving.use_cases.asked.given import GivenCase, GivenEvent

PARTED = ";"  # between parties, as in a file of new cases
FIELDS = {"designated_handler": "designated.handler", "designation_reason": "designated.reason"}

Read = TypeVar("Read", bound=BaseModel)


class NotJson(BadInput):
    """The body is not a JSON document at all."""


@dataclass(frozen=True)
class RequestModels:
    """The request models of one office."""

    spot_check: type[SpotCheckRequest]
    score: type[ScoreRequest]
    intake: type[IntakeRequest]


def request_models(office: Office) -> RequestModels:
    """The request models whose `attributes` are those of `office`."""
    attributes = create_model(
        "Attributes", __base__=AttributesIn, **fields_of(office, office.attributes)
    )
    case = fitted(CaseIn, "Case", attributes=attributes)
    cases = tuple[case, ...] | None  # type: ignore[valid-type]
    spot_check = fitted(SpotCheckRequest, "SpotCheckRequest", cases=cases)
    score = fitted(ScoreRequest, "ScoreRequest", cases=cases)
    for model in (spot_check, score):
        model.quickly = quick_reader(office, model, explained)
    return RequestModels(spot_check, score, _intake_request(office))


def _intake_request(office: Office) -> type[IntakeRequest]:
    """The request model for new cases: of the attributes those known at intake."""
    known = [name for name in office.attributes if name in office.intake_facts]
    facts = create_model("IntakeFacts", __base__=IntakeFactsIn, **fields_of(office, known))
    case = fitted(NewCaseIn, "NewCase", attributes=facts)
    cases = tuple[case, ...]  # type: ignore[valid-type]
    return fitted(IntakeRequest, "IntakeRequest", cases=cases)


def fields_of(office: Office, names: Iterable[str]) -> dict[str, Any]:
    """The fields of a model for these attributes.

    The prefix keeps an attribute called `copy` or `json` apart from what a model can do.
    """
    return {f"own_{name}": _field(name, office.attributes[name]) for name in names}


def _field(name: str, attribute: Attribute) -> tuple[Any, Any]:
    types: dict[str, Any] = {"number": float, "flag": bool, "code": Label, "date": Moment}
    meaning = attribute.meaning.say("en")  # the description is for programs
    return types[attribute.type] | None, Field(default=None, alias=name, description=meaning)


def fitted(base: type[Read], name: str, **types: Any) -> type[Read]:
    """`base` under `name`, with narrower types for some of its fields."""
    fields: dict[str, Any] = {
        field: (kind, base.model_fields[field]) for field, kind in types.items()
    }
    return create_model(name, __base__=base, __doc__=base.__doc__, **fields)


def read(model: type[Read], body: bytes) -> Read:
    """The request in `body`; `NotJson` or `BadInput` with at most `MOST_FAULTS` faults."""
    quickly = model.quickly if issubclass(model, RequestPart) else None
    request: Read | None = quickly(body) if quickly else None
    return explained(model, body) if request is None else request


def explained(model: type[Read], body: bytes) -> Read:
    """As `read`, value by value, to say of each what is wrong with it."""
    try:
        request = model.model_validate_json(body)
        json.loads(body, object_pairs_hook=_once, parse_int=len, parse_float=len)
        return request
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        if details[0]["type"] == "json_invalid":
            raise NotJson([_not_json(details[0])]) from None
        details = [detail for detail in details if not _follows(detail, details)]
        faults = [_explain(model, detail) for detail in details[:MOST_FAULTS]]
        raise BadInput(faults + unlisted(len(details) - len(faults))) from None


def _once(pairs: Sequence[tuple[str, object]]) -> None:
    """`BadInput` for a field that stands twice in an object: one of the two would be lost."""
    if len(dict(pairs)) < len(pairs):
        names = Counter(name for name, _value in pairs)
        ((name, _count),) = names.most_common(1)
        problem = _("stands more than once in one object.")
        raise BadInput([fault(shorten(name), problem, _("Give every field once."))])


def _follows(error: ErrorDetails, others: Sequence[ErrorDetails]) -> bool:
    """Whether a list is only called too short because its entries have faults of their own."""
    at = error["loc"]
    return error["type"] == "too_short" and any(
        other["loc"][: len(at)] == at and len(other["loc"]) > len(at) for other in others
    )


def given_cases(cases: Sequence[CaseIn | GivenCase]) -> list[GivenCase]:
    """The cases of a request as values, which the quick reader has made already."""
    return [case if isinstance(case, GivenCase) else _given_case(case) for case in cases]


def _given_case(case: CaseIn) -> GivenCase:
    return GivenCase(
        case.case_id,
        case.opened_at,
        case.closed_at,
        case.kind,
        case.unit,
        case.handler,
        case.attributes.model_dump(by_alias=True),
        tuple(
            GivenEvent(event.at, event.activity, event.recorded_at, event.actor)
            for event in case.events
        ),
    )


def new_cases(tables: Tables, cases: Sequence[NewCaseIn]) -> pl.DataFrame:
    """The new cases of a request as a table; columns as `new_case_columns` says.

    `BadInput` if they contradict themselves, each other or what the office has.
    """
    schema = new_case_columns(tables.office)
    new = pl.DataFrame([_new_row(case) for case in cases], schema=schema)
    refuse(
        fault(
            f"cases[{found.index}].{FIELDS.get(found.column, found.column)}",
            found.problem,
            found.remedy,
        )
        for found in new_case_faults(tables, new)
    )
    return new


def _new_row(case: NewCaseIn) -> dict[str, object]:
    fields, named = type(case.attributes).model_fields, case.designated
    return {
        "case_id": case.case_id,
        "opened_at": case.opened_at,
        "kind": case.kind,
        "unit": case.unit,
        **{str(fields[name].alias): value for name, value in case.attributes},
        "parties": PARTED.join(case.parties) or None,
        "designated_handler": named.handler if named else None,
        "designation_reason": named.reason if named else None,
    }


def _not_json(error: ErrorDetails) -> Fault:
    reason = error["msg"].removeprefix("Invalid JSON: ")
    problem = _("is not valid JSON: {reason}.", reason=reason)
    return fault(None, problem, _("Send one JSON object, as in /docs.json."))


HOW_TO_WRITE = _(
    "Write it as 2026-06-30 or 2026-06-30T17:05:00, the office's clock, without a zone."
)

# Kinds of pydantic error -> what is wrong and what to do.
SENTENCES: Mapping[str, tuple[Message, Message]] = {
    NOT_A_MOMENT: (_("is not a date or a date and time."), HOW_TO_WRITE),
    NO_SUCH_MOMENT: (_("is a day or hour that does not exist."), HOW_TO_WRITE),
    OTHER_YEAR: (_("is outside the years {first} to {last}."), HOW_TO_WRITE),
    "missing": (_("is missing."), _("Add it.")),
    "model_type": (_("is not an object."), _("Write it as an object, as in /docs.json.")),
    "tuple_type": (_("is not a list."), _("Write it as [...].")),
    "string_type": (_("is not text."), _("Write it in quotes.")),
    "string_pattern_mismatch": (_("holds a `;`."), _("Send one code per entry.")),
    "string_too_short": (_("is empty."), _("Fill it in, or leave it out.")),
    "string_too_long": (_("is longer than {max_length} letters."), _("Shorten it.")),
    "int_type": (_("is not a whole number."), _("Write a whole number without quotes.")),
    "int_parsing_size": (_("is too large."), _("Write a smaller whole number.")),
    "float_type": (_("is not a number."), _("Write a number without quotes, or leave it out.")),
    "finite_number": (_("is not a finite number."), _("Leave it out if it is not known.")),
    "bool_type": (
        _("is neither true nor false."),
        _("Write true or false without quotes."),
    ),
    "greater_than_equal": (_("is too small."), _("Give at least {ge}.")),
    "less_than_equal": (_("is too large."), _("Give at most {le}.")),
    NOT_BOTH: (_("has both `search_share` and `margin`."), _("Give one of the two.")),
    ONE_OF_TWO: (_("needs either `case_ids` or `cases`."), _("Give one of the two.")),
    "too_long": (_("holds more than {max_length} entries."), _("Send several requests.")),
    "too_short": (_("is empty."), _("Give at least one entry, or leave it out.")),
    **NO_NAME,
}
UNFORESEEN = (_("is not as described ({message})."), _("See /docs.json."))


def _explain(model: type[BaseModel], error: ErrorDetails) -> Fault:
    """A pydantic error as a fault, with the nearest known field for an unknown one."""
    path = error["loc"]
    field = _dotted(path) or None
    if error["type"] == "extra_forbidden":
        known = _keys_at(model, path[:-1])
        problem = _("is not a field of this request.")
        name = str(path[-1])[:LONGEST_VALUE]
        return fault(field, problem, did_you_mean(name, known, _("Remove it.")))
    problem, remedy = SENTENCES.get(error["type"], UNFORESEEN)
    values = {"message": error["msg"]} | error.get("ctx", {})
    return fault(field, replace(problem, values=values), replace(remedy, values=values))


def _dotted(path: tuple[int | str, ...]) -> str:
    """`cases[3].attributes.suspects`.

    >>> _dotted(("cases", 3, "case_id"))
    'cases[3].case_id'
    """
    parts = (f"[{part}]" if isinstance(part, int) else f".{shorten(part)}" for part in path)
    return "".join(parts).removeprefix(".")


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
        return {field.alias or name: field.annotation for name, field in kind.model_fields.items()}
    inner = (_fields(part) for part in get_args(kind))
    return next((fields for fields in inner if fields), {})
