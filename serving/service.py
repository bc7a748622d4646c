"""The BentoML service around the office's application, for `bentoml build` and `bentoml serve`.

The only file that imports bentoml. Importing it loads no office, so that `bentoml build`
works anywhere, and little else: the process that watches the workers imports it too. Each worker
loads the office when it starts. `triage serve` and `python -m serving` do without it: they bound
connections and renew what is served, which BentoML's workers cannot.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from typing import Any

import bentoml


class Front:
    """Sends each request to the office's application, and to BentoML what is no request.

    A mounted application would get neither `/healthz` nor unknown addresses, whose answers
    must be problem details too; a middleware comes before BentoML's own routes.
    """

    office: Any = None  # set once the worker has loaded it, before the first request

    def __init__(self, app: Any) -> None:
        self.bentoml = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one ASGI connection."""
        mine = scope["type"] == "http"
        await (Front.office if mine else self.bentoml)(scope, receive, send)


class _Plumbline:
    """Which cases to spot-check first and why."""

    def __init__(self) -> None:
        from serving.running import logs, worker  # noqa: PLC0415  (only a worker needs them)

        logs.configure()
        # What BentoML binds is not known here, so that a demo is refused.
        Front.office = worker.load_application(os.environ)

    @bentoml.on_deployment  # type: ignore[untyped-decorator]
    @staticmethod
    def make_the_first_administrator() -> None:
        """Before the workers start, as `triage serve` does; the sentence is for a log.

        What is wrong is said by the workers.
        """
        from cases.errors import PlumblineError  # noqa: PLC0415  (not to build)
        from serving.access.first_start import start_of_office  # noqa: PLC0415
        from serving.workspace import Workspace, readable  # noqa: PLC0415

        with contextlib.suppress(PlumblineError), readable():
            workspace = Workspace.from_environment(os.environ)
            if not workspace.served_office().office.demo:
                start_of_office(workspace.home, workspace.ledger, print, shown=False)

    @bentoml.on_deployment  # type: ignore[untyped-decorator]
    @staticmethod
    def close_the_control_port() -> None:
        """Have `bentoml serve` control its workers where no other user of the machine can.

        Its process manager takes commands, without asking who gives them, at two ports of the
        loopback. Here they are sockets in a folder of this user's own.
        """
        from bentoml._internal.utils import circus  # noqa: PLC0415  (not to build)

        class Arbiter(circus.Arbiter):  # type: ignore[misc]
            """The process manager at other addresses."""

            def __init__(self, watchers: Any, **given: Any) -> None:
                folder = tempfile.mkdtemp(prefix="plumbline-")
                names = ("endpoint", "pubsub_endpoint")
                given |= {name: f"ipc://{folder}/{name}" for name in names}
                super().__init__(watchers, **given)
                self.exit_stack.callback(shutil.rmtree, folder, ignore_errors=True)

        circus.Arbiter = Arbiter


TIMEOUT = 300  # seconds; longer than any bound of ours


Plumbline = bentoml.service(
    name="plumbline",
    workers=int(os.environ.get("TRIAGE_WORKERS", "1")),
    traffic={"timeout": TIMEOUT},
)(_Plumbline)
Plumbline.add_asgi_middleware(Front)
