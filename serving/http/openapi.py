"""The service described in OpenAPI 3.1, for the office it serves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from serving.http.documents import ProblemOut
from serving.http.operations import Operation

LANGUAGE = "en"  # of the description, which is for programs and those who write them
INTERFACE = "1"  # rises when an answer loses or changes a field

PROBLEMS = {
    "400": "The body is not JSON.",
    "409": "A rule forbids it; `detail` is the reason.",
    "413": "The body is too large.",
    "415": "The body is not called JSON.",
    "422": "The request has faults; every one is listed.",
    "500": "An internal error, with a reference for those who run the service.",
}


def document(operations: Sequence[Operation], office: str) -> dict[str, Any]:
    """The OpenAPI document of `operations`; `office` is the name of the office."""
    models: list[tuple[type[BaseModel], JsonSchemaMode]] = [(ProblemOut, "serialization")]
    models += [(operation.document, "serialization") for operation in operations]
    models += [(operation.request, "validation") for operation in operations if operation.request]
    names, schemas = models_json_schema(models, ref_template="#/components/schemas/{model}")
    paths = {
        operation.path: {operation.method.lower(): _operation(operation, names)}
        for operation in operations
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": f"Plumbline: {office}", "version": INTERFACE},
        "paths": paths,
        "components": {"schemas": schemas["$defs"]},
    }


def _operation(operation: Operation, names: Any) -> dict[str, Any]:
    summary = operation.summary.say(LANGUAGE)
    good = {"description": summary, "content": _json(names[operation.document, "serialization"])}
    bad = _json(names[ProblemOut, "serialization"], "application/problem+json")
    codes = PROBLEMS if operation.request else {"500": PROBLEMS["500"]}
    described: dict[str, Any] = {
        "operationId": operation.path.rpartition("/")[2],
        "summary": summary,
        "responses": {"200": good}
        | {code: {"description": what, "content": bad} for code, what in codes.items()},
    }
    if operation.request:
        content = _json(names[operation.request, "validation"])
        described["requestBody"] = {"required": True, "content": content}
    return described


def _json(schema: Any, media_type: str = "application/json") -> dict[str, Any]:
    return {media_type: {"schema": schema}}
