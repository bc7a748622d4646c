"""Starting the service from the command line."""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import serving
from cases.errors import BadInput, Fault
from cases.language.messages import Sayable, _
from cases.progress import Progress, silent
from models.trees.compiled import are_kept, kernels
from serving.handover import hand_over
from serving.workspace import Workspace, check

MOST_WORKERS = 64


def serve(
    workspace: Workspace,
    *,
    host: str = "127.0.0.1",
    port: int = 3000,
    workers: int = 1,
    say: Callable[[Sayable], None],
    progress: Progress = silent,
) -> NoReturn:
    """Become the service of `workspace` until Ctrl-C or SIGTERM; returns only by raising.

    Office file, champion and tables are checked first, so that what is wrong with them is
    reported here and not by a worker that dies again and again: `BadInput`, or `Refused`
    if there is no champion. The workers take the tables over. `say` is given the address and how
    to stop.
    """
    _check(host, port, workers)
    checked = hand_over(check(workspace, progress), workspace.office, workspace.home)
    if not are_kept():
        say(_("Compiling what computes reasons, for this machine: once, about half a minute."))
        kernels()
    say(
        _(
            "Plumbline serves {office} at {address} in a few seconds.",
            office=workspace.office.name,
            address=address(host, port),
        )
    )
    say(_("Press Ctrl-C to stop it."))
    # Replacing this process leaves nothing between the terminal and the service: signals and
    # exit code are the service's own, and the memory of the check is given back.
    os.execve(  # noqa: S606  a fixed command without a shell
        sys.executable,
        command(host, port),
        dict(os.environ) | environment(workspace, workers) | {"TRIAGE_CHECKED": str(checked)},
    )


def command(host: str, port: int, service: str = "serving.service:Plumbline") -> list[str]:
    """The command that serves `service`, a BentoML service next to this package."""
    root = Path(serving.__file__).parent.parent
    bento = ["serve", service, "--working-dir", str(root)]
    return [sys.executable, "-m", "bentoml", *bento, "--host", host, "--port", str(port)]


def environment(workspace: Workspace, workers: int) -> dict[str, str]:
    """The variables that the service and BentoML read."""
    return workspace.to_environment() | {
        "TRIAGE_WORKERS": str(workers),
        "BENTOML_HOME": str(workspace.home / "bentoml"),
        "BENTOML_DO_NOT_TRACK": "True",
    }


def address(host: str, port: int) -> str:
    """The address to open in a browser."""
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def _check(host: str, port: int, workers: int) -> None:
    faults = [*_faults_of_workers(workers), *_faults_of_address(host, port)]
    if faults:
        raise BadInput(faults)


def _faults_of_workers(workers: int) -> Iterator[Fault]:
    if not 1 <= workers <= MOST_WORKERS:
        problem = _("is not a possible number of workers.")
        remedy = _("Give 1 to {most}.", most=MOST_WORKERS)
        yield _fault("--workers", str(workers), problem, remedy)


def _faults_of_address(host: str, port: int) -> Iterator[Fault]:
    try:
        _listen(host, port)
    except ValueError:
        remedy = _("Give one, such as 127.0.0.1.")
        yield _fault("--host", host, _("is not an IP address."), remedy)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or _("no such port")
        problem = _("cannot be listened on ({reason}).", reason=reason)
        yield _fault("--port", f"{host}:{port}", problem, _("Choose another with --port."))


def _listen(host: str, port: int) -> None:
    """Listen for a moment; `ValueError`, `OSError` or `OverflowError` if that cannot be."""
    six = isinstance(ipaddress.ip_address(host), ipaddress.IPv6Address)
    with socket.socket(socket.AF_INET6 if six else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))


def _fault(option: str, value: str, problem: Sayable, remedy: Sayable) -> Fault:
    return Fault("serve", problem, remedy, column=option, value=value)
