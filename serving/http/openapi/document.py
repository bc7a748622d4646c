"""The service described in OpenAPI 3.1, for the office it serves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from cases.office.model import Office
from serving.http.documents import ProblemOut
from serving.http.openapi.examples import example
from serving.http.operations import Operation
from serving.http.recorded.facts import LONGEST_KEY

LANGUAGE = "en"  # of the description, which is for programs and those who write them
INTERFACE = "1"  # rises when an answer loses or changes a field

DENIED = {
    "401": "Nobody knows who asks: the machine key is missing, wrong or over.",
    "403": "Who asks may not do this.",
    "429": "Asked too often; `Retry-After` says how many seconds to wait.",
}
PROBLEMS = {
    "400": "The body is not JSON, or a key is missing.",
    "408": "The body was not sent in time.",
    "409": "A rule forbids it, or the key was that of another request; `detail` is the reason.",
    "413": "The body is too large.",
    "415": "The body is not called JSON.",
    "421": "The `Host` header names another service.",
    "422": "The request has faults; every one is listed.",
    "500": "An internal error, with a reference for those who run the service.",
    "503": "The service is busy or is ending, or the ledger cannot be read or written: nothing was "
    "decided. `Retry-After` says when to ask again.",
    "504": "The answer took too long.",
}
ANY = ("421", "500", "503")  # of a request without a body

BEARER = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "A machine key: `plumb_...`.",
    }
}
KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "Of this request alone, such as a UUID; sent again with it, it counts once.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY},
}


def document(operations: Sequence[Operation], office: Office) -> dict[str, Any]:
    """The OpenAPI document of `operations`, with examples in words of the office."""
    models: list[tuple[type[BaseModel], JsonSchemaMode]] = [(ProblemOut, "serialization")]
    models += [(operation.document, "serialization") for operation in operations]
    models += [(operation.request, "validation") for operation in operations if operation.request]
    names, schemas = models_json_schema(models, ref_template="#/components/schemas/{model}")
    paths = {
        operation.path: {operation.method.lower(): _operation(operation, names, office)}
        for operation in operations
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"Plumbline: {office.office.name.say(LANGUAGE)}",
            "version": INTERFACE,
        },
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {"schemas": schemas["$defs"], "securitySchemes": BEARER},
    }


def _operation(operation: Operation, names: Any, office: Office) -> dict[str, Any]:
    summary = operation.summary.say(LANGUAGE)
    answer = _json(names[operation.document, "serialization"])
    bad = _json(names[ProblemOut, "serialization"], "application/problem+json")
    problems = PROBLEMS if operation.request else {code: PROBLEMS[code] for code in ANY}
    codes = DENIED | problems
    described: dict[str, Any] = {
        "operationId": operation.path.rpartition("/")[2],
        "summary": summary,
        "responses": {"200": {"description": summary, "content": answer}}
        | {code: {"description": what, "content": bad} for code, what in codes.items()},
    }
    _illustrate(answer, example(office, operation.path, "answer"))
    if operation.keyed:
        described["parameters"] = [KEY]
    if operation.request:
        content = _json(names[operation.request, "validation"])
        described["requestBody"] = {"required": True, "content": content}
        _illustrate(content, example(office, operation.path, "request"))
    return described


def _json(schema: Any, media_type: str = "application/json") -> dict[str, Any]:
    return {media_type: {"schema": schema}}


def _illustrate(content: dict[str, Any], value: Any) -> None:
    """Put an example into the content of a request or an answer, if there is one."""
    if value is not None:
        content["application/json"]["example"] = value
