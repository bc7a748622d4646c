"""The landing page: what the service is and where things are. It needs no network."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from jinja2 import Environment, PackageLoader, StrictUndefined

from cases.language.catalogues import Language, translations
from cases.language.formats import formatted
from serving.http.operations import Operation
from serving.use_cases.context import ServiceContext

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def templates(language: Language) -> Environment:
    """The templates with their own words in `language`."""
    environment = Environment(
        loader=PackageLoader("serving.http"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_translations(  # type: ignore[attr-defined]
        translations(language), newstyle=True
    )
    return environment


def landing(offered: Sequence[Operation], context: ServiceContext, address: str) -> str:
    """The page at `/`, in the office's language; `address` is where the reader found it."""
    language = context.office.language
    trained_until = datetime.fromisoformat(str(context.model.about["trained_until"]))
    return (
        templates(language)
        .get_template("landing.html")
        .render(
            language=language,
            office=context.office.office.name.say(language),
            cases=formatted(context.tables.case_rows.height, ",", language),
            trained_until=formatted(trained_until, "", language),
            offered=offered,
            address=address,
            newest=context.newest.date() if context.newest else "2026-06-30",
        )
    )
