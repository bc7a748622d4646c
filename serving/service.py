"""The BentoML service: worker processes, metrics and access log around the office's application.

The only file that imports bentoml. Importing it loads no office, so that `bentoml build`
works anywhere, and little else: the process that watches the workers imports it too. Each worker
loads the office when it starts.
"""

from __future__ import annotations

import os
from typing import Any

import bentoml

BENTOML_PATHS = frozenset({"/livez", "/readyz", "/metrics"})


class Front:
    """Sends each request to the office's application, except what BentoML answers itself.

    A mounted application would get neither `/healthz` nor unknown addresses, whose answers
    must be problem details too; a middleware comes before BentoML's own routes.
    """

    office: Any = None  # set once the worker has loaded it, before the first request

    def __init__(self, app: Any) -> None:
        self.bentoml = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one ASGI connection."""
        mine = scope["type"] == "http" and scope["path"] not in BENTOML_PATHS
        await (Front.office if mine else self.bentoml)(scope, receive, send)


class _Plumbline:
    """Which cases to spot-check first and why."""

    def __init__(self) -> None:
        from serving import worker  # noqa: PLC0415  (only a worker needs it)

        Front.office = worker.load_application(os.environ)


TIMEOUT = 300  # seconds


Plumbline = bentoml.service(
    name="plumbline",
    workers=int(os.environ.get("TRIAGE_WORKERS", "1")),
    traffic={"timeout": TIMEOUT},
)(_Plumbline)
Plumbline.add_asgi_middleware(Front)
