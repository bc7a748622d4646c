"""Mail over SMTP to the addresses in `notices.toml` of the folder of the office's models.

The password comes from the environment alone. A connection without TLS is made to this machine
only, where a mail program of its own may listen.
"""

from __future__ import annotations

import os
import smtplib
import ssl
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.utils import localtime, make_msgid
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, model_validator

from cases.errors import BadInput, Fault, Refused
from cases.language.messages import _
from cases.office.base import Model, wrong
from cases.office.mistakes import problem_of

FILE = "notices.toml"
PASSWORD = "TRIAGE_SMTP_PASSWORD"  # noqa: S105  the name of a variable
SECONDS = 20.0  # that the server has for each answer
LARGEST = 100_000  # bytes
REMEDY = _("Write it as docs/loop.md shows.")
ADDRESS = r"^[^@\s<>,;\"]{1,64}@[A-Za-z0-9.-]{1,255}$"

Address = Annotated[str, Field(pattern=ADDRESS)]


class Mail(Model):
    """A mail server, and from whom to whom."""

    host: str = Field(pattern=r"^[A-Za-z0-9.:-]{1,255}$")
    port: int = Field(default=587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str | None = None
    sender: Address
    to: tuple[Address, ...] = Field(min_length=1, max_length=50)

    @model_validator(mode="after")
    def _open_to_this_machine_only(self) -> Mail:
        if self.security == "none" and not _is_here(self.host):
            raise wrong(_("`security` may be `none` only where the mail server is this machine."))
        return self

    @property
    def domain(self) -> str:
        """The part of the sender's address that names no person."""
        return self.sender.rpartition("@")[2]


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class _File(Model):
    smtp: Mail


def mail_of(home: Path) -> Mail | None:
    """The settings; None if there are none, `BadInput` if they are not right."""
    try:
        raw = tomllib.loads((home / FILE).read_bytes()[:LARGEST].decode())
        return _File.model_validate(raw).smtp
    except FileNotFoundError:
        return None
    except ValidationError as error:
        details: list[Any] = error.errors(include_url=False, include_input=False)
        raise BadInput([_fault(detail) for detail in details]) from None
    except (OSError, ValueError):
        raise BadInput([Fault(FILE, _("cannot be read."), REMEDY)]) from None


def _fault(detail: Any) -> Fault:
    key = ".".join(str(part) for part in detail["loc"])
    return Fault(FILE, problem_of(detail), REMEDY, column=key)


def send(mail: Mail, subject: str, text: str) -> None:
    """Send a text to all addresses; `Refused` if the server does not take it for every one."""
    message = EmailMessage()
    message["Subject"] = " ".join(subject.split())
    message["From"], message["To"] = mail.sender, ", ".join(mail.to)
    message["Date"], message["Message-ID"] = localtime(), make_msgid(domain=mail.domain)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence is answered to it
    message.set_content(text)
    try:
        with _connected(mail) as server:
            refused = server.send_message(message, mail.sender, list(mail.to))
    except (OSError, smtplib.SMTPException) as error:
        raise _not_sent(type(error).__name__) from None
    if refused:
        raise _not_sent("SMTPRecipientsRefused")


def _not_sent(name: str) -> Refused:
    return Refused(
        _("The mail server did not take the mail ({error}). Look at {file}.", error=name, file=FILE)
    )


@contextmanager
def _connected(mail: Mail) -> Iterator[smtplib.SMTP]:
    """A connection that is safe, and signed in if the settings name a user."""
    trusted = ssl.create_default_context()
    with _opened(mail, trusted) as server:
        if mail.security == "starttls":
            server.starttls(context=trusted)
        if mail.user is not None:
            server.login(mail.user, os.environ.get(PASSWORD, ""))
        yield server


def _opened(mail: Mail, trusted: ssl.SSLContext) -> smtplib.SMTP:
    if mail.security == "tls":
        return smtplib.SMTP_SSL(mail.host, mail.port, timeout=SECONDS, context=trusted)
    return smtplib.SMTP(mail.host, mail.port, timeout=SECONDS)
