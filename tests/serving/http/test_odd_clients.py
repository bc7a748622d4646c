"""Clients that go away, say two things at once, or send one mistake a thousand times."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

import pytest

from cases import nearest
from serving.http.problems import GONE
from serving.use_cases.asked.faults import MOST_FAULTS
from tests.factories.client import ask, case, opened, request


@pytest.mark.parametrize(
    ("path", "content", "field", "sentence"),
    [
        (
            "/v1/spot_checks",
            json.dumps(request(search_share=0.5, margin=0.02)),
            None,
            "has both `search_share` and `margin`.",
        ),
        (
            "/v1/score",
            '{"case_ids": ["a"], "case_ids": ["b"]}',
            "case_ids",
            "stands more than once",
        ),
        ("/v1/score", '{"case_ids": ["a\\u200b"]}', "case_ids[0]", "cannot be seen."),
        ("/v1/score", '{"case_ids": ["2.1E+17"]}', "case_ids[0]", "has shortened"),
        ("/v1/score", '{"case_ids": ["Total"]}', "case_ids[0]", "is a total, or a note"),
    ],
)
def test_what_can_mean_two_things_is_refused(path, content, field, sentence):
    """Two knobs, a field twice, and names that no table may hold."""
    answer = ask("POST", path, content=content, headers={"Content-Type": "application/json"})

    assert answer.status_code == 422
    (fault,) = answer.json()["faults"]
    assert fault["field"] == field
    assert sentence in fault["problem"]


def test_a_client_that_has_gone_is_no_error(caplog):
    """A connection that closes within the body is answered to nobody, and nothing is logged."""
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": "/v1/score", "headers": headers}
    with caplog.at_level(logging.DEBUG, logger="plumbline"):
        asyncio.run(opened()(scope, receive, send))

    assert sent[0]["status"] == GONE
    assert not caplog.records


def test_a_thousand_slips_are_told_soon():
    """Near names are looked for only of the faults that are shown."""
    event = {"at": "2026-02-01", "activity": "returnd"}
    slips = [case(case_id=f"x{i}", events=[event]) for i in range(1000)]
    with pytest.MonkeyPatch.context() as patch:
        looked: list[str] = []
        patch.setattr(nearest, "nearest", lambda name, _known: looked.append(name))
        answer = ask("POST", "/v1/score", json={"cases": slips})

    assert len(answer.json()["faults"]) == MOST_FAULTS + 1
    assert len(looked) == MOST_FAULTS
