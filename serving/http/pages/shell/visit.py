"""What a page is made from, and what it answers: values, whatever web framework is around them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any

from cases.errors import Fault
from cases.language.catalogues import Language
from cases.language.messages import Sayable
from ledger.records import Record
from serving.access.caller import Caller
from serving.access.sessions import Session
from serving.http.pages.shell.rooms import Rooms
from serving.memory.taking_in import Source
from serving.use_cases.context import ServiceContext

MOST_DIGITS = 15


@dataclass(frozen=True)
class Visit:
    """Somebody at a page.

    `context` is narrowed to the cases that this caller may see; `query` is what the address asks,
    `sent` the fields of a form (none where nothing was sent), and `faults` what was wrong with it.
    `record` appends to the ledger, all or none, and gives back the records; `latest` is the context
    with them. `now` is the moment on the clock of the office, `origin` the address of the service.
    """

    context: ServiceContext
    caller: Caller
    language: Language
    rooms: Rooms
    record: Callable[..., list[Record]]
    latest: Callable[[], ServiceContext]
    ledger: Source
    now: datetime
    query: Mapping[str, str] = field(default_factory=dict)
    sent: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    session: Session | None = None
    origin: str = ""

    def whole_number(self, name: str) -> int | None:
        """A number that the address asks for; None where it is none."""
        text = self.query.get(name, "")
        return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None


@dataclass(frozen=True)
class Shown:
    """A page: its template (below `templates/`), its title, and the values of the template."""

    template: str
    title: Sayable | str
    values: Mapping[str, Any] = field(default_factory=dict)
    status: HTTPStatus = HTTPStatus.OK


@dataclass(frozen=True)
class GoTo:
    """Where somebody goes after a form was carried out; `said` is a key of `notices.SAID`."""

    address: str
    said: str | None = None


@dataclass(frozen=True)
class Download:
    """A file for the reader."""

    name: str
    content: bytes
    media_type: str


@dataclass(frozen=True)
class Whole:
    """A page that was made before: HTML with a stylesheet of its own in it, and no script."""

    content: bytes


class NotFound(Exception):
    """There is no such thing, or it is not among what this caller may see."""
