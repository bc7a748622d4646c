"""Starting the service from the command line."""

from __future__ import annotations

import os
import re
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NoReturn

import serving
from cases.errors import BadInput, Fault
from cases.language.messages import Sayable, _
from cases.progress import Progress, silent
from models.trees.compiled import are_kept, kernels
from serving.access.first_start import first_start
from serving.access.openid.settings import openid_of
from serving.http.access.site import PROXIES, PUBLIC_URL, check_demo, site_of
from serving.running.handover import hand_over
from serving.running.sockets import listen
from serving.workspace import Workspace, check, readable

MOST_WORKERS = 64
NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")


def serve(
    workspace: Workspace,
    *,
    host: str = "127.0.0.1",
    port: int = 3000,
    workers: int = 1,
    allow_hosts: Sequence[str] = (),
    public_url: str | None = None,
    proxies: Sequence[str] = (),
    say: Callable[[Sayable], None],
    progress: Progress = silent,
) -> NoReturn:
    """Become the service of `workspace` until Ctrl-C or SIGTERM; returns only by raising.

    The port is taken first. Then office file, champion and tables are checked, so that what is
    wrong with them is reported here and not by a worker that dies again and again: `BadInput`, or
    `Refused` if there is no champion. The workers take port and tables over. `say` is given the
    address and how to stop and renew, and at the first start how to sign in. `allow_hosts` are
    names that the service is called by.
    """
    faults = [*_faults_of_workers(workers), *_faults_of_names(allow_hosts)]
    found_at = {PUBLIC_URL: public_url or "", PROXIES: " ".join(proxies)}
    site_of(found_at, has_provider=openid_of(workspace.home) is not None)
    with _taken(host, port, faults) as listening:
        tables = check(workspace, progress)
        given = environment(workspace, workers, host, allow_hosts) | found_at
        check_demo(tables.office, given, host)
        checked = hand_over(tables, workspace.office, workspace.home)
        with readable():
            first_start(workspace.home, workspace.ledger, tables, say, shown=sys.stdout.isatty())
        if not are_kept():
            say(_("Compiling what computes reasons, for this machine: once, about half a minute."))
            kernels()
        for sentence in _how(workspace, host, port):
            say(sentence)
        listening.set_inheritable(True)
        os.chdir(root())
        # Replacing this process leaves nothing between the terminal and the service: signals and
        # exit code are the service's own, and the memory of the check is given back.
        os.execve(  # noqa: S606  a fixed command without a shell
            sys.executable,
            command(listening),
            dict(os.environ) | given | {"TRIAGE_CHECKED": str(checked)},
        )


def _how(workspace: Workspace, host: str, port: int) -> Iterator[Sayable]:
    """Where the service is, and how to stop and renew it."""
    yield _(
        "Plumbline serves {office} at {address} in a few seconds.",
        office=workspace.office.name,
        address=address(host, port),
    )
    yield _(
        "Press Ctrl-C to stop it. New tables or a new model are taken in by `kill -HUP {id}`.",
        id=str(os.getpid()),
    )


def root() -> Path:
    """The folder that holds this package and the others."""
    return Path(serving.__file__).parent.parent


def command(
    listening: socket.socket,
    worker: str = "serving.running.worker",
    renewal: str = "serving.running.renewal",
) -> list[str]:
    """The command, in the folder `root`, that watches processes of the module `worker`."""
    return [sys.executable, "-m", "serving.running", str(listening.fileno()), worker, renewal]


def environment(
    workspace: Workspace, workers: int, host: str = "127.0.0.1", allow_hosts: Sequence[str] = ()
) -> dict[str, str]:
    """The variables that the processes of the service read."""
    return workspace.to_environment() | {
        "TRIAGE_WORKERS": str(workers),
        "TRIAGE_HOST": host,
        "TRIAGE_ALLOW_HOSTS": ",".join(allow_hosts),
    }


def address(host: str, port: int) -> str:
    """The address to open in a browser."""
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def _taken(host: str, port: int, faults: list[Fault]) -> socket.socket:
    """The socket of the service; `BadInput` if it cannot be had, or for faults found before."""
    try:
        listening = listen(host, port)
    except ValueError:
        remedy = _("Give one, such as 127.0.0.1.")
        faults.append(_fault("--host", host, _("is not an IP address."), remedy))
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or _("no such port")
        problem = _("cannot be listened on ({reason}).", reason=reason)
        remedy = _("Choose another with --port.")
        faults.append(_fault("--port", f"{host}:{port}", problem, remedy))
    else:
        if not faults:
            return listening
        listening.close()
    raise BadInput(faults)


def _faults_of_workers(workers: int) -> Iterator[Fault]:
    if not 1 <= workers <= MOST_WORKERS:
        problem = _("is not a possible number of workers.")
        remedy = _("Give 1 to {most}.", most=MOST_WORKERS)
        yield _fault("--workers", str(workers), problem, remedy)


def _faults_of_names(names: Sequence[str]) -> Iterator[Fault]:
    for name in names:
        if not NAME.fullmatch(name):
            remedy = _("Give one without scheme and port, such as plumbline.example.org.")
            yield _fault("--allow-host", name, _("is not the name of a host."), remedy)


def _fault(option: str, value: str, problem: Sayable, remedy: Sayable) -> Fault:
    return Fault("serve", problem, remedy, column=option, value=value)
