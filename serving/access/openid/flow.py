"""A way to a provider and back: begun in one worker, it may end in another."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from cases.language.messages import _
from serving.access.denials import Forbidden
from serving.access.directory import Directory, hashed
from serving.access.openid.provider import NotTrusted, Provider
from serving.access.openid.settings import Mapped, OpenId
from serving.access.rules import may_be_together
from serving.access.sign_in import Place, SignedIn, enter
from serving.access.store.schema import FLOWS, USERS
from serving.access.users import Grant, User, add_elsewhere, find, regrant

LASTS = 10 * 60  # seconds
MIXED = _(
    "Your groups give roles for different units, and a person has one set of units for all roles. "
    "Ask the administrator for groups with the same units."
)


def begin(directory: Directory, provider: Provider, browser: str, back: str) -> str:
    """The provider's address to send the browser to; `browser` is the secret of its cookie."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _i in range(3))
    address = provider.begin(state, nonce, verifier).address
    now = directory.now()
    row = {
        "hash": hashed(state),
        "browser": hashed(browser),
        "nonce": nonce,
        "verifier": verifier,
        "back": back,
        "began": now,
    }
    with directory.writing() as connection:
        connection.execute(delete(FLOWS).where(FLOWS.c.began < now - LASTS))
        connection.execute(insert(FLOWS), row)
    return address


def finish(
    directory: Directory, provider: Provider, state: str, code: str, place: Place
) -> tuple[SignedIn, str]:
    """A new session, and where the way began; `NotTrusted` for a way that did not begin here.

    `place.browser` is the secret of the cookie that it began with. `Forbidden` for somebody
    who may not enter, or whose groups differ in their units: they lose what they had.
    """
    flow = _taken(directory, state)
    if flow is None or flow["browser"] != hashed(place.browser or ""):
        raise NotTrusted("state")
    claims = provider.claims(code, flow["nonce"], flow["verifier"])
    subject = f"{provider.settings.issuer}|{claims['sub']}"
    mapped = _mapped(provider.settings, claims)
    mixed = len({frozenset(one.units) for one in mapped}) > 1
    grant = _granted(mapped, mixed=mixed) if provider.settings.groups else None
    with directory.writing() as connection:
        user = _user(directory, connection, subject, claims, grant)
        if user.disabled:
            directory.note("sign_in_refused", user.id)
            raise Forbidden
        if not mixed:
            return enter(directory, connection, user, place), flow["back"]
        directory.note("sign_in_refused", user.id)
    raise Forbidden(MIXED)  # after what they had was taken


def _taken(directory: Directory, state: str) -> dict[str, Any] | None:
    """The way with this state, which can be come back from once."""
    this = FLOWS.c.hash == hashed(state)
    with directory.writing() as connection:
        row = connection.execute(select(FLOWS).where(this)).mappings().one_or_none()
        connection.execute(delete(FLOWS).where(this))
    if row is None or directory.now() - row["began"] > LASTS:
        return None
    return dict(row)


def _user(
    directory: Directory,
    connection: Connection,
    subject: str,
    claims: Mapping[str, Any],
    grant: Grant | None,
) -> User:
    """Who this is: one who was here, or somebody new; `grant` None leaves the roles as they are."""
    user = find(connection, USERS.c.subject == subject)
    if user is None:
        shown = str(claims.get("name") or claims.get("preferred_username") or "")
        return add_elsewhere(directory, connection, subject, shown, grant or Grant(frozenset()))
    if grant is not None and grant != user.grant:
        regrant(directory, connection, user.id, grant, None)
    return user


def _mapped(settings: OpenId, claims: Mapping[str, Any]) -> list[Mapped]:
    """What this person's groups are here."""
    named = claims.get(settings.claim, ())
    groups = [named] if isinstance(named, str) else named if isinstance(named, list) else []
    known = [group for group in groups if isinstance(group, str) and group in settings.groups]
    return [settings.groups[group] for group in known]


def _granted(mapped: Sequence[Mapped], *, mixed: bool) -> Grant:
    """What these groups may do together; nothing where their units differ (`mixed`).

    A grant has one set of units for all of its roles: united, each role would reach the units of
    the others.
    """
    roles = frozenset(one.role for one in mapped)
    if mixed or not roles or not may_be_together(roles):
        return Grant(frozenset())
    return Grant.of(roles, mapped[0].units)
