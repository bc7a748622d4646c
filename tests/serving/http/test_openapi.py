"""The service's own description of itself."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from fastapi.openapi.models import OpenAPI

from serving.http.operations import Operation, operations
from serving.http.reading.requests import read
from tests.factories.client import ask, case, request
from tests.factories.office import office


def _document() -> dict[str, Any]:
    document: dict[str, Any] = ask("GET", "/docs.json").json()
    return document


def test_the_document_is_openapi():
    """It parses as OpenAPI 3.1, and every reference in it leads somewhere."""
    document = _document()

    OpenAPI.model_validate(document)
    assert set(_references(document)) <= {
        f"#/components/schemas/{name}" for name in document["components"]["schemas"]
    }


def test_every_endpoint_is_listed():
    """What can be asked is what is described."""
    assert {path: set(methods) for path, methods in _document()["paths"].items()} == {
        "/v1/spot_checks": {"post"},
        "/v1/score": {"post"},
        "/v1/intake": {"post"},
        "/v1/alerts": {"get"},
        "/v1/cases": {"post"},
        "/v1/events": {"post"},
        "/v1/reviews": {"post"},
        "/v1/overrides": {"post"},
        "/v1/trainings": {"post"},
        "/healthz": {"get"},
    }


def test_attributes_are_the_offices_own():
    """A client can see what this office's cases have, with the office's words."""
    attributes = _document()["components"]["schemas"]["Attributes"]

    assert attributes["additionalProperties"] is False
    assert {name: one["description"] for name, one in attributes["properties"].items()} == {
        "suspects": "number of suspects",
        "charge": "charge",
        "appealed": "was appealed",
    }


def test_errors_are_described_as_problem_details():
    """A generated client knows what a fault looks like."""
    answers = _document()["paths"]["/v1/score"]["post"]["responses"]

    assert answers["422"]["content"] == {
        "application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemOut"}}
    }


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("get", "/healthz", None),
        ("get", "/v1/alerts", None),
        ("post", "/v1/score", {"case_ids": ["a"]}),
        ("post", "/v1/score", {"case_ids": []}),
        ("post", "/v1/spot_checks", request()),
        ("post", "/v1/spot_checks", request(cases=[case(), case(case_id="c")])),
        ("post", "/v1/intake", {"cases": [{"case_id": "n", "opened_at": "2026-06-30T09:00"}]}),
    ],
)
def test_an_answer_is_as_described(method: str, path: str, body: Any):
    """Every value of it fits the schema that is published for it."""
    document = _document()
    answer = ask(method.upper(), path, json=body)
    described = document["paths"][path][method]["responses"][str(answer.status_code)]
    kind = answer.headers["content-type"]

    assert fits(answer.json(), described["content"][kind]["schema"], document)


OFFERED = operations(office())


@pytest.mark.parametrize("operation", OFFERED, ids=[one.path for one in OFFERED])
def test_every_example_is_as_described(operation: Operation) -> None:
    """Of each request, which is read without a fault, and of each answer; with the office's own."""
    described = _document()["paths"][operation.path][operation.method.lower()]
    answer = described["responses"]["200"]["content"]["application/json"]
    assert fits(answer["example"], answer["schema"], _document())
    if operation.request is not None:
        sent = described["requestBody"]["content"]["application/json"]["example"]
        read(operation.request, json.dumps(sent).encode())


def test_examples_have_words_of_the_office() -> None:
    """Its attributes, activities and grades."""
    paths = _document()["paths"]

    def sent(path: str) -> Any:
        return paths[path]["post"]["requestBody"]["content"]["application/json"]["example"]

    assert sent("/v1/intake")["cases"][0]["attributes"] == {"suspects": 2, "charge": "a_code"}
    assert sent("/v1/events")["events"][0]["activity"] == "accepted"
    assert sent("/v1/reviews")["reviews"][0]["grade"] == "good"


def test_who_asks_shows_the_key_of_a_machine() -> None:
    """As a bearer token."""
    document = _document()
    (name,) = document["security"][0]
    assert document["components"]["securitySchemes"][name]["scheme"] == "bearer"


def test_what_is_not_as_described_is_noticed():
    """The check of answers refuses other types, fields that lack, and moments with a zone."""
    document = _document()
    moment = {"$ref": "#/components/schemas/ScoreOut"}
    score = {"case_id": "a", "moment": "2026-01-01T00:00:00", "risk": 0.1}
    score |= {"risk_low": 0.0, "risk_high": 1}

    assert fits(score, moment, document)
    assert not fits(score | {"risk": "0.1"}, moment, document)
    assert not fits(score | {"moment": "2026-01-01T00:00:00Z"}, moment, document)
    assert not fits({"case_id": "a"}, moment, document)


TYPES: dict[str, Any] = {
    "object": dict,
    "array": list,
    "string": str,
    "number": int | float,
    "integer": int,
    "boolean": bool,
    "null": type(None),
}


def fits(value: Any, schema: dict[str, Any], document: dict[str, Any]) -> bool:
    """Whether a value is as a JSON schema says, in the words that pydantic uses for answers."""
    schema = _resolved(schema, document)
    unknown = schema.keys() - UNDERSTOOD
    assert not unknown, f"{unknown} is not understood here"
    if "anyOf" in schema:
        return any(fits(value, one, document) for one in schema["anyOf"])
    right = isinstance(value, TYPES[schema["type"]]) if "type" in schema else True
    right &= value in schema.get("enum", [value]) and value == schema.get("const", value)
    if isinstance(value, str) and "pattern" in schema:
        right &= re.search(schema["pattern"], value) is not None
    if isinstance(value, str) and "format" in schema:
        right &= schema["format"] == "date" and DAY.fullmatch(value) is not None
    if isinstance(value, list):
        right &= all(fits(one, schema["items"], document) for one in value)
    if isinstance(value, dict):
        fields, others = schema.get("properties", {}), schema.get("additionalProperties", {})
        right &= value.keys() >= set(schema.get("required", []))
        right &= all(fits(one, fields.get(name, others), document) for name, one in value.items())
    return bool(right)


DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
UNDERSTOOD = {
    *("type", "anyOf", "enum", "const", "pattern", "items", "properties", "required"),
    *("additionalProperties", "title", "description", "default", "format"),
}


def _resolved(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").removeprefix("#/components/schemas/")
    return document["components"]["schemas"][name] if name else schema


def _references(part: Any) -> list[str]:
    if isinstance(part, dict):
        own = [part["$ref"]] if "$ref" in part else []
        return own + [one for value in part.values() for one in _references(value)]
    if isinstance(part, list):
        return [one for value in part for one in _references(value)]
    return []
