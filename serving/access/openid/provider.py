"""What is asked of a provider: where it is, its keys, and an ID token for a code.

OpenID Connect Core 1.0, section 3.1 (authorization code flow), with PKCE (RFC 7636); the protocol
is Authlib's, the signatures are joserfc's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from serving.access.openid.settings import OpenId, is_safe

WELL_KNOWN = "/.well-known/openid-configuration"
TIMEOUT = 10  # seconds
LARGEST = 1 << 20  # bytes of an answer
LEEWAY = 60  # seconds that two clocks may differ
LONGEST_SUBJECT = 255  # letters, by the standard
# What libraries raise for what a stranger sent.
UNTRUSTED = (
    AuthlibBaseError,
    JoseError,
    requests.RequestException,
    LookupError,
    ValueError,
    TypeError,
)
ADDRESSES = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class NotTrusted(Exception):
    """What a provider sent does not show who signs in. The message is for the log."""


@dataclass(frozen=True)
class Begun:
    """Where to send the browser, and what must come back from there."""

    address: str
    state: str
    nonce: str
    verifier: str


class Provider:
    """A provider; where it is and its keys are asked for once, and its keys again if need be."""

    def __init__(self, settings: OpenId, redirect: str) -> None:
        self.settings, self._redirect = settings, redirect
        self._secret = settings.secret_file.read_text("utf-8").strip()

    def begin(self, state: str, nonce: str, verifier: str) -> Begun:
        """The address at which the provider asks who signs in."""
        with self._client() as client:
            address, _state = client.create_authorization_url(
                self._places["authorization_endpoint"],
                state=state,
                nonce=nonce,
                code_verifier=verifier,
            )
        return Begun(address, state, nonce, verifier)

    def claims(self, code: str, nonce: str, verifier: str) -> Mapping[str, Any]:
        """What the provider says of who signed in; `NotTrusted` if it cannot be believed."""
        try:
            with self._client() as client:
                token = client.fetch_token(
                    self._places["token_endpoint"], code=code, code_verifier=verifier
                )
            return self._checked(token["id_token"], token.get("access_token"), nonce)
        except UNTRUSTED as error:
            raise NotTrusted(type(error).__name__) from None

    def _checked(self, raw: str, access_token: str | None, nonce: str) -> Mapping[str, Any]:
        try:
            signed = jwt.decode(raw, self._keys, algorithms=self.settings.algorithms)
        except InvalidKeyIdError:  # one that is newer than those we have
            self.__dict__.pop("_keys", None)
            signed = jwt.decode(raw, self._keys, algorithms=self.settings.algorithms)
        token = CodeIDToken(
            signed.claims,
            signed.header,
            {
                "iss": {
                    "essential": True,
                    "values": [self.settings.issuer, f"{self.settings.issuer}/"],
                },
                "aud": {"essential": True, "value": self.settings.client_id},
            },
            {
                "nonce": nonce,
                "client_id": self.settings.client_id,
                "access_token": access_token,
            },
        )
        token.validate(leeway=LEEWAY)
        audience = token["aud"] if isinstance(token["aud"], list) else [token["aud"]]
        if audience != [self.settings.client_id]:
            raise NotTrusted("other audiences")
        if not isinstance(token["sub"], str) or not 0 < len(token["sub"]) <= LONGEST_SUBJECT:
            raise NotTrusted("subject")
        return dict(token)

    def _client(self) -> Any:
        client = OAuth2Session(
            self.settings.client_id,
            self._secret,
            scope=" ".join(self.settings.scopes),
            redirect_uri=self._redirect,
            code_challenge_method="S256",
            default_timeout=TIMEOUT,
        )
        client.max_redirects = 0
        return client

    @cached_property
    def _places(self) -> Mapping[str, str]:
        """Where the provider does what; `NotTrusted` if it is another, or not over https."""
        found = _fetched(self.settings.issuer + WELL_KNOWN)
        if str(found.get("issuer", "")).rstrip("/") != self.settings.issuer:
            raise NotTrusted("issuer")
        if not all(is_safe(str(found.get(name, ""))) for name in ADDRESSES):
            raise NotTrusted("addresses")
        return {name: str(found[name]) for name in ADDRESSES}

    @cached_property
    def _keys(self) -> KeySet:
        return KeySet.import_key_set(_fetched(self._places["jwks_uri"]))  # type: ignore[arg-type]


def _fetched(address: str) -> dict[str, Any]:
    """The JSON object at an address, which may not lead elsewhere; `NotTrusted` for any other."""
    try:
        with requests.get(address, timeout=TIMEOUT, allow_redirects=False, stream=True) as answer:
            answer.raise_for_status()
            raw = answer.raw.read(LARGEST, decode_content=True)
        found = requests.models.complexjson.loads(raw)
    except (requests.RequestException, ValueError) as error:
        raise NotTrusted(type(error).__name__) from None
    if not isinstance(found, dict):
        raise NotTrusted("no object")
    return found
