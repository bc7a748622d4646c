"""An example of every request and answer, with words of the office that is described."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from cases.office.model import Office

FILE = Path(__file__).with_name("examples.json")
VALUES = {"number": 2, "flag": True, "code": "a_code", "date": "2026-04-02"}
SHOWN = 3  # attributes of a case


def example(office: Office, path: str, part: str) -> Any:
    """The example of a `part` ("request" or "answer") of the operation at `path`; None if none."""
    known = office.intake_facts if path == "/v1/intake" else office.attributes
    names = [name for name in office.attributes if name in known]
    own = {
        "attributes": {name: VALUES[office.attributes[name].type] for name in names[:SHOWN]},
        "activity": next(iter(office.activities), "accepted"),
        "kind": next(iter(office.kinds_called("review")), None),
        "grade": next(iter(office.present_grades), "good"),
    }
    return _filled(_examples().get(path, {}).get(part), own)


@cache
def _examples() -> dict[str, dict[str, Any]]:
    examples: dict[str, dict[str, Any]] = json.loads(FILE.read_text("utf-8"))
    return examples


def _filled(part: Any, own: Mapping[str, Any]) -> Any:
    """A part of an example with the office's `own` values, by field, where the file has none."""
    if isinstance(part, list):
        return [_filled(one, own) for one in part]
    if not isinstance(part, dict):
        return part
    return {
        name: own[name] if name in own and not value else _filled(value, own)
        for name, value in part.items()
    }
