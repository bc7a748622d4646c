"""Whoever may see one unit is answered as if there were no other.

Two offices that differ in nothing but the cases of other units give the same answers, to the
byte, whatever is asked (the model of these tests makes no feature of one case from others).
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import httpx
import hypothesis.strategies as st
import polars as pl
import pytest
from hypothesis import given, settings

from cases.tables.tables import EVENTS, REVIEWS, Tables, case_columns
from ledger.ledger import Entry
from ledger.records import Record
from serving.access.caller import Caller
from serving.access.rules import Role
from serving.http.app import application
from serving.use_cases.context import ServiceContext
from tests.factories.client import EVERYTHING, NO_ROOMS, OpenDoor, ask, case, request
from tests.factories.fakes import FakeModel, InMemory, context

FIRST = datetime(2026, 1, 1)
OF_UNIT = Caller("k-1", frozenset([Role.MANAGER]), frozenset(["u1"]))


class Varied:
    """In place of `Current`: the context is the one that was set."""

    def __init__(self, context: ServiceContext) -> None:
        self.context = context

    @property
    def known(self) -> ServiceContext:
        """The same."""
        return self.context

    ledger = InMemory()

    def record(self, _entry: Entry) -> int:
        """Nothing is kept."""
        return 2

    def record_all(self, *_entries: Entry) -> list[Record]:
        """Nothing is kept."""
        return []


CURRENT: Any = Varied(context())
APPLICATION = application(CURRENT, OpenDoor(OF_UNIT), rooms=NO_ROOMS)
OFFICE = CURRENT.context.office
OWN_IDS, FOREIGN_IDS = [f"n-{n}1" for n in range(1, 6)], [f"n-{n}2" for n in range(1, 6)]

KEY = {"Idempotency-Key": "k"}
Row = dict[str, Any]
days = st.integers(0, 120).map(lambda day: FIRST + timedelta(days=day))
facts = st.fixed_dictionaries(
    {
        "opened_at": st.just(FIRST),
        "closed_at": st.none() | days,
        "kind": st.sampled_from(["theft", "fraud"]),
        "handler": st.none() | st.sampled_from(["h1", "h2"]),
        "suspects": st.integers(0, 9).map(float),
        "appealed": st.none() | st.booleans(),
        "reviewed_at": st.none() | days,
        "returned": st.none() | days,
    }
)


def cases_of(ids: list[str], units: list[str | None]) -> st.SearchStrategy[list[Row]]:
    """Some of these cases, of these units."""
    row = st.builds(lambda unit, row: row | {"unit": unit}, st.sampled_from(units), facts)
    some = st.dictionaries(st.sampled_from(ids), row, max_size=len(ids))
    return some.map(lambda rows: [row | {"case_id": case_id} for case_id, row in rows.items()])


def office_of(rows: list[Row]) -> ServiceContext:
    """The office with these cases."""
    schema = case_columns(OFFICE)
    cases = pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema)
    events = [
        {"case_id": row["case_id"], "at": row["returned"], "recorded_at": row["returned"]}
        | {"activity": "returned", "sequence": number}
        for number, row in enumerate(rows)
        if row["returned"]
    ]
    reviews = [
        {"case_id": row["case_id"], "reviewed_at": row["reviewed_at"], "grade": "good"}
        for row in rows
        if row["reviewed_at"]
    ]
    tables = Tables.of(
        OFFICE,
        cases,
        events=pl.DataFrame([{n: event.get(n) for n in EVENTS} for event in events], EVENTS),
        reviews=pl.DataFrame([{n: review.get(n) for n in REVIEWS} for review in reviews], REVIEWS),
    )
    return ServiceContext(tables, FakeModel())


REVIEW = {"reviewed_at": "2026-02-20", "grade": "bad", "reviewer": "r1"}
OVERRIDE = {
    "at": "2026-01-20T12:00",
    "about": "handler",
    "suggested": "h1",
    "decided": "h2",
    "reason": "knows the matter",
}
names = st.sampled_from([*OWN_IDS, *FOREIGN_IDS, "n-1", "n-99", "x"])
asked = st.one_of(
    st.lists(names, min_size=1, max_size=6).map(lambda ids: ("/v1/score", {"case_ids": ids})),
    st.fixed_dictionaries(
        {"as_of": days.map(str), "capacity": st.integers(1, 12), "seed": st.just("1")},
        optional={"closed_after": days.map(str), "search_share": st.sampled_from([0.0, 0.5, 1.0])},
    ).map(lambda body: ("/v1/spot_checks", body)),
    names.map(lambda name: ("/v1/score", {"cases": [case(case_id=name)]})),
    names.map(lambda name: ("/v1/spot_checks", request(cases=[case(case_id=name, unit="u1")]))),
    st.just(("/v1/intake", {"cases": [{"case_id": "n", "opened_at": "2026-06-30T09:00"}]})),
    names.map(lambda name: ("/v1/reviews", {"reviews": [REVIEW | {"case_id": name}]})),
    names.map(lambda name: ("/v1/overrides", {"overrides": [OVERRIDE | {"case_id": name}]})),
    st.sampled_from([("/healthz", None), ("/interface", None), ("/docs.json", None)]),
)


def answer(of: ServiceContext, path: str, body: Any) -> tuple[int, str]:
    """Status and text of the answer to who may see one unit."""

    async def go() -> httpx.Response:
        transport = httpx.ASGITransport(APPLICATION)
        async with httpx.AsyncClient(transport=transport, base_url="http://office") as client:
            method = "GET" if body is None else "POST"
            return await client.request(method, path, json=body, headers=KEY)

    CURRENT.context = of
    told = asyncio.run(go())
    return told.status_code, told.text


@settings(max_examples=150)
@given(
    cases_of(OWN_IDS, ["u1"]),
    cases_of(FOREIGN_IDS, ["u2", None]),
    cases_of(FOREIGN_IDS, ["u2", "u3"]),
    asked,
)
def test_nothing_of_another_unit_is_told(
    own: list[Row], foreign: list[Row], other: list[Row], asks: tuple[str, Any]
) -> None:
    """Ids, counts, days, suggestions, refusals and faults are the same with and without it."""
    told = answer(office_of(own + foreign), *asks)
    assert told == answer(office_of(own + other), *asks)
    assert told == answer(office_of(own), *asks)
    assert told[0] < 500


def test_a_foreign_case_is_no_case() -> None:
    """The same answer as to an id that nobody has, and no foreign name is suggested."""
    told = [
        ask("POST", "/v1/score", context(), OF_UNIT, json={"case_ids": [one]}).text
        for one in ("c", "d", "z")
    ]
    assert told[0] == told[1] == told[2]
    assert "is not a case of this office" in told[0]
    assert ask("POST", "/v1/score", context(), OF_UNIT, json={"case_ids": ["a"]}).status_code == 200


ROWS = {"reviews": REVIEW, "overrides": OVERRIDE}


@pytest.mark.parametrize("table", ROWS)
def test_rows_of_the_own_cases_come_in(table: str) -> None:
    """Those of a foreign case are as those of a case that nobody has, and none comes in then."""
    ledger = InMemory()

    def send(caller: Caller, *ids: str, key: str = "k") -> httpx.Response:
        rows = {table: [ROWS[table] | {"case_id": one} for one in ids]}
        headers = {"Idempotency-Key": key}
        return ask("POST", f"/v1/{table}", None, caller, ledger=ledger, json=rows, headers=headers)

    told = [send(OF_UNIT, "a", one) for one in ("d", "z")]
    assert [answer.status_code for answer in told] == [422, 422]
    assert told[0].text == told[1].text
    assert told[0].json()["faults"][0]["field"] == f"{table}[1].case_id"
    assert ledger.since(1) == []
    first, again = send(OF_UNIT, "a").json(), send(OF_UNIT, "a").json()
    assert ("record" in first, "record" in again) == (
        False,
        False,
    )  # how many there are is not told
    assert (first["repeated"], again["repeated"], len(ledger.since(1))) == (False, True, 1)
    # What others sent is told neither by its key nor after it was erased.
    assert send(EVERYTHING, "d", key="other").status_code == 200
    assert send(OF_UNIT, "d", key="other").text == told[0].text.replace("[1]", "[0]")
    ledger.erase(3, "0")
    assert send(OF_UNIT, "a", key="other").status_code == 409


def test_a_plan_is_of_the_own_cases() -> None:
    """Frame, counts and lines; `d` is appealed and would be on everybody's list."""
    plan = ask("POST", "/v1/spot_checks", context(), OF_UNIT, json=request()).json()
    assert plan["frame_cases"] == 2
    assert {line["case_id"] for line in plan["lines"]} == {"a", "b"}
    every = ask("POST", "/v1/spot_checks", context(), json=request()).json()
    assert every["frame_cases"] == 3


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/score", {"cases": [case()]}),
        ("/v1/spot_checks", request(cases=[case()])),
        ("/v1/intake", {"cases": [{"case_id": "n", "opened_at": "2026-06-30T09:00"}]}),
        ("/v1/cases", {"cases": [{"case_id": "a", "closed_at": None}]}),
        ("/v1/events", {"events": [{"case_id": "a", "at": "2026-01-20", "activity": "returned"}]}),
    ],
)
def test_what_is_of_the_whole_office(path: str, body: Any) -> None:
    """Cases that are laid over the tables of all, and the loads of all handlers, are refused."""
    told = ask("POST", path, context(), OF_UNIT, json=body)
    assert told.status_code == 403
    assert "the whole office" in told.json()["detail"]


def test_counts_are_of_the_own_cases() -> None:
    """On the first page and in what is being served."""
    assert ask("GET", "/healthz", context(), OF_UNIT).json()["cases"] == 2
    assert "<dd><bdi>2</bdi></dd>" in ask("GET", "/interface", context(), OF_UNIT).text
    nobody = Caller("k-2", frozenset([Role.MANAGER]), frozenset(["u9"]))
    assert ask("GET", "/healthz", context(), nobody).json()["cases"] == 0
    assert ask("GET", "/interface", context(), nobody).status_code == 200
    refused = ask("POST", "/v1/spot_checks", context(), nobody, json=request())
    assert refused.status_code == 409
    assert "No case of the tables has come up for review yet" in refused.json()["detail"]
