"""The landing page: what the service is and where things are. It needs no network."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from jinja2 import Environment, PackageLoader, StrictUndefined

from serving.http.operations import Operation
from serving.use_cases.spot_checks import ServiceContext

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}

templates = Environment(
    loader=PackageLoader("serving.http"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def landing(offered: Sequence[Operation], context: ServiceContext, address: str) -> str:
    """The page at `/`, in the office's language; `address` is where the reader found it."""
    language = context.office.language
    newest = context.tables.case_rows["closed_at"].max()
    return templates.get_template("landing.html").render(
        language=language,
        office=context.office.office.name.say(language),
        cases=context.tables.case_rows.height,
        trained_until=str(context.model.about["trained_until"]).replace("T", " ")[:16],
        offered=offered,
        address=address,
        newest=newest.date() if isinstance(newest, datetime) else "2026-06-30",
    )
