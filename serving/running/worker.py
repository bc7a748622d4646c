"""A worker: all wiring from the environment to an application that answers for one office.

`python -m serving.running.worker SOCKET LINE` serves it on an open socket, both by their numbers;
over the other one the process that watches it is told of and tells (`supervisor.py`). What a worker
needs is imported here and not by the command that starts it, nor by the process that watches it.
"""

from __future__ import annotations

import gc
import os
import socket
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from cases.errors import PlumblineError
from cases.files import permitted
from cases.language.messages import Sayable, _
from features.online.sums import prepare
from ledger.ledger import FILE
from models.bundle.bundle import versions
from models.registry import Registry
from models.trees.compiled import kernels
from serving.http.access.door import door_of
from serving.http.app import application
from serving.http.guard import metrics
from serving.http.guard.front import Front
from serving.http.guard.hosts import Hosts
from serving.http.pages.shell.rooms import Rooms
from serving.http.problems import not_http
from serving.memory.current import Current, NoLedger
from serving.running import logs
from serving.running.connections import run
from serving.running.handover import taken_over
from serving.running.supervisor import NOT_STARTED
from serving.use_cases.context import ServiceContext
from serving.use_cases.warm_up import warm_up
from serving.workspace import Workspace, readable


def load_context(workspace: Workspace, checked: Path | None = None) -> ServiceContext:
    """The office's champion and tables, taken from the folder `checked` if they are there.

    Raises `Refused` if there is no champion and `BadInput` for faults of office file
    and tables.
    """
    # One office for both: what was computed of an office is found again by its identity.
    office = workspace.served_office()
    registry = Registry(workspace.home)
    version, tried = registry.champion_version(office), registry.tried(office)
    champion = registry.load(version, office)
    tables = taken_over(office, checked) if checked else None
    made_from = {"model_hash": champion.content_hash, "code": versions()["plumbline"]}
    return ServiceContext(
        tables or workspace.read(office), champion, tried, version.number, made_from
    )


def load_application(environment: Mapping[str, str], host: str | None = None) -> Front:
    """The application of the office that the environment names, loaded once per worker.

    `host` is the address that is bound, where that is known.
    """
    checked = environment.get("TRIAGE_CHECKED")
    workspace = Workspace.from_environment(environment)
    context = load_context(workspace, Path(checked) if checked else None)
    prepare(context.tables)
    kernels()
    warm_up(context)
    with readable():
        ledger = workspace.opened_ledger()
        current = Current(context, ledger)
    prepare(current.context.tables)
    metrics.describe(current.context)
    door, further = door_of(workspace.home, ledger, context.office, environment, host)
    app = application(
        current,
        door,
        further,
        partial(lacking, workspace, current),
        rooms=Rooms(workspace.home, door.directory),
        site=door.site,
    )
    # What is loaded now lives as long as the worker: kept out of every later collection,
    # which would otherwise stall requests by some 100 ms.
    gc.collect()
    gc.freeze()
    closing = (door.directory.close, ledger.close)
    return Front(app, Hosts.from_environment(environment), context.office.language, closing)


def lacking(workspace: Workspace, current: Current) -> Sayable | str | None:
    """What an answer that must be recorded could not do without; None if all is there."""
    if workspace.ledger is None and not os.access(workspace.home / FILE, os.W_OK):
        return _("The ledger cannot be written to: nothing is decided without a record.")
    try:
        _now = current.context
    except NoLedger as error:
        return error.message
    return None


def main() -> None:
    """Serve until the end."""
    logs.configure()
    listening, line = (socket.socket(fileno=int(number)) for number in sys.argv[1:])
    try:
        with permitted():
            app = load_application(os.environ, os.environ.get("TRIAGE_HOST"))
    except PlumblineError as error:
        logs.refused("office_refused", error)
        sys.exit(NOT_STARTED)
    run(app, listening, line, not_http(app.language))
    app.close()
    # A computation that nobody waits for any more must not keep the process.
    os._exit(0)


if __name__ == "__main__":
    main()
