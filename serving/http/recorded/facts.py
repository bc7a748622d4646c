"""Facts that come in over HTTP: read, checked as the rows of a file are, and recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from pydantic import BaseModel, create_model

from cases.errors import BadInput
from cases.language.messages import _
from cases.office.model import Office
from cases.office.reviews import CONSOLIDATED
from cases.tables.arrivals.once import Row
from serving.access.caller import Caller, may
from serving.access.denials import Forbidden
from serving.access.rules import Action
from serving.http.documents import FactsOut, TrainingOut
from serving.http.reading.payloads import AttributesIn, RequestPart
from serving.http.reading.requests import fields_of, fitted
from serving.http.recorded.payloads import (
    CaseFactIn,
    CasesRequest,
    EventsRequest,
    OverridesRequest,
    ReviewsRequest,
    TrainingRequest,
)
from serving.http.recorded.recording import Keyed, ToRecord
from serving.memory.checking import check_mine, coming, receipt
from serving.use_cases.asked.faults import fault
from serving.use_cases.context import ServiceContext
from serving.use_cases.recording.records import training_request
from serving.use_cases.remembered import Receipt

NOT_CONSOLIDATED = _("A consolidated grade is made by a manager: your roles do not allow it.")
LONGEST_KEY = 200
BETWEEN_PARTS = ";"  # of a list in one column

Found = FactsOut | ToRecord


class NoKey(BadInput):
    """A request that must have a key has none."""


def request_models(office: Office) -> Mapping[str, type[RequestPart]]:
    """The request of each table; the attributes of cases are those of the office."""
    own = fields_of(office, office.attributes)
    attributes = create_model("AttributesNow", __base__=AttributesIn, **own)
    case = fitted(CaseFactIn, "CaseNow", attributes=attributes)
    cases = tuple[case, ...]  # type: ignore[valid-type]
    return {
        "cases": fitted(CasesRequest, "CasesRequest", cases=cases),
        "events": EventsRequest,
        "reviews": ReviewsRequest,
        "overrides": OverridesRequest,
    }


def taking(table: str) -> Callable[[ServiceContext, Keyed], Found]:
    """The operation that takes in rows of a table."""
    return partial(_take, table=table)


def _take(context: ServiceContext, keyed: Keyed, table: str) -> Found:
    key = _key(keyed.key)
    rows = [_row(one) for one in getattr(keyed.request, table)]
    if table == "reviews":
        _check_readings(keyed.caller, rows)
    check_mine(context, table, rows)
    before = receipt(context, table, key, rows)
    if before is not None:
        return _again(before)
    new = coming(context, table, key, rows)

    def settled(now: ServiceContext, _number: int) -> None:
        receipt(now, new.table, new.key, rows)  # refused, if another worker was first

    document = FactsOut(rows=len(rows), known=new.known, repeated=False)
    return ToRecord(document, lambda _hash: new.entry, settled)


def _check_readings(caller: Caller, rows: Sequence[Row]) -> None:
    """`Forbidden` for a consolidated grade by who may not make one grade of two."""
    if any(row.get("reading") == CONSOLIDATED for row in rows) and not may(
        caller, Action.CONSOLIDATE
    ):
        raise Forbidden(NOT_CONSOLIDATED)


def _key(key: str | None) -> str:
    """The key of a request; `NoKey` if it has none, or one that nobody can send again."""
    if key is None or not 0 < len(key) <= LONGEST_KEY or not key.isprintable():
        problem = _("is missing, or longer than {most} letters.", most=LONGEST_KEY)
        remedy = _("Send one of this request alone, such as a UUID; ask again with the same one.")
        raise NoKey([fault("Idempotency-Key", problem, remedy)])
    return key


def _again(before: Receipt) -> FactsOut:
    return FactsOut(record=before.record, rows=before.rows, known=before.known, repeated=True)


def _row(sent: BaseModel) -> Row:
    """A row as the tables have it; of a case only what was given."""
    if isinstance(sent, CaseFactIn):
        own = sent.attributes.model_dump(by_alias=True, exclude_unset=True)
        return sent.model_dump(exclude={"attributes"}, exclude_unset=True) | own
    row: dict[str, Any] = sent.model_dump(exclude_none=True)
    if "dimensions" in row:
        row["dimensions"] = BETWEEN_PARTS.join(row["dimensions"]) or None
    return row


def training(context: ServiceContext, request: TrainingRequest) -> ToRecord:
    """Record that a training is asked for; the service itself never trains."""
    entry = training_request(context.office, request.until, request.reason)
    return ToRecord(TrainingOut(until=request.until), lambda _hash: entry)
