"""The report's content as plain values, for programs: the summary, and the front page in words."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from datetime import date
from typing import Any, get_args

import numpy as np
from pydantic import BaseModel

from cases.office import Language
from evaluation.headlines import headlines
from evaluation.notes import Note, said
from evaluation.render import Voice
from evaluation.report import ReportSummary

FORMAT = 1  # another number where a key is renamed or goes; a new key changes nothing


def as_json(summary: ReportSummary) -> str:
    """The summary as a JSON object whose keys are the names of its fields.

    A figure is an object with `value, low, high, n` and, where it has no value, `absent`
    saying why. Words are objects with `en` and `zh`. `front_page` holds the sentences.
    """
    front = [_told(note) for note in headlines(summary)]
    content = {"format": FORMAT, "front_page": front, **_plain(summary)}
    content["notes"] = [_told(note) for note in summary.notes]
    return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _told(note: Note) -> dict[str, Any]:
    """A note with its sentence in every language."""
    words = {language: said(note, Voice(language)) for language in get_args(Language)}
    return _plain(note) | words


def _plain(value: Any) -> Any:
    """The value in the types of JSON; what is no number there is null."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if dataclasses.is_dataclass(value):
        return {part.name: _plain(getattr(value, part.name)) for part in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value.isoformat() if isinstance(value, date) else value
