"""`triage models` and `triage rollback`: the models there are, and back to an earlier one."""

from __future__ import annotations

from typing import Annotated

from cases.errors import BadInput, Fault, Refused
from cases.language.messages import _, sentences
from cases.office.loading import load_office
from cli.arguments import NUMBER, TEXT, OfficeFile, SpokenIn, option, whole
from cli.console import Terminal
from cli.files.office import workspace_of
from cli.show.versions import show_versions
from evaluation.promotion.rollback import roll_back
from models.registry import TRAIN_FIRST, Registry, office_name

MODELS = _("List the office's models: when made, what the gate said and why, which is champion.")
ROLLBACK = _(
    "Make an earlier champion the champion again; a running service takes it when restarted."
)


def models(office: OfficeFile, language: SpokenIn = None) -> None:
    """List the versions of the office's models; `Refused` if there are none."""
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
    if not reason.strip():
        raise BadInput([Fault("triage rollback", _("the reason is blank."), _("Say why."))])
    workspace = workspace_of(office)
    chosen = roll_back(Registry(workspace.home), load_office(workspace.office), to, reason)
    again = _("Version {number} is the champion again.", number=chosen.number)
    Terminal.of(language, office).show(again)
