"""Which words of a file of settings are missing in a language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import BaseModel

from cases.language.catalogues import Language
from cases.language.texts import Text


def missing_words(settings: object, language: Language, key: str = "") -> Iterator[str]:
    """The keys of all texts in `settings`, a model and what is in it, without words in `language`.

    >>> list(missing_words({"charge": {"meaning": Text(en="charge")}}, "zh"))
    ['charge.meaning']
    """
    if isinstance(settings, Text):
        if not settings.speaks(language):
            yield key
        return
    for name, part in _parts(settings):
        yield from missing_words(part, language, f"{key}.{name}" if key else name)


def _parts(settings: object) -> Iterator[tuple[str, object]]:
    """What is in a model, a table or a list, with its key: in a list its code, else its place."""
    if isinstance(settings, BaseModel):
        for name in type(settings).model_fields:
            yield name, getattr(settings, name)
    elif isinstance(settings, Mapping):
        yield from ((str(name), part) for name, part in settings.items())
    elif isinstance(settings, list | tuple):
        for number, part in enumerate(settings, start=1):
            yield str(getattr(part, "code", number)), part
