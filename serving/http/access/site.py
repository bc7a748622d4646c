"""Where people find the service and where a request comes from, with or without a proxy."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from cases.errors import BadInput, Fault, Refused
from cases.language.messages import _
from cases.office.model import Office
from serving.access.limits import client
from serving.access.openid.settings import is_safe

PUBLIC_URL, PROXIES = "TRIAGE_PUBLIC_URL", "TRIAGE_PROXIES"  # variables of the environment
ALLOW_HOSTS = "TRIAGE_ALLOW_HOSTS"
LONGEST_PATH = 1_000  # letters
Cookie = Literal["session", "browser", "form", "language"]


@dataclass(frozen=True)
class Site:
    """`public_url` is how browsers call the service; by default as each request does.

    What a proxy says of the client (`X-Forwarded-For`) is believed of `proxies` only, addresses.
    """

    public_url: str | None = None
    proxies: Collection[str] = ()

    def origin(self, request: Request) -> str:
        """Scheme and name of the service, as a browser puts them into `Origin`."""
        parts = urlsplit(self.public_url or str(request.base_url))
        return f"{parts.scheme}://{parts.netloc}"

    def client(self, request: Request) -> str:
        """Whose request it is: an address, of IPv6 the site's."""
        address = request.client.host if request.client else "unknown"
        if address in self.proxies:
            # A proxy adds an entry to the header, or a further header below that of the client.
            said = request.headers.getlist("x-forwarded-for") or [address]
            *_others, address = said[-1].split(",")
        return client(address.strip())

    def is_safe(self, request: Request) -> bool:
        """Whether a password can be sent: over https, or on this machine."""
        return is_safe(self.origin(request))

    def cookie(self, request: Request, what: Cookie) -> str | None:
        """The value of a cookie of ours."""
        return request.cookies.get(self._name(request, what)) or None

    def set_cookie(
        self, request: Request, response: Response, what: Cookie, value: str, lasts: int | None
    ) -> None:
        """Give the browser a cookie that no script and no other site can use."""
        response.set_cookie(
            self._name(request, what),
            value,
            max_age=lasts,
            path="/",
            secure=self._is_https(request),
            httponly=True,
            samesite="lax",
        )

    def drop_cookie(self, request: Request, response: Response, what: Cookie) -> None:
        """Take a cookie from the browser."""
        self.set_cookie(request, response, what, "", 0)

    def _is_https(self, request: Request) -> bool:
        return self.origin(request).startswith("https:")

    def _name(self, request: Request, what: Cookie) -> str:
        if self._is_https(request):
            return f"__Host-plumbline-{what}"  # which no neighbour can set
        # On one machine, services of different ports share their cookies.
        return f"plumbline-{what}-{urlsplit(self.origin(request)).port or 80}"


def path_of(text: str) -> str:
    """A path of this service to go back to; the first page for anything else.

    >>> path_of("/plan?n=1"), path_of("//elsewhere"), path_of("https://elsewhere")
    ('/plan?n=1', '/', '/')
    """
    odd = not text.isascii() or not text.isprintable() or "\\" in text or len(text) > LONGEST_PATH
    return "/" if odd or not text.startswith("/") or text.startswith("//") else text


def site_of(environment: Mapping[str, str], *, has_provider: bool) -> Site:
    """The site that the environment names; `BadInput` for addresses that are none.

    Where people sign in with a provider, the public one is needed.
    """
    public, proxies = environment.get(PUBLIC_URL), environment.get(PROXIES, "").split()
    faults = []
    remedy = _("Give the address at which browsers find the service, with https://.")
    if has_provider and not public:
        problem = _("is missing: the provider needs to know where to send people back to.")
        faults.append(Fault("serve", problem, remedy, column="--public-url"))
    normal = _normal(public) if public else None
    if public and normal is None:
        faults.append(
            Fault(
                "serve", _("is no address of https."), remedy, column="--public-url", value=public
            )
        )
    faults += [_no_proxy(proxy) for proxy in proxies if not _is_address(proxy)]
    if faults:
        raise BadInput(faults)
    return Site(normal, frozenset(proxies))


def _normal(public: str) -> str | None:
    """The address as a browser writes it: small letters, no port that goes without saying.

    None for one that is not safe.

    >>> _normal("HTTPS://X.Example:443/"), _normal("https://x.example:8443"), _normal("x.example")
    ('https://x.example', 'https://x.example:8443', None)
    """
    if not is_safe(public):
        return None
    parts = urlsplit(public)
    try:
        port, name = parts.port, str(parts.hostname).encode("idna").decode()
    except ValueError:  # no port, or a name that no machine can have
        return None
    host = f"[{name}]" if ":" in name else name
    usual = {"https": 443, "http": 80}[parts.scheme]
    netloc = host if port in (None, usual) else f"{host}:{port}"
    return f"{parts.scheme}://{netloc}{parts.path.rstrip('/')}"


def check_demo(office: Office, environment: Mapping[str, str], host: str | None) -> None:
    """`Refused` for a demo that others could reach; `host` None: nobody knows what is bound."""
    alone = host is not None and _is_address(host) and ipaddress.ip_address(host).is_loopback
    handed_on = any(environment.get(name) for name in (PUBLIC_URL, PROXIES, ALLOW_HOSTS))
    if office.office.demo and (handed_on or not alone):
        raise Refused(
            _(
                "Everybody knows the users of a demo office: `triage serve` serves it on this "
                "machine only (--host 127.0.0.1), without --public-url, --proxy and --allow-host."
            )
        )


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _no_proxy(text: str) -> Fault:
    remedy = _("Give one, such as 127.0.0.1.")
    return Fault("serve", _("is not an IP address."), remedy, column="--proxy", value=text)
