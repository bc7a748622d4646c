"""Texts in kept files: as plain JSON values, and back.

A kept file may have been altered. What is read back can do no more than be shown, in every
language, and what cannot be shown is refused where it is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from string import Formatter
from typing import Any

from cases.language.catalogues import languages
from cases.language.messages import Joined, Message, say
from cases.language.texts import Text
from cases.language.values import Value

DEEPEST = 10  # texts within texts
LONGEST = 20_000  # letters of a text with everything in it
LONGEST_NUMBER = 50  # letters, in any format
ABSENT: tuple[object, ...] = ("", None, {})  # parts of a message that are not written


def as_json(value: object) -> Any:
    """A text, or a value of one, as plain JSON values for `from_json`."""
    if isinstance(value, Message):
        kept = {
            "template": value.template,
            "values": {name: as_json(filling) for name, filling in value.values.items()},
            "plural": value.plural,
            "count": value.count,
            "context": value.context,
        }
        # a count of zero is kept
        return {n: part for n, part in kept.items() if n == "template" or part not in ABSENT}
    if isinstance(value, Joined):
        return {"parts": [as_json(part) for part in value.parts], "pair": as_json(value.pair)}
    if isinstance(value, Text):
        return {"text": value.model_dump()}
    if isinstance(value, Value):
        return {"value": as_json(value.value), "spec": value.spec}
    if isinstance(value, datetime | date):
        return {"time": value.isoformat()}
    return value


def from_json(kept: Any) -> Any:
    """What `as_json` described; `ValueError` if it is not that, or some language cannot say it."""
    try:
        value = _restored(kept, DEEPEST)
        if _length(value) > LONGEST:
            raise ValueError(f"it has more than {LONGEST:,} letters")
        for language in languages():
            say(value, language).encode()
    except (LookupError, TypeError, AttributeError, ArithmeticError) as error:
        raise ValueError(f"it is not a text ({type(error).__name__})") from error
    return value


def _restored(kept: Any, deeper: int) -> Any:
    """The value, of at most `deeper` texts within texts."""
    if kept is None or isinstance(kept, str | int | float):
        return kept
    if deeper == 0:
        raise ValueError("it nests too deeply")
    if "text" in kept:
        return Text(**kept["text"])
    if "spec" in kept:
        return Value(_restored(kept["value"], 1), str(kept["spec"]))
    if "time" in kept:
        time = datetime.fromisoformat(kept["time"])
        return time if "T" in kept["time"] else time.date()
    if "parts" in kept:
        parts = tuple(_restored(part, deeper - 1) for part in kept["parts"])
        return Joined(parts, _message(kept["pair"], deeper - 1))
    return _message(kept, deeper)


def _message(kept: Mapping[str, Any], deeper: int) -> Message:
    words = {name: kept.get(name, "") for name in ("template", "plural", "context")}
    count = kept.get("count")
    right = all(isinstance(word, str) for word in words.values())
    if not (right and words["template"] and (count is None or type(count) is int)):
        raise ValueError("a message is a template and at most a count")
    values = {
        name: _restored(filling, deeper - 1) for name, filling in kept.get("values", {}).items()
    }
    return Message(**words, values=values, count=count)


def _length(value: object) -> int:
    """How many letters a text has at most in English, found without putting it together."""
    if isinstance(value, Message):
        lengths = {name: _length(filling) for name, filling in value.values.items()}
        templates = [value.template, value.plural]
        filled = sum(lengths[name] for template in templates for name in _names(template, lengths))
        return filled + sum(map(len, templates))
    if isinstance(value, Joined):
        return sum(_length(part) + _length(value.pair) for part in value.parts)
    if isinstance(value, Text):
        return max(map(len, value.model_dump().values()))
    return max(LONGEST_NUMBER, len(str(value)))


def _names(template: str, values: Mapping[str, int]) -> list[str]:
    """The names in a template, as often as they stand there; none where it stands as it is."""
    if not values:
        return []
    fields = [(name, spec or "") for _text, name, spec, _how in Formatter().parse(template)]
    if any("{" in spec for _name, spec in fields):
        raise ValueError("a format does not depend on a value")
    return [name for name, _spec in fields if name is not None]
