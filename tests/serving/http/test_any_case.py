"""Whatever a request holds, it is answered or refused; the service never breaks."""

from __future__ import annotations

import asyncio
import json

import httpx
import hypothesis.strategies as st
from hypothesis import given, settings

from tests.factories.client import ask, case, opened, request

APPLICATION = opened()

days = st.dates().map(str) | st.datetimes().map(lambda moment: moment.isoformat())
recent = st.sampled_from(["2025-12-31", "2026-01-15T10:00", "2026-03-01", "2026-06-30T23:59:59.9"])
labels = st.text(min_size=1, max_size=12) | st.sampled_from(["a", "theft", "u1", "h1"])
events = st.fixed_dictionaries(
    {"at": recent | days, "activity": st.sampled_from(["accepted", "returned", "decided"])},
    optional={"recorded_at": recent | days, "actor": labels},
)
attributes = st.fixed_dictionaries(
    {},
    optional={
        "suspects": st.none() | st.floats() | st.integers(),
        "charge": st.none() | labels,
        "appealed": st.none() | st.booleans(),
    },
)
cases = st.fixed_dictionaries(
    {"case_id": labels, "opened_at": recent | days, "closed_at": recent | days},
    optional={
        "kind": labels,
        "unit": labels,
        "handler": labels,
        "attributes": attributes,
        "events": st.lists(events, max_size=4),
    },
)


async def _post(body: str) -> httpx.Response:
    transport = httpx.ASGITransport(APPLICATION)
    async with httpx.AsyncClient(transport=transport, base_url="http://office") as client:
        headers = {"Content-Type": "application/json"}
        return await client.post("/v1/spot_checks", content=body, headers=headers)


@settings(max_examples=150)
@given(st.lists(cases, min_size=1, max_size=4))
def test_no_request_is_an_internal_error(sent):
    """Odd names, years, numbers and orders of events end in a plan or in faults."""
    answer = asyncio.run(_post(json.dumps(request(cases=sent))))

    assert answer.status_code in (200, 422), answer.text
    told = answer.json()
    assert told["faults"] if answer.status_code == 422 else "lines" in told


def test_the_largest_amounts_are_answered():
    """What people type may be any number; it is scored and said like others."""
    largest = case(attributes={"suspects": 1e300})
    assert ask("POST", "/v1/spot_checks", json=request(cases=[largest])).status_code == 200
    assert ask("POST", "/v1/score", json={"cases": [largest]}).status_code == 200
