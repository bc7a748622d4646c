"""The files of an office: where they are, opened, and kept from being written over."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from cases.errors import BadInput, Fault
from cases.files import check_file
from cases.language.catalogues import Language
from cases.language.messages import Message, _
from cases.office.loading import load_office
from cases.progress import Progress
from cases.tables.reading import paths_of
from cases.tables.tables import Tables
from models.registry import Registry
from serving.memory.taking_in import Present
from serving.workspace import LEDGER, Workspace

if TYPE_CHECKING:
    from models.bundle.bundle import Bundle


def workspace_of(
    office: Path,
    data: Path | None = None,
    set_aside: Path | None = None,
    language: Language | None = None,
) -> Workspace:
    """Where the office, its tables and its models are; `TRIAGE_HOME` may move the models.

    `TRIAGE_LEDGER` may put the ledger into a PostgreSQL database.

    What is wrong with the rows set aside is written in `language`, by default the office's.
    """
    home = os.environ.get("TRIAGE_HOME")
    ledger = os.environ.get(LEDGER) or None
    return Workspace.of(office, data, Path(home) if home else None, set_aside, language, ledger)


def opened(
    workspace: Workspace, tell: Progress, number: int | None = None
) -> tuple[Tables, Bundle]:
    """The office's tables and its champion, or the version of a `number`, whatever its verdict.

    Faults of the tables come first.
    """
    tables, registry = workspace.tables(tell), Registry(workspace.home)
    if number is None:
        return tables, registry.champion(tables.office)
    return tables, registry.load(registry.version(tables.office, number), tables.office)


def opened_now(workspace: Workspace, tell: Progress) -> tuple[Present, Bundle]:
    """As `opened`, with what the ledger remembers besides the tables."""
    now = workspace.present(tell)
    return now, Registry(workspace.home).champion(now.tables.office)


def check_out(workspace: Workspace, target: Path, endings: tuple[str, ...]) -> None:
    """`BadInput` if a result could not be written to `target`, before the work for it is done."""
    reads = [workspace.data / path for path in paths_of(load_office(workspace.office))]
    if target.suffix not in endings:
        problem = _("has an ending that is not written here.")
        remedy = _("End it in {endings}.", endings=_either(endings))
        raise BadInput([Fault(target.name, problem, remedy)])
    if target.resolve() in {path.resolve() for path in reads}:
        problem = _("is a table of the office.")
        raise BadInput([Fault(target.name, problem, _("Name a new file."))])
    check_file(target)


def _either(endings: tuple[str, ...]) -> Message | str:
    """The endings with "or" between them."""
    first, *others = endings
    text: Message | str = first
    for ending in others:
        text = _("{one} or {other}", one=text, other=ending)
    return text
