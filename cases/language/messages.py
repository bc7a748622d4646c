"""A text is a value: an English template and what fills it, put into a language at an edge.

Nothing here knows the reader. Whoever shows a text says in which language (`say`), so that one
process can speak several at once and a figure is computed once for all of them. `_`,
`ngettext` and `pgettext` are gettext's own names: the usual tools find the templates by them.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol, runtime_checkable

from cases.language.catalogues import SOURCE, Language, translations
from cases.language.formats import formatted
from cases.language.texts import Text

ABSENT = (None, "", {})  # what a kept message does not write down


@runtime_checkable
class Sayable(Protocol):
    """Anything that can be put into a language."""

    def say(self, language: Language) -> str:
        """The words in `language`."""


@dataclass(frozen=True)
class Message:
    """An English template, what fills its `{names}`, and where it counts something, how many.

    Values may be messages themselves. Without values the template stands as it is.
    `context` tells apart what English says with the same words.
    """

    template: str
    values: Mapping[str, object] = field(default_factory=dict)
    plural: str = ""
    count: int | None = None
    context: str = ""

    def say(self, language: Language) -> str:
        """The text in `language`; in English where its catalogue lacks it."""
        template = self._translated(language)
        return _Filler(language).vformat(template, (), self.values) if self.values else template

    def _translated(self, language: Language) -> str:
        catalogue = translations(language)
        if self.count is not None:
            return catalogue.ngettext(self.template, self.plural, self.count)
        if self.context:
            return catalogue.pgettext(self.context, self.template)
        return catalogue.gettext(self.template)

    def __str__(self) -> str:
        """In English, for logs and for readers of the code."""
        return self.say(SOURCE)

    def __hash__(self) -> int:
        return hash((self.context, self.template, self.count))


@dataclass(frozen=True)
class Joined:
    """Several texts in a row; `pair` shows how two of them, `{first}` and `{second}`, stand."""

    parts: tuple[Sayable | str, ...]
    pair: Message

    def say(self, language: Language) -> str:
        """Every part in `language`, and between two what that language puts there."""
        between = self.pair.say(language).removeprefix("{first}").removesuffix("{second}")
        return between.join(say(part, language) for part in self.parts)

    def __str__(self) -> str:
        """In English."""
        return self.say(SOURCE)


def _(template: str, /, **values: object) -> Message:
    """A text for people.

    >>> _("{found} of {cases:,} cases", found=3, cases=1200).say("en")
    '3 of 1,200 cases'
    """
    return Message(template, values)


def ngettext(one: str, many: str, count: int, /, **values: object) -> Message:
    """A text that depends on a number, which its templates call `{count}`.

    >>> ngettext("{count} fault", "{count:,} faults", 1).say("en")
    '1 fault'
    """
    return Message(one, {"count": count, **values}, plural=many, count=count)


def pgettext(context: str, template: str, /, **values: object) -> Message:
    """A text whose English words mean something else elsewhere; `context` says which is meant."""
    return Message(template, values, context=context)


def sentences(*parts: Sayable | str) -> Joined:
    """Sentences one after the other.

    >>> sentences(_("All is read."), _("Nothing is wrong.")).say("en")
    'All is read. Nothing is wrong.'
    """
    return Joined(parts, pgettext("two sentences", "{first} {second}"))


def listed(parts: Iterable[Sayable | str]) -> Joined:
    """Names or short phrases one after the other.

    >>> listed(["a", "b"]).say("en")
    'a, b'
    """
    return Joined(tuple(parts), pgettext("two names in a list", "{first}, {second}"))


def say(value: object, language: Language) -> str:
    """A text in `language`; a code, a name or a number stands as it is."""
    return value.say(language) if isinstance(value, Sayable) else str(value)


class _Filler(string.Formatter):
    """Fills a template's names; attributes and indices of values are out of reach."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def get_field(
        self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> tuple[Any, str]:
        """The value of a name."""
        del args
        return kwargs[field_name], field_name

    def format_field(self, value: Any, format_spec: str) -> str:
        """The value in the language."""
        if isinstance(value, Sayable):
            return value.say(self._language)
        return formatted(value, format_spec, self._language)


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
        # an empty template and a count of zero are kept
        return {n: part for n, part in kept.items() if n == "template" or part not in ABSENT}
    if isinstance(value, Joined):
        return {"parts": [as_json(part) for part in value.parts], "pair": as_json(value.pair)}
    if isinstance(value, Text):
        return {"text": value.model_dump()}
    if isinstance(value, datetime | date):
        return {"time": value.isoformat()}
    return value


def from_json(kept: Any) -> Any:
    """What `as_json` described; `ValueError`, `KeyError` or `TypeError` if it is not such a value.

    Nothing in it can do more than be shown.
    """
    if not isinstance(kept, dict):
        return kept
    if "text" in kept:
        return Text(**kept["text"])
    if "time" in kept:
        time = datetime.fromisoformat(kept["time"])
        return time if "T" in kept["time"] else time.date()
    if "parts" in kept:
        return Joined(tuple(from_json(part) for part in kept["parts"]), from_json(kept["pair"]))
    values = {name: from_json(filling) for name, filling in kept.get("values", {}).items()}
    return Message(
        str(kept["template"]),
        values,
        str(kept.get("plural", "")),
        kept.get("count"),
        str(kept.get("context", "")),
    )
