"""A new operation is a function and a line in the list."""

from __future__ import annotations

import pytest
from pydantic import BaseModel

from cases.errors import Refused
from cases.language.messages import Message
from cases.office.model import Office
from serving.access.rules import Action
from serving.http import app, operations
from serving.http.operations import Operation
from serving.http.reading.payloads import RequestPart
from serving.use_cases.context import ServiceContext
from tests.factories.client import ask


class CountRequest(RequestPart):
    """Of which kind."""

    kind: str


class CountOut(BaseModel):
    """How many cases there are of it."""

    cases: int


def _count(context: ServiceContext, request: CountRequest) -> CountOut:
    cases = context.tables.case_rows.filter(kind=request.kind).height
    if not cases:
        raise Refused(Message("There are none."))
    return CountOut(cases=cases)


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The operation stands in the list."""
    count = Operation(
        "POST", "/count", Message("How many"), CountRequest, CountOut, _count, Action.SCORE
    )

    def offered(office: Office) -> tuple[Operation, ...]:
        return (*operations.operations(office), count)

    monkeypatch.setattr(app, "operations", offered)


def test_it_is_answered() -> None:
    """At its path, from the office's tables."""
    answer = ask("POST", "/count", json={"kind": "theft"})
    assert answer.status_code == 200
    assert answer.json()["cases"] > 0


@pytest.mark.parametrize(
    ("request_body", "status"), [({"kind": "none"}, 409), ({"sort": "theft"}, 422), ({}, 422)]
)
def test_its_problems_are_answered(request_body: dict[str, str], status: int) -> None:
    """A refusal and faults of the request, as those of every operation."""
    answer = ask("POST", "/count", json=request_body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_it_is_described() -> None:
    """In the OpenAPI document, with what it takes and gives, and on the first page."""
    document = ask("GET", "/docs.json").json()
    described = document["paths"]["/count"]["post"]
    assert described["summary"] == "How many"
    assert set(described["responses"]) >= {"200", "409", "422"}
    assert {"CountRequest", "CountOut"} <= set(document["components"]["schemas"])
    assert "/count" in ask("GET", "/interface").text
