"""Tests of mail: to whom it goes, over what, and what is said where it does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from cases.errors import BadInput, Refused
from cli.loop.mail import FILE, PASSWORD, Mail, mail_of, send
from tests.cli.loop.mail_server import certificate_in, mail_server

SETTINGS = """
[smtp]
host = "localhost"
port = 25
security = "none"
sender = "plumbline@office.example"
to = ["chief@office.example", "manager@office.example"]
"""


def mail(port: int, **changes: object) -> Mail:
    """Settings for a server on this machine."""
    values = {
        "host": "localhost",
        "port": port,
        "security": "none",
        "sender": "plumbline@office.example",
        "to": ["chief@office.example", "manager@office.example"],
    }
    return Mail.model_validate(values | changes)


def test_a_mail_goes_to_all_addresses() -> None:
    """With a subject on one line, marked as sent by a program, in any language."""
    with mail_server() as server:
        send(mail(server.port), "提醒\nBcc: x@y.example", "- 3 件待评查\n")
    (text,) = server.mails
    assert [line.lower() for line in server.said if line.lower().startswith("rcpt")] == [
        "rcpt to:<chief@office.example>",
        "rcpt to:<manager@office.example>",
    ]
    assert "Auto-Submitted: auto-generated" in text
    assert not any(line.startswith("Bcc") for line in text.splitlines())


@pytest.mark.parametrize("refused", ["chief", "office"])
def test_a_server_that_refuses_is_said(refused: str) -> None:
    """One recipient or all; the sentence has no address."""
    with mail_server() as server:
        server.refuses = refused
        with pytest.raises(Refused) as found:
            send(mail(server.port), "subject", "text")
    assert str(found.value) == (
        "The mail server did not take the mail (SMTPRecipientsRefused). Look at notices.toml."
    )


def test_no_server_is_said() -> None:
    """In the same way."""
    with mail_server() as server:
        gone = server.port
    with pytest.raises(Refused, match="ConnectionRefusedError"):
        send(mail(gone), "subject", "text")


def test_with_tls_the_server_must_be_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The password of the environment is sent over TLS alone, to a server whose name is right."""
    certificate = certificate_in(tmp_path)
    monkeypatch.setenv(PASSWORD, "secret")
    with mail_server(certificate) as server:
        settings = mail(server.port, security="starttls", user="plumbline")
        with pytest.raises(Refused, match="SSLCertVerificationError"):
            send(settings, "subject", "text")
        assert server.mails == []
        assert not any(line.startswith("AUTH") for line in server.said)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        send(settings, "subject", "text")
    assert len(server.mails) == 1
    assert server.said.index("STARTTLS") < server.said.index("AUTH PLAIN AHBsdW1ibGluZQBzZWNyZXQ=")


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ('"localhost"', '"mail.example"', "only where the mail server is this machine"),
        ('"none"', '"ssl"', "smtp.security: is not one of: starttls, tls, none."),
        ('"plumbline@office.example"', '"plumbline"', "smtp.sender: is not something"),
        ("office.example", "office.example\\nBcc: x@y", "smtp.sender: is not something"),
        ("port = 25", "port = 70000", "smtp.port: is above 65535."),
        ("port = 25", 'password = "secret"', "smtp.password: is not something"),
        ("[smtp]", "[smtp", "cannot be read."),
    ],
)
def test_faults_of_the_settings(tmp_path: Path, before: str, after: str, fault: str) -> None:
    """Each is named with its key; a password does not belong there."""
    (tmp_path / FILE).write_text(SETTINGS.replace(before, after), "utf-8")
    with pytest.raises(BadInput) as found:
        mail_of(tmp_path)
    assert fault in str(found.value)
    assert "secret" not in str(found.value)


def test_without_settings_there_is_no_mail(tmp_path: Path) -> None:
    """With them there is."""
    assert mail_of(tmp_path) is None
    (tmp_path / FILE).write_text(SETTINGS, "utf-8")
    assert mail_of(tmp_path) == mail(25)
