"""A text is a value: an English template and what fills it, put into a language at an edge.

Nothing here knows the reader. The code that shows a text says in which language (`say`), so
that one process can speak several at once and a figure is computed once for all of them. `_`,
`ngettext` and `pgettext` are gettext's own names: the usual tools find the templates by them.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Protocol, runtime_checkable

from cases.language.catalogues import SOURCE, Language, translations
from cases.language.formats import formatted

PLAIN = (str, int, float)  # what most gaps hold, and what needs no look at whether it can speak


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
    _said: dict[Language, str] = field(default_factory=dict, init=False, repr=False, compare=False)

    def say(self, language: Language) -> str:
        """The text in `language`; in English where its catalogue lacks it."""
        if not self.values:
            return self._translated(language)
        if language not in self._said:  # the same fact stands in the sentences of many cases
            self._said[language] = _filled(self._translated(language), self.values, language)
        return self._said[language]

    def _translated(self, language: Language) -> str:
        catalogue = translations(language)
        if self.count is not None:
            return catalogue.ngettext(self.template, self.plural, self.count)
        if self.context:
            return catalogue.pgettext(self.context, self.template)
        return catalogue.gettext(self.template)

    def filled(self, **values: object) -> Message:
        """The same text with these values in its gaps."""
        return replace(self, values=values)

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
    # To ask for the method is quick; to ask whether it is a `Sayable` takes longer than to say it.
    return str(value.say(language)) if hasattr(value, "say") else str(value)


def _filled(template: str, values: Mapping[str, Any], language: Language) -> str:
    """The template with its values in `language`; attributes and indices are out of reach."""
    written = []
    for text, name, spec in _pieces(template):
        written.append(text)
        if name is not None:
            value: Any = values[name]
            plain = isinstance(value, PLAIN) or not hasattr(value, "say")
            written.append(formatted(value, spec, language) if plain else value.say(language))
    return "".join(written)


@lru_cache(maxsize=4096)
def _pieces(template: str) -> tuple[tuple[str, str | None, str], ...]:
    """Each text of a template with the name of the value behind it, and its format."""
    parsed = string.Formatter().parse(template)
    return tuple((text, name, spec or "") for text, name, spec, _how in parsed)
