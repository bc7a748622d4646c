"""Pages as one HTML file that needs nothing else: no network, no scripts, no fonts."""

from __future__ import annotations

import re
from functools import lru_cache
from gettext import NullTranslations
from importlib import resources
from typing import Any

import jinja2

from cases.language.catalogues import Language, translations
from cases.language.formats import formatted
from cases.language.messages import say

TEMPLATES = resources.files("evaluation.pages") / "templates"
TAGS = {"zh": "zh-Hans"}  # of languages whose code alone leaves the script open
BRACKET = re.compile("( ?)([(\uff08].*)", re.DOTALL)  # also as Chinese writes it


def page(template: str, language: Language, **values: Any) -> str:
    """The page that `template` makes of `values`, in `language`.

    A template's own words have no gaps; sentences with figures are made where the figures are.
    """
    return _environment(language, translations(language)).get_template(template).render(**values)


@lru_cache
def _environment(language: Language, words: NullTranslations) -> jinja2.Environment:
    """The templates in one language, with these `words`; what was compiled of them is kept."""
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(lambda name: (TEMPLATES / name).read_text("utf-8")),
        extensions=["jinja2.ext.i18n"],
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined]
    environment.filters["say"] = lambda value: say(value, language)
    environment.filters["number"] = lambda value, spec: formatted(value, spec, language)
    environment.filters["bracket_apart"] = bracket_apart
    environment.globals.update(language=language, html_language=TAGS.get(language, language))
    return environment


def bracket_apart(text: str) -> tuple[str, str, str]:
    """What stands before a bracket, the gap between them, and the bracket to the end.

    >>> bracket_apart("0.7 (0.6 to 0.8)"), bracket_apart("0.7")
    (('0.7', ' ', '(0.6 to 0.8)'), ('0.7', '', ''))
    """
    before, *rest = BRACKET.split(text, maxsplit=1)
    gap, bracket = rest[:2] if rest else ("", "")
    return before, gap, bracket
