"""What a request is refused for that has nothing to do with what it asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import ClassVar

from cases.language.messages import _

RETRY_AFTER = {"Retry-After": "2"}  # seconds


class Limited(Exception):
    """A bound of the service has been reached."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    headers: ClassVar[Mapping[str, str]] = RETRY_AFTER
    detail = _("The service is busy: too many requests wait already. Ask again soon.")

    @classmethod
    def after(cls, seconds: float) -> Limited:
        """So many seconds were waited for."""
        error = cls()
        error.detail = replace(cls.detail, values={"seconds": round(seconds)})
        return error


class TooMuch(Limited):
    """The bodies that are being read take too much memory."""


class Ending(Limited):
    """The service ends, or another process takes over."""

    detail = _("The service is ending. Ask again soon.")


class TooSlow(Limited):
    """The body did not come in time."""

    status = HTTPStatus.REQUEST_TIMEOUT
    headers: ClassVar = {"Connection": "close"}
    detail = _("The request was not sent within {seconds} seconds.")


class TooLong(Limited):
    """The answer took longer than anyone waits."""

    status = HTTPStatus.GATEWAY_TIMEOUT
    headers: ClassVar = {}
    detail = _("The answer was not there within {seconds} seconds. Ask about fewer cases.")


class WrongHost(Limited):
    """The service is not called that, so that a page elsewhere may be asking."""

    status = HTTPStatus.MISDIRECTED_REQUEST
    headers: ClassVar = {}
    detail = _(
        "The service is not known by the name in the `Host` header. Those who run it can add it: "
        "`triage serve --allow-host NAME`."
    )
