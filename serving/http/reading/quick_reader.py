"""The quick reader of requests about cases: it takes only what is certainly right.

All else it leaves to the explaining reader (`requests.explained`), which says what is wrong; a test
sends the same bodies to both. Cases are decoded without a check in Python of every value: names
are looked at once each, and moments together. What else a request says is read by the explaining
reader, with the first case standing for all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate, chain, pairwise
from typing import Annotated, Any, TypeVar

import msgspec
import numpy as np
import polars as pl
from msgspec import UNSET, Meta, Raw, Struct, UnsetType
from msgspec.structs import astuple
from numpy.typing import NDArray
from pydantic import BaseModel
from pydantic_core import PydanticCustomError

from cases.errors import BadInput
from cases.office.model import Office
from cases.tables.cells.arrays import TIME, Column, Rows
from cases.tables.values import EARLIEST, LATEST
from serving.http.reading.payloads import LONGEST_TEXT, MOST_CASES, MOST_EVENTS, label_of, who_of
from serving.use_cases.asked.given import GivenCase, GivenTogether

Name = Annotated[str, Meta(min_length=1, max_length=LONGEST_TEXT)]
TYPES: dict[str, Any] = {"number": float, "flag": bool, "code": Name, "date": str}
# As `payloads.MOMENT`, one a line.
CLOCK = r"[T ](?:[01][0-9]|2[0-3]):[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?"
MOMENTS = re.compile(rf"(?:[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}(?:{CLOCK})?\n)*")
FIRST, BEYOND = np.datetime64(EARLIEST, "us"), np.datetime64(LATEST, "us")
UNTIL_ITS_END = np.timedelta64(1, "D") - np.timedelta64(1, "us")  # of a day
ESCAPED_QUOTE = b'\\"'

Read = TypeVar("Read", bound=BaseModel)
Value = TypeVar("Value")
Times = NDArray[np.datetime64]


class Event(Struct, forbid_unknown_fields=True):
    """An event as a body has it; a field that is left out is `UNSET`."""

    at: str
    activity: Name
    recorded_at: str | UnsetType | None = UNSET
    actor: Name | UnsetType | None = UNSET


def quick_reader(
    office: Office, model: type[Read], explained: Callable[[type[Read], bytes], Read]
) -> Callable[[bytes], Read | None]:
    """Reads the requests of a `model` with `cases`; None where the explaining reader is needed.

    The `cases` of a request that was read are `GivenCase`.
    """
    attributes = _Attributes(office)
    decode = msgspec.json.Decoder(_body(model, attributes.struct)).decode

    def read(body: bytes) -> Read | None:
        try:
            found: Any = decode(body)
            if found.cases is UNSET or not _is_whole(body, found):
                return None
            cases = _given_cases(found.cases, attributes)
            found.cases = found.cases[:1]
            request = explained(model, msgspec.json.encode(found))
        except (msgspec.MsgspecError, PydanticCustomError, BadInput, ValueError, RecursionError):
            return None
        return request.model_copy(update={"cases": cases})

    return read


class _Attributes:
    """The attributes of an office, as a body has them and as values."""

    def __init__(self, office: Office) -> None:
        self.names = list(office.attributes)
        self.codes = self._of_type(office, "code")
        self.dates = self._of_type(office, "date")
        fields = [
            (
                f"own_{place}",
                TYPES[attribute.type] | None | UnsetType,
                msgspec.field(default=UNSET, name=name),
            )
            for place, (name, attribute) in enumerate(office.attributes.items())
        ]
        self.struct = msgspec.defstruct("Attributes", fields, forbid_unknown_fields=True)
        self.unknown = self.struct()

    def _of_type(self, office: Office, kind: str) -> list[str]:
        return [name for name, attribute in office.attributes.items() if attribute.type == kind]

    def of(self, cases: Sequence[Any]) -> list[dict[str, Any]]:
        """Those of each case; an error where one is not plainly right."""
        sent = [self.unknown if case.attributes is UNSET else case.attributes for case in cases]
        every = [dict(zip(self.names, _known(astuple(own)), strict=True)) for own in sent]
        for name in self.codes:
            _check((own[name] for own in every), label_of)
        for name in self.dates:
            moments = _moments([own[name] for own in every]).tolist()
            for own, moment in zip(every, moments, strict=True):
                own[name] = moment
        return every


def _body(model: type[BaseModel], attributes: type[Struct]) -> type[Struct]:
    """What a body of the model holds; all but the cases as it stands."""
    case = msgspec.defstruct(
        "Case",
        [
            ("case_id", Name),
            ("opened_at", str),
            ("closed_at", str | None | UnsetType, UNSET),
            *((name, Name | None | UnsetType, UNSET) for name in ("kind", "unit", "handler")),
            ("attributes", attributes | UnsetType, UNSET),
            ("events", Annotated[list[Event], Meta(max_length=MOST_EVENTS)] | UnsetType, UNSET),
        ],
        forbid_unknown_fields=True,
    )
    cases = Annotated[list[case], Meta(min_length=1, max_length=MOST_CASES)]  # type: ignore[valid-type]
    fields: dict[str, Any] = dict.fromkeys(model.model_fields, Raw) | {"cases": cases}
    described = [(name, kind | UnsetType, UNSET) for name, kind in fields.items()]
    return msgspec.defstruct("Body", described, forbid_unknown_fields=True)


def _is_whole(body: bytes, found: Struct) -> bool:
    """Whether nothing of the body was lost, as is of a field that stands twice in an object.

    What was read has as many quotes when it is written again: two for each name and each text.
    """
    again = msgspec.json.encode(found)
    escaped = ESCAPED_QUOTE in body or ESCAPED_QUOTE in again
    return not escaped and body.count(b'"') == again.count(b'"')


def _given_cases(cases: Sequence[Any], attributes: _Attributes) -> tuple[GivenCase, ...]:
    """The cases as values; an error where one is not plainly right."""
    case_ids, opened, closed, kinds, units, handlers = (
        _known([getattr(case, name) for case in cases])
        for name in ("case_id", "opened_at", "closed_at", "kind", "unit", "handler")
    )
    _check(chain(case_ids, handlers), who_of)
    _check(chain(kinds, units), label_of)
    columns = (
        case_ids,
        _moments(opened).tolist(),
        _whole_days(_moments(closed)).tolist(),
        kinds,
        units,
        handlers,
        attributes.of(cases),
        _given_events([() if case.events is UNSET else case.events for case in cases]),
    )
    return tuple(map(GivenCase, *columns))


def _given_events(events: Sequence[Sequence[Event]]) -> Iterator[GivenTogether]:
    """The events of each case, all of them in columns."""
    every = list(chain.from_iterable(events))
    activities, actors = [event.activity for event in every], _known(event.actor for event in every)
    _check(activities, label_of)
    _check(actors, who_of)
    at = _moments([event.at for event in every])
    recorded_at = _moments(_known(event.recorded_at for event in every))
    columns = {
        "at": Column(at),
        "activity": Column(np.array(activities, dtype=object)),
        "recorded_at": Column(_whole_days(np.where(np.isnat(recorded_at), at, recorded_at))),
        "actor": Column.of_values(actors, pl.String()),
    }
    together, ends = Rows(columns, len(every)), accumulate(map(len, events), initial=0)
    return (GivenTogether(together, start, end) for start, end in pairwise(ends))


def _known(values: Iterable[Value | UnsetType]) -> list[Value | None]:
    """The values, None for what was left out."""
    return [None if value is UNSET else value for value in values]


def _check(names: Iterable[str | None], name_of: Callable[[str], str]) -> None:
    """`ValueError` or what `name_of` raises unless all are written as tables write them."""
    if any(name is not None and name_of(name) != name for name in set(names)):
        raise ValueError("a name that is written otherwise in tables")


def _moments(texts: Sequence[str | None]) -> Times:
    """Moments, NaT for None; `ValueError` where one is not within the bounds of `Moment`."""
    given = [text for text in texts if text is not None]
    if not MOMENTS.fullmatch("\n".join([*given, ""])):
        raise ValueError("no moment")
    found = np.array(given, dtype=TIME)
    if given and not (found.min() >= FIRST and found.max() < BEYOND):
        raise ValueError("another year")
    if len(given) == len(texts):
        return found
    moments = np.full(len(texts), np.datetime64("NaT"), dtype=TIME)
    moments[[text is not None for text in texts]] = found
    return moments


def _whole_days(moments: Times) -> Times:
    """As `whole_day`, of each."""
    midnight = moments == moments.astype("datetime64[D]")
    return np.where(midnight, moments + UNTIL_ITS_END, moments)
