"""The service's own description of itself."""

from __future__ import annotations

from typing import Any

from fastapi.openapi.models import OpenAPI

from tests.factories.client import ask


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
        "/spot_checks": {"post"},
        "/score": {"post"},
        "/intake": {"post"},
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
    answers = _document()["paths"]["/score"]["post"]["responses"]

    assert answers["422"]["content"] == {
        "application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemOut"}}
    }


def _references(part: Any) -> list[str]:
    if isinstance(part, dict):
        own = [part["$ref"]] if "$ref" in part else []
        return own + [one for value in part.values() for one in _references(value)]
    if isinstance(part, list):
        return [one for value in part for one in _references(value)]
    return []
