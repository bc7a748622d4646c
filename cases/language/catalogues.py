"""Which languages there are, and what a message is in each of them.

English stands in the code. Every other language is one file that any translator's program
opens, `locale/<language>/LC_MESSAGES/plumbline.po`; to add a language is to add that file.
"""

from __future__ import annotations

import gettext
import io
import os
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

Language = str  # an ISO 639 code such as `zh`, with a region or script where one is needed

SOURCE: Language = "en"
CODE = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
FOLDER = Path(__file__).parents[2] / "locale"
FILE = Path("LC_MESSAGES", "plumbline.po")
FORMATS = {SOURCE: "en_GB"}  # English with the day before the month


@cache
def languages() -> tuple[Language, ...]:
    """The languages that texts can be put into, English first."""
    names = sorted(path.parents[1].name for path in FOLDER.glob(f"*/{FILE}"))
    return (SOURCE, *(name for name in names if name != SOURCE))


@cache
def translations(language: Language) -> gettext.NullTranslations:
    """The catalogue of a language; one that has none, as English has none, changes nothing."""
    path = FOLDER / language / FILE
    if language not in languages() or not path.exists():
        return gettext.NullTranslations()
    with path.open("rb") as file:
        catalogue = read_po(file, locale=_locale_code(language))
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


@cache
def locale_of(language: Language) -> Locale:
    """How numbers and dates are written in a language; as in English where that is not known."""
    try:
        return Locale.parse(_locale_code(language))
    except (UnknownLocaleError, ValueError):
        return Locale.parse(FORMATS[SOURCE])


def _locale_code(language: Language) -> str:
    return FORMATS.get(language, language.replace("-", "_"))


def system_language(environment: Mapping[str, str] = os.environ) -> Language:
    """The language of the system if there is a catalogue for it, else English.

    >>> system_language({"LANG": "C.UTF-8"})
    'en'
    """
    variables = (environment.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    locale = next(filter(None, variables), "")  # the first that is set outranks the rest
    wanted = re.split(r"[.@]", locale)[0].replace("_", "-").lower()
    codes = {code.lower(): code for code in languages()}
    return codes.get(wanted) or codes.get(wanted.partition("-")[0]) or SOURCE
