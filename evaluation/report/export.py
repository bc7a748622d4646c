"""The report's content as plain values, for programs: the summary, and the front page in words."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from datetime import date
from typing import Any

from cases.language.catalogues import languages
from cases.language.messages import Joined, Sayable
from cases.language.values import Value
from evaluation.pages.cells import Interval, Named
from evaluation.report.findings.finding import Finding
from evaluation.report.findings.found import findings
from evaluation.report.front import Line, front_page
from evaluation.report.notes import Note
from evaluation.report.summary import ReportSummary

FORMAT = 2  # another number where a key is renamed or goes; a new key changes nothing


def as_json(summary: ReportSummary) -> str:
    """The summary as a JSON object whose keys are the names of its fields.

    A figure is an object with `value, low, high, n` and, where it has no value, `absent`
    saying why. Words are objects with a key per language. `front_page` holds the sentences of the
    front page, `findings` all that was found with how sure it is and what it calls for.
    """
    front = [_line(line) for line in front_page(summary)]
    found = [_found(finding) for finding in findings(summary)]
    whole = {"format": FORMAT, "front_page": front, "findings": found} | _fields(summary)
    return json.dumps(whole, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _line(line: Line) -> dict[str, Any]:
    return {"about": line.about, "code": line.code} | _words(line.says)


def _found(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "what": _words(finding.what),
        "sure": _words(finding.sure),
        "so_what": _words(finding.so_what),
        "evidence": _plain(finding.evidence),
        "calls_for": list(finding.calls_for),
    }


def _plain(value: Any) -> Any:
    """A value of the summary as JSON knows values."""
    if isinstance(value, Note):
        return {"code": value.code} | _words(value.says)
    if isinstance(value, Interval | Named | Value):
        return _plain(_without_words(value))
    if isinstance(value, Joined) and all(isinstance(part, str) for part in value.parts):
        return list(value.parts)  # codes in a row
    if isinstance(value, Sayable):
        return _words(value)
    if dataclasses.is_dataclass(value):
        return _fields(value)
    return _without_fields(value)


def _without_fields(value: Any) -> Any:
    """A mapping, a sequence or a single value as JSON knows values."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, date):  # or a moment, which is one too
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _without_words(value: Interval | Named | Value) -> Any:
    """What a program reads in the place of a number or a name in a sentence."""
    if isinstance(value, Interval):
        return value.figure
    return value.code if isinstance(value, Named) else value.value


def _words(text: Sayable) -> dict[str, str]:
    """A text in every language there is."""
    return {language: text.say(language) for language in languages()}


def _fields(value: Any) -> dict[str, Any]:
    return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
