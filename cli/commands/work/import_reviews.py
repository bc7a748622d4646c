"""`triage import-reviews`: grades come back on the form that was written with a plan."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cases.errors import BadInput, Fault
from cases.language.messages import _
from cli.arguments import (
    FILE,
    FOLDER,
    DataFolder,
    OfficeFile,
    SetAside,
    SpokenIn,
    argument,
    option,
)
from cli.console import Terminal

if TYPE_CHECKING:
    from serving.use_cases.reviewing.grades.cells import FilledForm
    from serving.workspace import Workspace

IMPORT = _("Take in the grades of a filled-in `grades.xlsx` (or CSV); again as more are filled in.")
CHECK = _("Say what would come in, and record nothing.")


def import_reviews(
    office: OfficeFile,
    file: Annotated[Path, argument(FILE, _("The form as it came back."))],
    plan: Annotated[
        Path | None,
        option("--plan", FOLDER, _("Folder of its plan; by default that under way.")),
    ] = None,
    data: DataFolder = None,
    set_aside: SetAside = None,
    is_check: Annotated[bool, typer.Option("--check", help=str(CHECK))] = False,
    language: SpokenIn = None,
) -> None:
    """Check the grades of a form and record those that are new."""
    from cli.files.ledger import ledger_of, record
    from cli.files.office import opened_now, workspace_of
    from cli.show.imported import show_imported
    from serving.kept.grade_form import form_of, read_filled
    from serving.memory.graded_forms import check_counted, imported
    from serving.memory.taking_in import caught_up
    from serving.use_cases.context import ServiceContext

    terminal, workspace = Terminal.of(language, office), workspace_of(office, data, set_aside)
    with ledger_of(workspace) as ledger, terminal.progress() as tell:
        filled = read_filled(file, tell)
        form = form_of(plan or _under_way(workspace, filled))
        now, champion = opened_now(workspace, tell)
        context = ServiceContext(now.tables, champion, remembered=now.remembered)
        grades = imported(context, form, filled)
        if not is_check:
            record(ledger, *grades.entries)
            check_counted(caught_up(now, now.tables, ledger).remembered, grades)
    show_imported(terminal, grades, form, is_check=is_check)


def _under_way(workspace: Workspace, filled: FilledForm) -> Path:
    """The kept plan that a form names; `BadInput` if it names none that is under way."""
    from serving.kept.grade_form import plan_named

    named = plan_named(filled)
    if named is None:
        problem = _("does not say of which plan it is.")
        raise BadInput([Fault(filled.name, problem, NAME_IT)])
    folder = workspace.home / "plans" / named
    if not folder.is_dir():
        problem = _("is of plan {plan}, which is not under way here.", plan=named)
        raise BadInput([Fault(filled.name, problem, NAME_IT)])
    return folder


NAME_IT = _("Name the folder of its plan with `--plan`.")
