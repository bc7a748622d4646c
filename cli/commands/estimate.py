"""`triage estimate`: the quality of all cases, from the reviews of a drawn plan."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

from cases.errors import Refused
from cases.language.messages import _
from cli.arguments import (
    FOLDER,
    NUMBER,
    DataFolder,
    FinalBy,
    OfficeFile,
    SetAside,
    SpokenIn,
    option,
    share,
)
from cli.console import Terminal

ESTIMATE = _("Estimate the quality of all cases of a plan's frame from the reviews that came back.")


def estimate(
    office: OfficeFile,
    plans: Annotated[
        list[Path] | None,
        option("--plan", FOLDER, _("Folder of a drawn plan; several for several batches.")),
    ] = None,
    at_most: Annotated[
        float | None,
        option(
            "--at-most",
            NUMBER,
            _("Say whether at most this share of the cases is defective, as 0.1."),
            parser=share,
        ),
    ] = None,
    as_of: FinalBy = None,
    data: DataFolder = None,
    set_aside: SetAside = None,
    language: SpokenIn = None,
) -> None:
    """Estimate from kept plans and the reviews of their cases; `Refused` without a plan."""
    from cli.files.ledger import keep_checkpoint, ledger_of, record
    from cli.files.office import workspace_of
    from cli.show.estimates import show_claims, show_estimate, show_together
    from evaluation.surveys.anchoring import anchoring
    from evaluation.surveys.claims import together
    from evaluation.surveys.estimate import estimate as estimate_all
    from evaluation.surveys.of_plans import claim_of_plan, surveys_of
    from evaluation.surveys.returned import usual_places
    from serving.kept.plan_checks import verified_plan
    from serving.use_cases.recording.records import estimate_record

    if not plans:
        raise Refused(
            _(
                "An estimate needs a drawn plan: reviews picked by rule or by hand say nothing "
                "about the cases nobody picked. Give --plan FOLDER, the folder that `triage plan` "
                "wrote."
            )
        )
    terminal = Terminal.of(language, office)
    workspace = workspace_of(office, data, set_aside, language)
    with ledger_of(workspace) as ledger, terminal.progress() as tell:
        tables = workspace.tables(tell)
        kept, until = [*map(verified_plan, plans)], as_of or datetime.max
        surveyed = surveys_of(tables, kept, until)
        plan_ids = [str(plan.manifest["plan_id"]) for plan in kept]
        record(ledger, estimate_record(plan_ids, as_of, tables.data_hash))
        recorded = keep_checkpoint(ledger, workspace)
    if at_most is not None:
        show_claims(terminal, [claim_of_plan(tables, plan, until, at_most) for plan in kept])
        if surveyed.batches[1:]:
            show_together(terminal, together(surveyed.batches, at_most))
    places, names = usual_places(tables.office), tables.office.dimension_names
    estimates = estimate_all(surveyed.surveys, places, dimensions=names)
    show_estimate(terminal, estimates, surveyed)
    influence = anchoring(tables, kept, until)
    if influence is not None:
        terminal.show(influence.says)
    terminal.show(recorded)
