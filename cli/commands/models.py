"""`triage train`, `models` and `rollback`: a new model, those there are, back to an earlier one."""

from __future__ import annotations

from typing import Annotated

import typer

from cases.errors import BadInput, Fault, Refused
from cases.language.messages import _, sentences
from cli.arguments import (
    NUMBER,
    TEXT,
    DataFolder,
    OfficeFile,
    SetAside,
    SpokenIn,
    Until,
    option,
    whole,
)
from cli.console import Terminal

TRAIN = _("Fit the models, try them on later cases, register a candidate, promote it if it holds.")
IF_ASKED = _("Only if somebody has asked for it since the last training, until when they said.")
CORRECTED = _(
    "Why the past in the tables differs from what the champion learnt from; it is kept with the "
    "model. Without it, a model of a changed past is not promoted."
)
MODELS = _("List the office's models: when made, what the gate said and why, which is champion.")
ROLLBACK = _(
    "Make an earlier champion the champion again; a running service takes it when restarted."
)


def train(
    office: OfficeFile,
    data: DataFolder = None,
    set_aside: SetAside = None,
    until: Until = None,
    if_asked: Annotated[bool, typer.Option("--if-asked", help=str(IF_ASKED))] = False,
    corrected: Annotated[str | None, option("--corrected", TEXT, CORRECTED)] = None,
    language: SpokenIn = None,
) -> None:
    """Train a candidate on the office's tables; exit code 3 if it is not promoted."""
    from cli.files.ledger import ledger_of, record_training
    from cli.files.office import workspace_of
    from cli.show.training import show_training
    from evaluation.promotion.candidate import train_candidate
    from ledger.records import Kind
    from models.registry import Registry
    from serving.use_cases.recording.records import training_asked

    if corrected is not None:
        _must_say("triage train", corrected)
    terminal, workspace = (
        Terminal.of(language, office),
        workspace_of(office, data, set_aside, language),
    )
    with ledger_of(workspace) as ledger, terminal.progress() as tell:
        if if_asked:
            described = workspace.served_office()
            asked = training_asked(described, ledger.records(Kind.REQUEST, Kind.TRAINING))
            if asked is None:
                terminal.show(_("Nobody has asked for a training since the last one."))
                return
            until = until or asked.until
        tables = workspace.tables(tell)
        known_by = until or tables.latest_record
        why = corrected or ""
        trained = train_candidate(tables, Registry(workspace.home), known_by, tell, why)
        record_training(ledger, trained, known_by, tables, why)
    show_training(terminal, trained)
    if not trained.verdict.promoted:
        raise typer.Exit(3)


def models(office: OfficeFile, language: SpokenIn = None) -> None:
    """List the versions of the office's models; `Refused` if there are none."""
    from cases.office.loading import load_office
    from cli.files.office import workspace_of
    from cli.show.versions import show_versions
    from models.registry import TRAIN_FIRST, Registry, office_name

    workspace = workspace_of(office)
    versions = Registry(workspace.home).versions(office_name(load_office(workspace.office)))
    if not versions:
        raise Refused(sentences(_("This office has no model yet."), TRAIN_FIRST))
    show_versions(Terminal.of(language, office), versions)


def rollback(
    office: OfficeFile,
    reason: Annotated[str, option("--reason", TEXT, _("Why; it is kept with the model."))],
    to: Annotated[
        int | None,
        option(
            "--to",
            NUMBER,
            _("Version to go back to; by default the champion before this one."),
            parser=whole,
        ),
    ] = None,
    language: SpokenIn = None,
) -> None:
    """Make a version the champion that was it before."""
    from cases.office.loading import load_office
    from cli.files.ledger import ledger_of, record
    from cli.files.office import workspace_of
    from evaluation.promotion.rollback import roll_back
    from models.registry import Registry
    from serving.use_cases.recording.records import rollback_record

    _must_say("triage rollback", reason)
    workspace = workspace_of(office)
    with ledger_of(workspace) as ledger:
        chosen = roll_back(Registry(workspace.home), load_office(workspace.office), to, reason)
        record(ledger, rollback_record(chosen.number, reason))
    again = _("Version {number} is the champion again.", number=chosen.number)
    Terminal.of(language, office).show(again)


def _must_say(command: str, reason: str) -> None:
    """`BadInput` for a reason that says nothing."""
    if not reason.strip():
        raise BadInput([Fault(command, _("the reason is blank."), _("Say why."))])
