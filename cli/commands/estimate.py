"""`triage estimate`: the quality of all cases, from the reviews of a drawn plan."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Annotated

from cases.errors import Refused
from cases.language.messages import _
from cases.tables.tables import Tables
from cli.arguments import FOLDER, DataFolder, FinalBy, OfficeFile, SetAside, SpokenIn, option
from cli.console import Terminal
from cli.files.office import workspace_of
from cli.files.plan_checks import verified_plan
from cli.show.estimates import show_estimate
from evaluation.quality.estimate import Survey
from evaluation.quality.estimate import estimate as estimate_all
from evaluation.quality.returned import OutsideReason, outside, returned, usual_places
from policies.spot_check.plan import PlanParameters

ESTIMATE = _("Estimate the quality of all cases of a plan's frame from the reviews that came back.")


def estimate(
    office: OfficeFile,
    plans: Annotated[
        list[Path] | None,
        option("--plan", FOLDER, _("Folder of a drawn plan; several for several batches.")),
    ] = None,
    as_of: FinalBy = None,
    data: DataFolder = None,
    set_aside: SetAside = None,
    language: SpokenIn = None,
) -> None:
    """Estimate from kept plans and the reviews of their cases; `Refused` without a plan."""
    if not plans:
        raise Refused(
            _(
                "An estimate needs a drawn plan: reviews picked by rule or by hand say nothing "
                "about the cases nobody picked. Give --plan FOLDER, the folder that `triage plan` "
                "wrote."
            )
        )
    terminal = Terminal.of(language, office)
    with terminal.progress() as tell:
        tables = workspace_of(office, data, set_aside, language).tables(tell)
        surveyed = [_survey_of(folder, tables, as_of or datetime.max) for folder in plans]
    surveys, not_in_frame = zip(*surveyed, strict=True)
    estimates = estimate_all(surveys, usual_places(tables.office))
    show_estimate(terminal, estimates, sum(not_in_frame, start=Counter()))


def _survey_of(
    folder: Path, tables: Tables, until: datetime
) -> tuple[Survey, Counter[OutsideReason]]:
    """A kept plan with the reviews of its cases that are final by `until`.

    Also how many closed cases of its time its frame does not hold. `Refused` if the plan is
    not what its manifest, frame and seed give.
    """
    kept = verified_plan(folder)
    parameters = PlanParameters.model_validate(kept.manifest["parameters"])
    survey = Survey(kept.frame, kept.listed, returned(tables, parameters.as_of, until))
    return survey, Counter(outside(tables, kept.frame, parameters))
