"""All wiring: from the environment to an application that answers for one office.

What a worker needs is imported here and not by the command that starts it, nor by the process
that watches it.
"""

from __future__ import annotations

import gc
from collections.abc import Mapping
from pathlib import Path

from starlette.applications import Starlette

from features.online.sums import prepare
from models.registry import Registry
from models.trees.compiled import kernels
from serving.handover import taken_over
from serving.http.app import application
from serving.use_cases.arrivals import Current
from serving.use_cases.context import ServiceContext
from serving.use_cases.warm_up import warm_up
from serving.workspace import Workspace


def load_context(workspace: Workspace, checked: Path | None = None) -> ServiceContext:
    """The office's champion and tables, taken from the folder `checked` if they are there.

    Raises `Refused` if there is no champion and `BadInput` for faults of office file
    and tables.
    """
    # One office for both: what was computed of an office is found again by its identity.
    office = workspace.served_office()
    registry = Registry(workspace.home)
    champion, tried = registry.champion(office), registry.tried(office)
    tables = taken_over(office, checked) if checked else None
    return ServiceContext(tables or workspace.tables_of(office), champion, tried)


def load_application(environment: Mapping[str, str]) -> Starlette:
    """The application of the office that the environment names, loaded once per worker."""
    checked = environment.get("TRIAGE_CHECKED")
    workspace = Workspace.from_environment(environment)
    context = load_context(workspace, Path(checked) if checked else None)
    prepare(context.tables)
    kernels()
    warm_up(context)
    app = application(Current(context))
    # What is loaded now lives as long as the worker: kept out of every later collection,
    # which would otherwise stall requests by some 100 ms.
    gc.collect()
    gc.freeze()
    return app
