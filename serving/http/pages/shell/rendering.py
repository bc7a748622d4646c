"""Templates, the one stylesheet, and what a browser may do with a page."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Mapping
from functools import cache, lru_cache
from gettext import NullTranslations
from importlib import resources
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from cases.language.catalogues import Language, locale_of, translations
from cases.language.formats import formatted
from cases.language.messages import Sayable, say
from evaluation.pages.plan.drawn_cases import as_shown
from evaluation.pages.render import TAGS, bracket_apart

STYLES, SCRIPT, CHARTS = "pages.css", "pages.js", "chart.css"
INLINE = re.compile(rb"<style>(.*?)</style>", re.DOTALL)
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    # With `no-referrer` browsers say that a form comes from nowhere (Fetch, section 3.2).
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def rendered(template: str, language: Language, values: Mapping[str, Any]) -> str:
    """The page that a template makes of `values`, in `language`.

    A template's own words have no gaps; sentences with figures are made where the figures are.
    """
    return _environment(language, translations(language)).get_template(template).render(values)


@lru_cache
def _environment(language: Language, words: NullTranslations) -> Environment:
    """The templates in one language, with these `words`; what was compiled of them is kept."""
    environment = Environment(
        loader=ChoiceLoader([PackageLoader("serving.http"), PackageLoader("evaluation.pages")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined]
    environment.filters |= {
        "say": lambda value: say(value, language),
        "number": lambda value, spec: formatted(value, spec, language),
        "bracket_apart": bracket_apart,
        "cell": lambda value: "" if value is None else cell(value, language),
    }
    environment.globals |= {
        "language": language,
        "html_language": TAGS.get(language, language),
        "address": address,
        "own_name": own_name,
        "styles": f"/{STYLES}?{version(STYLES)}",
        "script": f"/{SCRIPT}?{version(SCRIPT)}",
    }
    return environment


def address(path: str, **query: object) -> str:
    """The address of a page with what is asked of it; what is None is left out.

    >>> address("/case", id="2026/7 a", plan=None)
    '/case?id=2026%2F7+a'
    """
    asked = {name: value for name, value in query.items() if value is not None}
    return f"{quote(path)}?{urlencode(asked)}" if asked else quote(path)


@cache
def own_name(language: Language) -> str:
    """What a language calls itself.

    >>> own_name("en")
    'English'
    """
    return str(locale_of(language).get_language_name())


@cache
def file(name: str) -> str:
    """The text of a file that pages refer to; the stylesheet ends with what charts look like."""
    text = (resources.files("serving.http") / "templates" / name).read_text("utf-8")
    charts = resources.files("evaluation.pages") / "templates" / CHARTS
    return text + charts.read_text("utf-8") if name == STYLES else text


@cache
def version(name: str) -> str:
    """By which a browser knows that a file is another one."""
    return hashlib.sha256(file(name).encode()).hexdigest()[:12]


def whole_headers(content: bytes) -> dict[str, str]:
    """Headers of a page that has its own stylesheets in it: nothing but these, by their hashes."""
    hashes = [b64encode(hashlib.sha256(css).digest()).decode() for css in INLINE.findall(content)]
    styles = " ".join(f"'sha256-{one}'" for one in hashes) or "'none'"
    policy = f"default-src 'none'; style-src {styles}; base-uri 'none'; frame-ancestors 'none'"
    return HEADERS | {"Content-Security-Policy": f"{policy}; form-action 'none'"}


def cell(value: object, language: Language) -> str:
    """A text in `language`; anything else as a table for people shows it."""
    return say(value if isinstance(value, Sayable) else as_shown(value), language)
