"""The ways in which somebody is not let in."""

from __future__ import annotations

from cases.errors import PlumblineError
from cases.language.messages import Sayable, _, ngettext

NOT_ALLOWED = _("Your roles do not allow this.")
WHOLE_OFFICE = _("This is about the whole office, and you may see cases of some units only.")


class Denied(PlumblineError):
    """Somebody is not let in."""


class NotSignedIn(Denied):
    """Nobody knows who asks."""

    def __init__(self) -> None:
        super().__init__(
            _("Nobody is signed in. Programs send `Authorization: Bearer` and a machine key.")
        )


class Forbidden(Denied):
    """It is known who asks, and that they may not."""

    def __init__(self, message: Sayable = NOT_ALLOWED) -> None:
        super().__init__(message)


class TooMany(Denied):
    """Asked too often; `wait` is in how many seconds one may ask again."""

    def __init__(self, wait: int) -> None:
        self.wait = wait
        super().__init__(
            ngettext(
                "Too many attempts. Try again in {count} second.",
                "Too many attempts. Try again in {count:,} seconds.",
                wait,
            )
        )
