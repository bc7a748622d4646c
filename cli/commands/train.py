"""`triage train`: a new model, and whether it becomes champion."""

from __future__ import annotations

import typer

from cases.language.messages import _
from cli.arguments import DataFolder, OfficeFile, SetAside, SpokenIn, Until
from cli.console import Terminal
from cli.files.office import workspace_of
from cli.show.training import show_training
from evaluation.promotion.candidate import train_candidate
from models.registry import Registry

TRAIN = _("Fit the models, try them on later cases, register a candidate, promote it if it holds.")


def train(
    office: OfficeFile,
    data: DataFolder = None,
    set_aside: SetAside = None,
    until: Until = None,
    language: SpokenIn = None,
) -> None:
    """Train a candidate on the office's tables; exit code 3 if it is not promoted."""
    terminal, workspace = (
        Terminal.of(language, office),
        workspace_of(office, data, set_aside, language),
    )
    with terminal.progress() as tell:
        tables = workspace.tables(tell)
        known_by = until or tables.latest_record
        trained = train_candidate(tables, Registry(workspace.home), known_by, tell)
    show_training(terminal, trained)
    if not trained.verdict.promoted:
        raise typer.Exit(3)
