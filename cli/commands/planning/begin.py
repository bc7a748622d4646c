"""`triage begin`: the reviews of a plan begin, and each drawn case gets a reviewer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cases.language.messages import _
from cli.arguments import (
    FOLDER,
    TEXT,
    DataFolder,
    OfficeFile,
    SetAside,
    SpokenIn,
    option,
)
from cli.console import Terminal

BEGIN = _("Begin the reviews of a plan: keep it, and draw a reviewer for each of its cases.")
CHECKING = _("checking the plan")


def begin(
    office: OfficeFile,
    *,
    plan: Annotated[Path, option("--plan", FOLDER, _("Folder that `triage plan` wrote."))],
    seed: Annotated[
        str | None,
        option("--seed", TEXT, _("Seed of the draw of reviewers; by default that of the plan.")),
    ] = None,
    data: DataFolder = None,
    set_aside: SetAside = None,
    language: SpokenIn = None,
) -> None:
    """Begin the reviews of a plan, and say who could not be given a reviewer and why."""
    from cli.files.ledger import keep_checkpoint, ledger_of, record
    from cli.files.office import workspace_of
    from cli.show.beginning import show_beginning
    from serving.kept.begin import begin as begin_reviews
    from serving.use_cases.remembered import name_of
    from serving.work.step import step_entry

    terminal = Terminal.of(language, office)
    workspace = workspace_of(office, data, set_aside, language)
    with ledger_of(workspace) as ledger, terminal.progress() as tell:
        now = workspace.present(tell)
        tell(CHECKING, 0.0)
        begun = begin_reviews(
            now.tables, now.remembered, workspace.home, plan, terminal.language, seed
        )
        tell(CHECKING, 1.0)
        recorded = None
        if begun.step is not None:
            record(ledger, step_entry(name_of(now.tables.office), begun.step, by=None))
            recorded = keep_checkpoint(ledger, workspace)
    show_beginning(terminal, begun, workspace.home)
    if recorded is not None:
        terminal.show(recorded)
