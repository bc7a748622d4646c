"""A small provider of OpenID Connect on this machine: discovery, keys, codes with PKCE, tokens."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

CLIENT, SECRET = "plumbline", "the secret of the client"


@dataclass
class FakeProvider:
    """Says that `person` signs in; `forged` changes what is signed, and `signer` how."""

    issuer: str = ""
    person: dict[str, Any] = field(default_factory=lambda: {"sub": "s-1", "name": "Anna A."})
    forged: dict[str, Any] = field(default_factory=dict)
    place: dict[str, Any] = field(default_factory=dict)
    key: Any = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1"}))
    signer: Any = None
    algorithm: str = "RS256"
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: int = 0

    def authorize(self, address: str) -> str:
        """What a browser does there: the person agrees, and is sent back with a code."""
        sent = dict(parse_qsl(urlsplit(address).query))
        assert address.startswith(f"{self.issuer}/authorize?")
        assert sent["response_type"] == "code"
        assert sent["client_id"] == CLIENT
        assert sent["code_challenge_method"] == "S256"
        code = f"code-{len(self.codes)}"
        self.codes[code] = sent
        return f"{urlsplit(sent['redirect_uri']).path}?code={code}&state={sent['state']}"

    def token(self, authorization: str, sent: dict[str, list[str]]) -> dict[str, Any] | None:
        """An ID token for a code, once, to who knows the secret and the verifier."""
        begun = self.codes.pop(sent["code"][0], None)
        right = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if begun is None or authorization != f"Basic {right.replace(' ', '%20')}":
            known = base64.b64decode(authorization.removeprefix("Basic ")).decode()
            assert begun is None or known.startswith(f"{CLIENT}:")
            if begun is None:
                return None
        digest = hashlib.sha256(sent["code_verifier"][0].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if challenge != begun["code_challenge"] or sent["redirect_uri"][0] != begun["redirect_uri"]:
            return None
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300}
        claims |= self.person | {"nonce": begun["nonce"]} | self.forged
        claims = {name: value for name, value in claims.items() if value is not None}
        signer = self.signer or self.key
        header = {"alg": self.algorithm, "kid": signer.kid or "1"}
        raw = jwt.encode(header, claims, signer, algorithms=[self.algorithm])
        return {"access_token": "a", "token_type": "Bearer", "expires_in": 300, "id_token": raw}

    def document(self) -> dict[str, Any]:
        """Where everything is."""
        places = {"authorization": "authorize", "token": "token"}
        found = {f"{name}_endpoint": f"{self.issuer}/{path}" for name, path in places.items()}
        return {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys"} | found | self.place


@contextmanager
def running(provider: FakeProvider) -> Iterator[None]:
    """The provider on a port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            provider.asked += 1
            if self.path == "/keys":
                self._send({"keys": [provider.key.as_dict(private=False)]})
            else:
                self._send(provider.document())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            found = provider.token(self.headers["Authorization"], parse_qs(body))
            self._send(found or {"error": "invalid_grant"}, 200 if found else 400)

        def _send(self, value: Any, status: int = 200) -> None:
            text = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_given: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


OTHER_RSA = RSAKey.generate_key(2048, {"kid": "1"})
NEWER_EC = ECKey.generate_key("P-256", {"kid": "2"})
SHARED = OctKey.import_key(SECRET * 2, {"kid": "1"})
