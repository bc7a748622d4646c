"""Starting the service from the command line."""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import serving
from cases.errors import BadInput, Fault
from cases.progress import Progress, silent
from serving.workspace import Workspace, load_context

MOST_WORKERS = 64


def serve(
    place: Workspace,
    *,
    host: str = "127.0.0.1",
    port: int = 3000,
    workers: int = 1,
    say: Callable[[str], None],
    progress: Progress = silent,
) -> NoReturn:
    """Become the service of the office at `place` until Ctrl-C or SIGTERM; returns only by raising.

    Office file, champion and tables are read first, so that whatever is wrong with them
    is told here and not by a worker that dies again and again: `BadInput`, or `Refused`
    if there is no champion. `say` tells the address and how to stop.
    """
    _check(host, port, workers)
    load_context(place, progress)
    say(f"Plumbline serves {place.office.name} at {address(host, port)} in a few seconds.")
    say("Press Ctrl-C to stop it.")
    # Replacing this process leaves nobody between the terminal and the service: signals and
    # exit code are the service's own, and the memory of the check is given back.
    os.execve(  # noqa: S606  a fixed command without a shell
        sys.executable,
        command(host, port),
        dict(os.environ) | environment(place, workers),
    )


def command(host: str, port: int, service: str = "serving.service:Plumbline") -> list[str]:
    """The command that serves `service`, a BentoML service that lies beside this package."""
    root = Path(serving.__file__).parent.parent
    bento = ["serve", service, "--working-dir", str(root)]
    return [sys.executable, "-m", "bentoml", *bento, "--host", host, "--port", str(port)]


def environment(place: Workspace, workers: int) -> dict[str, str]:
    """The variables that the service and BentoML read."""
    return place.to_environment() | {
        "TRIAGE_WORKERS": str(workers),
        "BENTOML_HOME": str(place.home / "bentoml"),
        "BENTOML_DO_NOT_TRACK": "True",
    }


def address(host: str, port: int) -> str:
    """The address to open in a browser."""
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def _check(host: str, port: int, workers: int) -> None:
    faults = []
    if not 1 <= workers <= MOST_WORKERS:
        remedy = f"Give 1 to {MOST_WORKERS}."
        faults.append(_fault("--workers", workers, "is no number of workers.", remedy))
    try:
        six = isinstance(ipaddress.ip_address(host), ipaddress.IPv6Address)
        family = socket.AF_INET6 if six else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except ValueError:
        faults.append(_fault("--host", host, "is no IP address.", "Give one, such as 127.0.0.1."))
    except (OSError, OverflowError) as error:
        problem = f"cannot be listened on ({getattr(error, 'strerror', None) or 'no such port'})."
        faults.append(_fault("--port", f"{host}:{port}", problem, "Choose another with --port."))
    if faults:
        raise BadInput(faults)


def _fault(option: str, value: object, problem: str, remedy: str) -> Fault:
    return Fault("serve", problem, remedy, column=option, value=str(value))
