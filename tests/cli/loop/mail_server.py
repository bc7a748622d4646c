"""A mail server of a few lines, for one connection after the other; what it was sent is kept."""

from __future__ import annotations

import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class MailServer:
    """What came in; `refuses` is the recipient that it does not take."""

    port: int = 0
    said: list[str] = field(default_factory=list)
    mails: list[str] = field(default_factory=list)
    refuses: str = "-"
    context: ssl.SSLContext | None = None

    def answer(self, line: str) -> str:
        """What it says to a line."""
        verb = line.upper()
        self.said.append(line)
        if verb.startswith("EHLO"):
            return "250-here\r\n250-AUTH PLAIN\r\n250 STARTTLS" if self.context else "250 here"
        if verb.startswith("RCPT") and self.refuses in line:
            return "550 nobody of that name"
        if verb.startswith("AUTH"):
            return "235 welcome"
        return {"DATA": "354 go on", "QUIT": "221 bye", "STARTTLS": "220 go on"}.get(verb, "250 so")


class _Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        """One connection, until the client leaves."""
        server: MailServer = self.server.mail  # type: ignore[attr-defined]
        self._say("220 here")
        while line := self.rfile.readline().decode().strip():
            self._say(server.answer(line))
            if line.upper() == "DATA":
                server.mails.append(self._mail())
                self._say("250 taken")
            elif line.upper() == "STARTTLS" and server.context is not None:
                self.wfile.close()
                self.rfile.close()
                self.request = server.context.wrap_socket(self.request, server_side=True)
                self.setup()
            elif line.upper() == "QUIT":
                return

    def finish(self) -> None:
        """Close the connection, and what TLS has put around it."""
        super().finish()
        self.connection.close()

    def _mail(self) -> str:
        lines: list[str] = []
        while (line := self.rfile.readline().decode().rstrip("\r\n")) != ".":
            lines.append(line)
        return "\n".join(lines)

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())
        self.wfile.flush()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_given: object) -> None:
        """A client that goes away in the middle is no news."""


@contextmanager
def mail_server(certificate: Path | None = None) -> Iterator[MailServer]:
    """A server on this machine; with a certificate and its key in a file it speaks TLS."""
    mail = MailServer()
    if certificate is not None:
        mail.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        mail.context.load_cert_chain(certificate)
    with _Server(("127.0.0.1", 0), _Talk) as server:
        server.mail = mail  # type: ignore[attr-defined]
        mail.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield mail
        finally:
            server.shutdown()
            thread.join()


def certificate_in(folder: Path) -> Path:
    """A certificate of `localhost` that it has signed itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    kinds = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    target = folder / "server.pem"
    target.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, *kinds)
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return target
