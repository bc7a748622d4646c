"""The quick reader of requests reads as the explaining one does, or leaves the body to it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from cases.errors import BadInput
from cases.tables.cells.moments import whole_day
from serving.http.reading.payloads import LONGEST_TEXT, MOST_EVENTS, RequestPart
from serving.http.reading.requests import NotJson, explained, given_cases, read, request_models
from serving.use_cases.asked.given import GivenCase
from tests.factories.client import case, request
from tests.factories.office import office

MODELS = request_models(office())

days = st.sampled_from(
    [
        "2026-01-01",
        "2026-06-30T00:00:00",
        "2026-06-30 17:05",
        "2026-06-30T17:05:00.25",
        "1900-01-01",
    ]
)
odd_days = st.sampled_from(
    [
        *("2026-02-30", "20260101", "2026-W01-1", "2026-01-01T24:00", "2026-01-01T10:00:00Z"),
        *("2026-01-01t10:00", "2026-01-01T10", "2026-01-01T10:00:00,5", "2026-01-01\n"),
        *("2026-01-01T10:00:00.1234567", "2026-01-01\n2026-01-01", "2100-01-01", "1899-12-31", ""),
    ]
)
names = st.sampled_from(["a", "theft", "“q”", 'a"b', "a\\b", "é", "案件"]) | st.text(max_size=5)
odd_names = st.sampled_from(
    [
        " a",
        "ａ",
        "e\u0301",
        "a\u200b",
        "合计",
        "1.2E+11",
        "x" * (LONGEST_TEXT + 1),
        "\x1f",
        "\u0085",
    ]
)
numbers = st.integers() | st.floats() | st.sampled_from([0, -0.0, 10**25, 2**53 + 1])
scalars = st.none() | st.booleans() | numbers | names
fields: dict[str, Any] = {"closed_at": days, "kind": names, "unit": names, "handler": names}
events = st.fixed_dictionaries(
    {"at": days, "activity": names},
    optional={"recorded_at": st.none() | days, "actor": st.none() | names},
)
attributes = st.fixed_dictionaries(
    {},
    optional={
        "suspects": st.none() | numbers,
        "charge": st.none() | names,
        "appealed": st.none() | st.booleans(),
    },
)
cases = st.fixed_dictionaries(
    {"case_id": names, "opened_at": days},
    optional={
        **{name: st.none() | values for name, values in fields.items()},
        "attributes": attributes,
        "events": st.lists(events, max_size=3),
    },
)
bodies = st.fixed_dictionaries(
    {"cases": st.lists(cases, min_size=1, max_size=3)},
    optional={"case_ids": st.none() | st.lists(names, max_size=2), "unknown": scalars},
)


def _full(one: GivenCase) -> GivenCase:
    """With all that was left out: attributes, and when an event was recorded."""
    attributes = dict.fromkeys(office().attributes) | dict(one.attributes)
    events = [
        event._replace(recorded_at=event.recorded_at or whole_day(event.at)) for event in one.events
    ]
    return replace(one, attributes=attributes, events=events)


def _both(model: type[RequestPart], body: bytes) -> bool:
    """Whether the quick reader took the body; then both have read the same."""
    assert model.quickly is not None
    quick: Any = model.quickly(body)
    if quick is None:
        return False
    slow: Any = explained(model, body)
    assert [_full(one) for one in quick.cases] == [_full(one) for one in given_cases(slow.cases)]
    others = {"cases": None}
    assert quick.model_copy(update=others) == slow.model_copy(update=others)
    return True


@st.composite
def _spoilt(draw: st.DrawFn) -> bytes:
    """A body with a piece of its text put in the place of another, or an odd value put in."""
    text = json.dumps(draw(bodies), ensure_ascii=draw(st.booleans()))
    begin, end = sorted(draw(st.integers(0, len(text))) for _ in "ab")
    at = draw(st.integers(0, len(text)))
    odd = draw(st.none() | scalars | odd_days | odd_names)
    piece = draw(st.sampled_from([text[begin:end], json.dumps(odd), "", " "]))
    return (text[:at] + piece + text[at + len(piece) * draw(st.booleans()) :]).encode()


@given(bodies.map(lambda body: json.dumps(body).encode()) | _spoilt())
def test_both_readers_read_the_same(body: bytes) -> None:
    """What the quick reader takes, the explaining one reads as the same values."""
    _both(MODELS.score, body)


@pytest.mark.parametrize("escaped", [True, False])
def test_usual_requests_are_read_quickly(escaped: bool) -> None:
    """Dates, blanks that are left out or null, and letters of every script, escaped or not."""
    described = [
        case(),
        case(case_id="案件", closed_at="2026-05-01T10:00", handler=None, attributes={}),
        {"case_id": "c", "opened_at": "2026-01-01 10:00:00.5"},
    ]
    ask = request(cases=described, search_share=0.5, closed_after=None)
    assert _both(MODELS.spot_check, json.dumps(ask, ensure_ascii=escaped).encode())


NAMED = '{"case_id": "a", "opened_at": "2026-01-01"%s}'


@pytest.mark.parametrize(
    "more",
    [
        ', "kind": "a", "kind": "a"',
        ', "kind": null, "k\\u0069nd": null',
        ', "attributes": {"suspects": 1, "suspects": 2}',
        ', "events": [{"at": "2026-01-01", "activity": "x", "activity": "x"}]',
        ', "events": [], "events": []',
        ', "kind": " a"',
        ', "kind": "a\u200b"',
        ', "sort": 1',
        ', "attributes": {"suspects": NaN}',
        ', "attributes": {"suspects": "1"}',
        ', "attributes": null',
        ', "closed_at": "2026-02-30"',
    ],
)
def test_what_is_odd_is_left_to_the_explaining_reader(more: str) -> None:
    """A field that stands twice, a name that tables write otherwise, whatever is a fault."""
    body = f'{{"cases": [{NAMED % more}]}}'.encode()
    assert not _both(MODELS.score, body)


def test_bounds_of_lists_are_kept() -> None:
    """One event more than a case may have is a fault in a quick reading too."""
    event = {"at": "2026-01-01", "activity": "returned"}

    def body(count: int) -> bytes:
        return json.dumps({"cases": [case(events=[event] * count)]}).encode()

    assert _both(MODELS.score, body(MOST_EVENTS))
    with pytest.raises(BadInput, match="more than 1000 entries"):
        read(MODELS.score, body(MOST_EVENTS + 1))


@pytest.mark.parametrize(
    "body",
    [
        b'{"case_ids": ' + b"[" * 100_000,
        b'{"cases": ' + b"[" * 100_000,
        b'{"cases": [{"case_id": "\xed\xa0\x80", "opened_at": "2026-01-01"}]}',
    ],
)
def test_what_no_reader_can_read_is_no_json(body: bytes) -> None:
    """Lists within lists without end, and half of a letter, are a fault and no error of ours."""
    with pytest.raises(NotJson):
        read(MODELS.score, body)


def test_a_fault_beside_the_cases_is_found() -> None:
    """Whatever else the request says is checked as ever, and what the two say together."""
    with pytest.raises(BadInput, match="too small"):
        read(MODELS.spot_check, json.dumps(request(cases=[case()], capacity=0)).encode())
    with pytest.raises(BadInput, match="either `case_ids` or `cases`"):
        read(MODELS.score, json.dumps({"cases": [case()], "case_ids": ["a"]}).encode())
