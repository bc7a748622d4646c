"""The log: a JSON object a line, without what is private."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

from cases.errors import BadInput, Fault, Refused
from serving.running import logs


def line(record: logging.LogRecord) -> dict[str, Any]:
    """What is written of a record."""
    text = logs.OneLine().format(record)
    assert "\n" not in text
    read: dict[str, Any] = json.loads(text)
    return read


def test_an_event_of_ours_has_its_facts():
    """With the time in UTC and the level."""
    record = logging.makeLogRecord(
        {"name": "plumbline.x", "msg": "renewed", "levelname": "INFO", "created": 0.25}
    )
    record.facts = {"workers": 2}

    assert line(record) == {
        "time": "1970-01-01T00:00:00.250Z",
        "level": "info",
        "event": "renewed",
        "workers": 2,
    }


def test_of_a_library_only_the_place_is_written():
    """Its words, and those of an error, could be a value of a case."""
    try:
        raise ValueError("secret")
    except ValueError:
        error = sys.exc_info()
    given = {"name": "uvicorn.error", "msg": "secret %s", "args": ("secret",), "exc_info": error}
    record = logging.makeLogRecord(given | {"module": "server", "lineno": 7})

    told = line(record)
    assert (told["library"], told["at"], told["error"]) == ("uvicorn", "server:7", "ValueError")
    assert "secret" not in str(told)


def test_faults_are_told_by_their_places(caplog):
    """Their values are for the screen of those who correct them."""
    fault = Fault("cases.csv", "is secret.", "Correct it.", row=7, column="kind", value="secret")
    logs.refused("office_refused", BadInput([fault] * 30))
    logs.refused("office_refused", Refused("there is no champion"))

    many, reason = (record.facts for record in caplog.records)
    assert (many["faults"], many["places"][0]) == (30, "cases.csv, row 7, kind")
    assert len(many["places"]) == logs.MOST_PLACES
    assert "secret" not in str(many)
    assert reason == {"reason": "there is no champion"}
