"""Passwords: argon2 (RFC 9106), and the same work whether or not there is such a user."""

from __future__ import annotations

import secrets
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from cases.errors import BadInput, Fault
from cases.language.messages import _

SHORTEST, LONGEST = 12, 200  # letters
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # that nobody confuses
GROUPS, GROUP = 4, 5  # of a one-time password: 99 bits

HASHER = PasswordHasher()


def hash_of(password: str) -> str:
    """The hash that is stored, with its salt and cost."""
    return HASHER.hash(password)


def is_right(stored: str | None, password: str) -> bool:
    """Whether it is the password of this hash; of no user (None) it takes as long and is not."""
    try:
        HASHER.verify(stored or _nobodys(), password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


@lru_cache(maxsize=1)
def _nobodys() -> str:
    return hash_of(secrets.token_urlsafe())


def one_time() -> str:
    """A password that somebody types once."""
    letters = ("".join(secrets.choice(LETTERS) for _i in range(GROUP)) for _g in range(GROUPS))
    return "-".join(letters)


def _is_guessed(password: str, name: str) -> bool:
    """Whether it is made of few letters, or the name is a good part of it."""
    return len(set(password)) < SHORTEST // 2 or (2 * len(name) >= SHORTEST and name in password)


def check_new(password: str, name: str, old: str) -> None:
    """`BadInput` for a new password that is too short, too long, easily guessed or the old one."""
    remedy = _("Take at least {least} letters that nobody can guess.", least=SHORTEST)
    if not SHORTEST <= len(password) <= LONGEST:
        problem = _("does not have {least} to {most} letters.", least=SHORTEST, most=LONGEST)
    elif password == old:
        problem = _("is the one that you had.")
    elif _is_guessed(password.casefold(), name):
        problem = _("is easily guessed.")
    else:
        return
    raise BadInput([Fault(_("the new password"), problem, remedy)])
