"""The landing page: what the service is and where things are. It needs no network."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from datetime import datetime

from jinja2 import Environment, PackageLoader, StrictUndefined

from cases.language.catalogues import Language, translations
from cases.language.formats import formatted
from serving.access.sessions import Session
from serving.http.operations import Operation
from serving.use_cases.context import ServiceContext

STYLES = ("landing.css", "account.css")


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


def _policy() -> str:
    """What a page may do: show itself with our styles, and send its forms here."""
    styles = (templates("en").get_template(style).render() for style in STYLES)
    hashes = (base64.b64encode(hashlib.sha256(style.encode()).digest()) for style in styles)
    allowed = " ".join(f"'sha256-{one.decode()}'" for one in hashes)
    return (
        f"default-src 'none'; style-src {allowed}; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )


HEADERS = {
    "Content-Security-Policy": _policy(),
    "X-Content-Type-Options": "nosniff",
    # With `no-referrer` browsers say that a form comes from nowhere (Fetch, section 3.2).
    "Referrer-Policy": "same-origin",
}


def landing(
    offered: Sequence[Operation],
    context: ServiceContext,
    address: str,
    session: Session | None = None,
) -> str:
    """The page at `/`, in the office's language; `address` is where the reader found it."""
    language = context.office.language
    trained_until = datetime.fromisoformat(str(context.model.about["trained_until"]))
    return (
        templates(language)
        .get_template("landing.html")
        .render(
            language=language,
            office=context.office.office.name.say(language),
            cases=formatted(context.in_scope(context.tables.case_rows).height, ",", language),
            session=session,
            trained_until=formatted(trained_until, "", language),
            offered=offered,
            address=address,
            newest=context.newest.date() if context.newest else "2026-06-30",
        )
    )
