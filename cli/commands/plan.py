"""`triage plan`, `triage seed` and `triage verify`: the cases to check, and the draw again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cases.errors import BadInput, Fault
from cases.language.catalogues import Language
from cases.language.messages import _
from cases.progress import Progress
from cases.tables.tables import Tables
from cli.arguments import (
    FOLDER,
    NUMBER,
    TEXT,
    AsOf,
    ClosedAfter,
    DataFolder,
    OfficeFile,
    Seed,
    SetAside,
    SpokenIn,
    argument,
    counted,
    option,
    real,
)
from cli.console import Terminal
from cli.files import intake as intake_files
from cli.files.folders import made_from
from cli.files.office import opened, workspace_of
from cli.files.plan import check_plan_folder, read_plan, write_plan
from cli.show.plan import show_plan
from models.bundle.bundle import Bundle
from policies.seeds import commitment as commitment_of
from policies.seeds import fresh_seed
from policies.spot_check.plan import PlanParameters
from policies.spot_check.verify import verify as verify_plan
from serving.use_cases.context import ServiceContext
from serving.use_cases.spot_checks import PlannedSpotChecks, spot_checks

PLAN = _(
    "Draw the cases to check: `plan.csv` (which and why), `frame.parquet` and `plan.json` (replay)."
)
SEED = _("Make a seed nobody could foresee, and the hash to publish before the draw.")
VERIFY = _(
    "Draw a plan, or an intake, again from its frame and seed, and say whether it is the same."
)
PLANNING = _("planning")


def plan(
    office: OfficeFile,
    *,
    as_of: AsOf,
    capacity: Annotated[int, counted("--capacity", _("How many cases can be reviewed."))],
    out_folder: Annotated[Path, option("--out", FOLDER, _("Folder for the plan."))],
    data: DataFolder = None,
    set_aside: SetAside = None,
    closed_after: ClosedAfter = None,
    search_share: Annotated[
        float | None,
        option(
            "--search-share",
            NUMBER,
            _("From 0, know the rate best, to 1, find the most defects."),
            parser=real,
        ),
    ] = None,
    margin: Annotated[
        float | None,
        option(
            "--margin",
            NUMBER,
            _("Instead: wanted half-width of the rate's 95% interval, as 0.02."),
            parser=real,
        ),
    ] = None,
    seed: Seed = None,
    language: SpokenIn = None,
) -> None:
    """Draw a plan for the closed cases of an office and write it into a folder."""
    _check_knob(search_share, margin)
    check_plan_folder(out_folder)
    terminal = Terminal.of(language, office)
    with terminal.progress() as tell:
        tables, champion = opened(workspace_of(office, data, set_aside, language), tell)
        parameters = PlanParameters.of(
            tables.office,
            as_of=as_of,
            closed_after=closed_after,
            capacity=capacity,
            search_share=search_share,
            margin=margin,
            seed=seed,
        )
        result = draw_and_write(tables, champion, parameters, out_folder, terminal.language, tell)
    show_plan(terminal, result, tables.office)
    written = _("Written: {folder} (seed {seed})", folder=str(out_folder), seed=parameters.seed)
    terminal.show(written)


def draw_and_write(
    tables: Tables,
    champion: Bundle,
    parameters: PlanParameters,
    folder: Path,
    language: Language,
    tell: Progress,
) -> PlannedSpotChecks:
    """The plan, written into `folder` with its words in `language`."""
    tell(PLANNING, 0.0)
    result = spot_checks(ServiceContext(tables, champion), parameters)
    write_plan(result, tables.office, language, made_from(tables, champion), folder)
    tell(PLANNING, 1.0)
    return result


def seed(language: SpokenIn = None) -> None:
    """Make a seed and its commitment."""
    made = fresh_seed()
    Terminal.of(language).show(
        _("Seed, to keep secret until the draw: {seed}", seed=made),
        _("Hash, to publish now: {hash}", hash=commitment_of(made)),
        _(
            "Publish the hash, draw with `triage plan --seed SEED`, then reveal the seed: `triage "
            "verify FOLDER --commitment HASH` shows that it was not chosen after seeing the draw."
        ),
    )


def verify(
    folder: Annotated[Path, argument(FOLDER, _("The folder of the plan or intake."))],
    commitment: Annotated[
        str | None,
        option("--commitment", TEXT, _("SHA-256 of the seed, as published before the draw.")),
    ] = None,
    language: SpokenIn = None,
) -> None:
    """Draw what a folder keeps once more, and compare."""
    if (folder / intake_files.JSON_FILE).exists():
        verified = intake_files.verify_intake(*intake_files.read_intake(folder), commitment)
    else:
        verified = verify_plan(read_plan(folder), commitment)
    Terminal.of(language).show(verified.sentence)
    if not verified.matches:
        raise typer.Exit(3)


def _check_knob(search_share: float | None, margin: float | None) -> None:
    if search_share is not None and margin is not None:
        problem = _("`--search-share` and `--margin` set the same thing.")
        raise BadInput([Fault("triage plan", problem, _("Give one of them."))])
