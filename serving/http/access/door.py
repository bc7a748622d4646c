"""Who tells who asks in a worker, wired, and the pages to sign in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from cases.office.model import Office
from ledger.ledger import Ledger
from serving.access.directory import Directory
from serving.access.openid.provider import Provider
from serving.access.openid.settings import openid_of
from serving.http.access.account import Account
from serving.http.access.guard import Guard, Line
from serving.http.access.openid import DONE, OpenIdWay
from serving.http.access.site import check_demo, site_of


def door_of(
    home: Path,
    ledger: Ledger,
    office: Office,
    environment: Mapping[str, str],
    host: str | None = None,
) -> tuple[Guard, list[Line]]:
    """The door of an office whose users and keys are in `home`, as long as a worker lives.

    `host` is the address that is bound, where that is known. `BadInput` for faults of
    `access.toml` and of the addresses that the environment names; `Refused` for a demo that others
    could reach.
    """
    check_demo(office, environment, host)
    openid = openid_of(home)
    site = site_of(environment, has_provider=openid is not None)
    guard = Guard(Directory.at(home, ledger.append, demo=office.office.demo), site)
    lines = Account(guard, office, has_provider=openid is not None).lines()
    if openid is not None:
        lines += OpenIdWay(guard, Provider(openid, f"{site.public_url}{DONE}")).lines()
    return guard, lines
