"""What the file `access.toml` beside the users says of a provider."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from cases.errors import BadInput, Fault
from cases.language.messages import _
from serving.access.rules import Role

FILE = "access.toml"
LARGEST = 1 << 16  # bytes
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
NO_ADDRESS = _("is no address that begins with https://.")
NO_SIGNATURE = _("is no signature with a public key: RS256, ES256 or PS256.")


class Part(BaseModel):
    """A part of the file: unknown keys are faults."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Mapped(Part):
    """What members of a group are; without units, of the whole office."""

    role: Role
    units: tuple[str, ...] = ()


class OpenId(Part):
    """A provider, and what becomes of its groups.

    Without `groups` an administrator gives roles, with `triage users OFFICE roles`.
    """

    issuer: str = Field(max_length=500)
    client_id: str = Field(min_length=1, max_length=200)
    secret_file: Path
    claim: str = "groups"
    groups: dict[str, Mapped] = {}
    algorithms: tuple[str, ...] = ("RS256", "ES256", "PS256")
    scopes: tuple[str, ...] = ("openid", "profile")

    @field_validator("issuer")
    @classmethod
    def _is_address(cls, issuer: str) -> str:
        if not is_safe(issuer):
            raise ValueError(NO_ADDRESS)
        return issuer.rstrip("/")

    @field_validator("algorithms")
    @classmethod
    def _are_signatures(cls, algorithms: tuple[str, ...]) -> tuple[str, ...]:
        if not set(algorithms) <= {"RS256", "ES256", "PS256"}:
            raise ValueError(NO_SIGNATURE)
        return algorithms


class _File(Part):
    openid: OpenId


def openid_of(home: Path) -> OpenId | None:
    """The provider of an office, if it has one; `BadInput` for a file that says it wrongly."""
    path = home / FILE
    try:
        raw = tomllib.loads(path.read_bytes()[:LARGEST].decode())
        openid = _File.model_validate(raw).openid
    except FileNotFoundError:
        return None
    except (ValueError, OSError) as error:
        raise BadInput(list(_faults(error))) from None
    secret = home / openid.secret_file
    if not secret.is_file():
        remedy = _("Write the secret that the provider gave into this file.")
        problem = _("names a file that is not there.")
        raise BadInput([Fault(FILE, problem, remedy, column="openid.secret_file")])
    return openid.model_copy(update={"secret_file": secret})


def is_safe(address: str) -> bool:
    """Whether an address is of https, or of this machine."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    mine = parts.scheme == "http" and parts.hostname in LOOPBACK
    return bool(parts.hostname) and (parts.scheme == "https" or mine) and "@" not in parts.netloc


def _faults(error: Exception) -> Iterator[Fault]:
    remedy = _("Write it as docs/access.md shows.")
    if not isinstance(error, ValidationError):
        yield Fault(FILE, _("cannot be read."), remedy)
        return
    details: list[Any] = error.errors(include_url=False, include_input=False)
    for detail in details:
        key = ".".join(str(part) for part in detail["loc"])
        own = detail.get("ctx", {}).get("error", ValueError()).args
        problem = own[0] if own else _("is not as described ({message}).", message=detail["msg"])
        yield Fault(FILE, problem, remedy, column=key)
