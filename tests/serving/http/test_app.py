"""The service over HTTP, in this process."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from serving.http.guard.program import program_version
from serving.http.reading.payloads import (
    LARGEST_BODY,
    LONGEST_TEXT,
    MOST_CASES,
    MOST_EVENTS,
    MOST_IDS,
)
from serving.use_cases.context import ServiceContext
from tests.factories.client import ask, case, request
from tests.factories.fakes import BrokenModel, context
from tests.factories.small_office import without_reviews
from training.run import train

JSON = {"Content-Type": "application/json"}


def test_a_plan_of_the_offices_own_cases_has_a_reason_on_every_line():
    """The riskiest case comes first; open and reviewed cases are not in the frame."""
    answer = ask("POST", "/v1/spot_checks", json=request())

    assert answer.status_code == 200
    plan = answer.json()
    assert [(line["rank"], line["case_id"], line["selected_by"]) for line in plan["lines"]] == [
        (1, "b", "lottery"),
        (2, "d", "mandatory"),
    ]
    assert plan["lines"][1] | {"risk_low": 0, "risk_high": 0} == {
        "rank": 2,
        "case_id": "d",
        "selected_by": "mandatory",
        "inclusion_probability": 1.0,
        "risk": 0.2,
        "risk_low": 0,
        "risk_high": 0,
        "second_review": False,
        "rule": "appealed",
        "why": "rule: the decision was appealed",
        "reasons": [
            {
                "sentence": "en: d",
                "feature": "attribute.suspects",
                "raises": True,
                "contribution": 0.5,
                "without": 0.1,
            }
        ],
    }
    assert 0.5 < plan["lines"][0]["inclusion_probability"] < 1
    assert [one["choice"] for one in plan["outlook"]] == ["plan", "all_random", "top_of_the_list"]
    assert (plan["format"], plan["frame_cases"]) == (2, 3)
    assert plan["drawn"] == {"lottery": 1, "mandatory": 1}


@pytest.mark.parametrize(
    ("path", "request_body"),
    [
        ("/v1/spot_checks", request()),
        ("/v1/spot_checks", request(cases=[case()])),
        ("/v1/score", {"case_ids": ["c00001"]}),
        ("/v1/score", {"cases": [case()]}),
    ],
)
def test_an_office_without_reviews_is_answered_by_its_start(
    path: str, request_body: dict[str, Any]
):
    """It has a plan and equal risks, and the plan says why."""
    tables = without_reviews()
    answer = ask(
        "POST", path, ServiceContext(tables, train(tables, datetime(2024, 7, 1))), json=request_body
    )

    assert answer.status_code == 200
    if path == "/v1/spot_checks":
        assert "describes no reviews" in answer.json()["notes"][0]
    else:
        assert {round(one["risk"], 6) for one in answer.json()["scores"]} == {0.1}


def test_the_same_request_with_a_seed_gives_the_same_plan():
    """A draw can be repeated by whoever knows what was asked."""
    assert ask("POST", "/v1/spot_checks", json=request()).content == (
        ask("POST", "/v1/spot_checks", json=request()).content
    )


def test_a_draw_without_a_seed_tells_the_one_it_used():
    """What nobody chose cannot be foreseen, but can be repeated afterwards."""
    first = ask("POST", "/v1/spot_checks", json=request(seed=None)).json()
    second = ask("POST", "/v1/spot_checks", json=request(seed=None)).json()

    assert first["seed"] != second["seed"]
    assert ask("POST", "/v1/spot_checks", json=request(seed=first["seed"])).json() == first


def test_cases_in_the_request_are_drawn_among_themselves():
    """The office's own cases are context, not candidates."""
    plan = ask("POST", "/v1/spot_checks", json=request(cases=[case()], search_share=1)).json()

    assert [(line["case_id"], line["risk"]) for line in plan["lines"]] == [("x", 0.4)]
    assert plan["frame_cases"] == 1


def test_a_case_of_the_request_that_was_reviewed_is_left_out_with_the_reason():
    """Nothing is lost in silence."""
    plan = ask("POST", "/v1/spot_checks", json=request(cases=[case(), case(case_id="c")])).json()

    assert [line["case_id"] for line in plan["lines"]] == ["x"]
    assert plan["left_out"] == [{"case_id": "c", "problem": "has already been reviewed."}]


def test_scores_come_with_their_interval_and_moment():
    """Risk is asked at the moment a case was closed."""
    answer = ask("POST", "/v1/score", json={"case_ids": ["a"]})

    assert answer.json() == {
        "scores": [
            {
                "case_id": "a",
                "moment": "2026-02-01T09:00:00",
                "risk": pytest.approx(0.3),
                "risk_low": pytest.approx(0.2),
                "risk_high": pytest.approx(0.4),
            }
        ],
        "left_out": [],
    }


def test_health_says_what_is_served():
    """A monitor can tell one office and model from another."""
    health = ask("GET", "/healthz", replace(context(), version="7")).json()
    assert len(health.pop("ledger_root")) == 64
    assert health == {
        "ledger_size": 1,
        "status": "ok",
        "office": "Test office",
        "cases": 5,
        "model_version": "7",
        "trained_until": "2026-01-01",
        "newest_record": "2026-03-01T00:00:00",
        "program": program_version(),
    }


TYPO = case(attributes={"suspect": 1})
BROKEN: list[tuple[str, str, Any, int, str | None, str]] = [
    ("cut off", "/v1/score", '{"case_ids": ["a"', 400, None, "is not valid JSON"),
    ("empty", "/v1/score", "", 400, None, "is not valid JSON"),
    ("not UTF-8", "/v1/score", b'{"case_ids": ["\xff"]}', 400, None, "is not valid JSON"),
    ("deeply nested", "/v1/score", "[" * 5_000, 400, None, "is not valid JSON"),
    ("a list", "/v1/score", [], 422, None, "is not an object."),
    (
        "too long",
        "/v1/score",
        " " * (LARGEST_BODY + 1),
        413,
        None,
        "is longer than 4,194,304 bytes.",
    ),
    ("neither", "/v1/score", {}, 422, None, "needs either `case_ids` or `cases`."),
    ("both", "/v1/score", {"case_ids": ["a"], "cases": [case()]}, 422, None, "needs either"),
    ("no ids", "/v1/score", {"case_ids": []}, 422, "case_ids", "is empty."),
    ("ids", "/v1/score", {"case_ids": ["a"] * (MOST_IDS + 1)}, 422, "case_ids", "holds more than"),
    (
        "unknown id",
        "/v1/score",
        {"case_ids": ["z"]},
        422,
        "case_ids[0]",
        "is not a case of this office.",
    ),
    ("open case", "/v1/score", {"case_ids": ["a", "e"]}, 422, "case_ids[1]", "has not come up"),
    ("typo", "/v1/score", {"cases": [TYPO]}, 422, "cases[0].attributes.suspect", "is not a field"),
    ("no as_of", "/v1/spot_checks", {"capacity": 2}, 422, "as_of", "is missing."),
    (
        "zone",
        "/v1/spot_checks",
        request(as_of="2026-06-30T00:00Z"),
        422,
        "as_of",
        "is not a date or",
    ),
    (
        "no such day",
        "/v1/spot_checks",
        request(as_of="2026-02-30"),
        422,
        "as_of",
        "does not exist.",
    ),
    ("year", "/v1/spot_checks", request(as_of="0026-02-20"), 422, "as_of", "is outside the years"),
    ("timestamp", "/v1/spot_checks", request(as_of=1782777600), 422, "as_of", "is not a date or"),
    ("capacity", "/v1/spot_checks", request(capacity=0), 422, "capacity", "is too small."),
    (
        "half a case",
        "/v1/spot_checks",
        request(capacity=1.5),
        422,
        "capacity",
        "is not a whole number.",
    ),
    ("share", "/v1/spot_checks", request(search_share=1.5), 422, "search_share", "is too large."),
    (
        "seed",
        "/v1/spot_checks",
        request(seed="1" * 101),
        422,
        "seed",
        "is longer than 100 letters.",
    ),
    (
        "field",
        "/v1/spot_checks",
        request(capcity=3),
        422,
        "capcity",
        "is not a field of this request.",
    ),
    (
        "NaN",
        "/v1/spot_checks",
        '{"search_share": NaN}',
        422,
        "search_share",
        "not a finite number.",
    ),
]


@pytest.mark.parametrize(
    ("path", "body", "status", "field", "sentence"),
    [row[1:] for row in BROKEN],
    ids=[row[0] for row in BROKEN],
)
def test_a_broken_request_gets_its_sentence(path, body, status, field, sentence):
    """Every fault names its place, what is wrong and what to do, as problem details."""
    content = body if isinstance(body, str | bytes) else json.dumps(body)

    answer = ask("POST", path, content=content, headers=JSON)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert {"type", "title", "detail"} <= problem.keys()
    assert any(
        one["field"] == field and sentence in one["problem"] and one["remedy"]
        for one in problem["faults"]
    )
    assert "Traceback" not in answer.text


ODD_CASES: list[tuple[str, list[dict[str, Any]], str, str]] = [
    ("twice", [case(), case()], "cases[1].case_id", "stands more than once."),
    ("order", [case(closed_at="2025-01-01")], "cases[0].closed_at", "is before `opened_at`."),
    ("future", [case(closed_at="2026-07-01")], "cases[0].closed_at", "is after `as_of`."),
    ("still open", [case(closed_at=None)], "cases[0].closed_at", "is missing."),
    ("long", [case(kind="k" * (LONGEST_TEXT + 1))], "cases[0].kind", "is longer than 200 letters."),
    ("no id", [case(case_id="")], "cases[0].case_id", "is empty."),
    ("many", [case()] * (MOST_CASES + 1), "cases", "holds more than 1000 entries."),
    (
        "events",
        [case(events=[{"at": "2026-02-01", "activity": "returned"}] * (MOST_EVENTS + 1))],
        "cases[0].events",
        "holds more than 1000 entries.",
    ),
    (
        "activity",
        [case(events=[{"at": "2026-02-01", "activity": "return"}])],
        "cases[0].events[0].activity",
        "is not an activity of the office file.",
    ),
    (
        "recorded",
        [case(events=[{"at": "2026-02-02", "recorded_at": "2026-02-01", "activity": "returned"}])],
        "cases[0].events[0].recorded_at",
        "is before `at`.",
    ),
    (
        "number as text",
        [case(attributes={"suspects": "3"})],
        "cases[0].attributes.suspects",
        "is not a number.",
    ),
    (
        "flag as number",
        [case(attributes={"appealed": 1})],
        "cases[0].attributes.appealed",
        "is neither true nor false.",
    ),
]


@pytest.mark.parametrize(
    ("cases", "field", "sentence"),
    [row[1:] for row in ODD_CASES],
    ids=[row[0] for row in ODD_CASES],
)
def test_a_broken_case_is_told_by_its_place(cases, field, sentence):
    """The field says which case of the list and which part of it."""
    answer = ask("POST", "/v1/spot_checks", json=request(cases=cases))

    assert answer.status_code == 422
    faults = {one["field"]: one["problem"] for one in answer.json()["faults"]}
    assert sentence in faults[field]


def test_any_event_may_occur_where_no_activity_is_declared():
    """An office without [activities] is asked about whatever its systems record."""
    open_to_all = context(activities={})

    answer = ask("POST", "/v1/score", open_to_all, json={"cases": [case()]})

    assert answer.status_code == 200


def test_a_near_miss_is_answered_with_the_name_that_was_meant():
    """A typo costs one look."""
    answer = ask("POST", "/v1/score", json={"cases": [TYPO]})

    assert [one["remedy"] for one in answer.json()["faults"]] == ["Did you mean `suspects`?"]


def test_a_body_that_is_not_called_json_is_refused():
    """A form from another site cannot reach the service."""
    answer = ask("POST", "/v1/score", content="{}", headers={"Content-Type": "text/plain"})

    assert answer.status_code == 415


def test_an_internal_error_is_told_by_a_reference_and_without_data(caplog):
    """The answer and the log share a reference; neither holds the message, which may hold data."""
    with caplog.at_level(logging.ERROR):
        answer = ask("POST", "/v1/score", context(BrokenModel()), json={"case_ids": ["a"]})

    problem = answer.json()
    assert answer.status_code == problem["status"] == 500
    assert problem["reference"] in problem["detail"]
    (record,) = [record for record in caplog.records if record.msg == "internal_error"]
    assert record.facts["reference"] == problem["reference"]
    assert record.facts["error"] == "RuntimeError"
    assert "secret" not in answer.text + caplog.text + str(record.facts)


CHINESE = {"name": {"en": "Test office", "zh": "测试院"}, "language": "zh"}


def test_faults_and_reasons_are_in_the_offices_language():
    """What people read is put into its language; names of fields and the title are for programs."""
    office = context(office=CHINESE)

    problem = ask("POST", "/v1/score", office, json={"case_ids": ["zz"]}).json()
    plan = ask("POST", "/v1/spot_checks", office, json=request()).json()
    lost = ask("GET", "/nothing", office).json()

    assert problem["faults"] == [
        {
            "field": "case_ids[0]",
            "problem": "不是本机构的案件。",
            "remedy": "请在`cases`中提交案件本身。",
        }
    ]
    assert problem["title"] == "Unprocessable Entity"
    assert problem["detail"] == "请求有1处错误，未作计算。"
    assert plan["lines"][0]["why"].startswith("随机抽取：入样概率")
    assert plan["lines"][0]["reasons"][0]["sentence"] == "zh: b"
    assert "2026年3月1日" in plan["notes"][0]
    assert lost["detail"].startswith("该地址没有内容")


def test_two_languages_are_spoken_at_once():
    """Nothing is global: offices of two languages answer side by side, with the same figures."""
    english, chinese = (
        ask("POST", "/v1/spot_checks", of, json=request()).json()
        for of in (context(), context(office=CHINESE))
    )

    assert english["plan_id"] == chinese["plan_id"]
    assert [line["case_id"] for line in english["lines"]] == [
        line["case_id"] for line in chinese["lines"]
    ]
    assert english["lines"][0]["why"] != chinese["lines"][0]["why"]
    assert ask("POST", "/v1/spot_checks", json=request()).json() == english
