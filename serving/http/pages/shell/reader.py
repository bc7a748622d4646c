"""The reader's language, and the office's clock."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from starlette.requests import Request

from cases.language.catalogues import Language, languages
from cases.office.model import Office
from serving.http.access.site import Site


def now_of(office: Office) -> datetime:
    """The moment on the office's clocks; on those of this machine where it names no zone."""
    return on_clock(office, datetime.now(UTC))


def on_clock(office: Office, at: datetime) -> datetime:
    """A moment of a record (UTC) on the same clocks."""
    zone = office.office.time_zone
    return at.astimezone(None if zone is None else ZoneInfo(zone)).replace(tzinfo=None)


def language_of(request: Request, site: Site, office: Office) -> Language:
    """The language that the reader chose; else the office's."""
    chosen = site.cookie(request, "language")
    return chosen if chosen in languages() else office.language


def here_of(request: Request) -> str:
    """The path of a request with what it asks, to come back to."""
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def reads_pages(request: Request) -> bool:
    """Whether a person in a browser asks, and not a program."""
    return "text/html" in request.headers.get("accept", "")
