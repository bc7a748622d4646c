"""The report's content as plain values, for programs: the summary, and the front page in words."""

from __future__ import annotations

import json
from typing import Any, get_args

from pydantic import TypeAdapter

from cases.language.catalogues import Language
from evaluation.pages.render import Voice
from evaluation.report.headlines import headlines
from evaluation.report.notes import Note, said
from evaluation.report.summary import ReportSummary

FORMAT = 1  # another number where a key is renamed or goes; a new key changes nothing


def as_json(summary: ReportSummary) -> str:
    """The summary as a JSON object whose keys are the names of its fields.

    A figure is an object with `value, low, high, n` and, where it has no value, `absent`
    saying why. Words are objects with `en` and `zh`. `front_page` holds the sentences.
    """
    content = json.loads(TypeAdapter(ReportSummary).dump_json(summary))  # no number is null there
    content["notes"] = [_told(note) for note in summary.notes]
    front = [_told(note) for note in headlines(summary)]
    whole = {"format": FORMAT, "front_page": front} | content
    return json.dumps(whole, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _told(note: Note) -> dict[str, Any]:
    """A note with its sentence in every language."""
    words = {language: said(note, Voice(language)) for language in get_args(Language)}
    values = json.loads(TypeAdapter(dict[str, Any]).dump_json(note.values))
    return {"code": note.code, "values": values} | words
