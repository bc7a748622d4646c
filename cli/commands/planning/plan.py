"""`triage plan`: the cases to check, drawn freely or as a commitment promised."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cases.errors import BadInput, Fault
from cases.language.catalogues import Language
from cases.language.messages import Sayable, _
from cases.progress import Progress
from cli.arguments import (
    CAPACITY,
    FILE,
    FOLDER,
    TEXT,
    TO_DAY,
    ClosedAfter,
    DataFolder,
    Margin,
    OfficeFile,
    SearchShare,
    Seed,
    SetAside,
    SpokenIn,
    check_knob,
    counted,
    dated,
    option,
)
from cli.console import Terminal

if TYPE_CHECKING:
    from cases.integrity.manifest import Manifest
    from ledger.ledger import Ledger
    from models.bundle.bundle import Bundle
    from policies.spot_check.commitment import Commitment
    from policies.spot_check.committed import OpenedCommitment
    from policies.spot_check.plan import PlanParameters
    from serving.use_cases.context import ServiceContext
    from serving.use_cases.spot_checks import PlannedSpotChecks

PLAN = _(
    "Draw the cases to check: `plan.html` and `plan.csv` (which and why), `sheets.html` (a sheet a "
    "case to print for reviewers), `grades.xlsx` (for their grades), the rest to draw it again."
)
PRINT = _("Print `plan.html` and `sheets.html` as PDF, too (needs Chromium).")
COMMAND = "triage plan"
PLANNING = _("planning")


def plan(
    office: OfficeFile,
    *,
    as_of: Annotated[datetime | None, dated("--as-of", TO_DAY)] = None,
    capacity: Annotated[int | None, counted("--capacity", CAPACITY)] = None,
    out_folder: Annotated[Path, option("--out", FOLDER, _("Folder for the plan."))],
    data: DataFolder = None,
    set_aside: SetAside = None,
    closed_after: ClosedAfter = None,
    search_share: SearchShare = None,
    margin: Margin = None,
    commitment: Annotated[
        Path | None,
        option("--commitment", FILE, _("Draw what this file of `triage commit` promised.")),
    ] = None,
    beacon: Annotated[
        str | None,
        option("--beacon", TEXT, _("The value that the commitment's beacon published.")),
    ] = None,
    seed: Seed = None,
    pdf: Annotated[bool, typer.Option("--pdf", help=str(PRINT))] = False,
    language: SpokenIn = None,
) -> None:
    """Draw a plan for the cases of an office and write it into a folder."""
    from cli.files.ledger import keep_checkpoint, ledger_of
    from cli.files.office import opened, workspace_of
    from cli.show.folders import hash_of
    from cli.show.plan import show_plan
    from models.registry import Registry
    from policies.spot_check.commitment import read_commitment
    from policies.spot_check.committed import OpenedCommitment, worth
    from policies.spot_check.plan import PlanParameters
    from serving.kept.plan import PAGE_FILE, SHEETS_FILE, check_plan_folder
    from serving.kept.printing import installed_browser
    from serving.use_cases.context import ServiceContext

    check_knob(COMMAND, search_share, margin)
    request = {
        "as_of": as_of,
        "closed_after": closed_after,
        "capacity": capacity,
        "search_share": search_share,
        "margin": margin,
    }
    promised = None if commitment is None else read_commitment(commitment)
    _check_request(request, promised, seed, beacon)
    check_plan_folder(out_folder)
    if pdf:
        installed_browser()
    promise = None if promised is None else OpenedCommitment(promised, seed or "", beacon)
    terminal = Terminal.of(language, office)
    workspace = workspace_of(office, data, set_aside, language)
    with ledger_of(workspace) as ledger, terminal.progress() as tell:
        tables, champion = opened(workspace, tell)
        if promise is None:
            parameters = PlanParameters.of(tables.office, **request, seed=seed)
        else:
            parameters = promise.parameters
        tried = Registry(workspace.home).tried(tables.office)
        context = ServiceContext(tables, champion, tried)
        result, manifest = draw_and_write(
            context,
            champion,
            parameters,
            out_folder,
            terminal.language,
            tell,
            ledger,
            promise,
            printed=pdf,
        )
        recorded = keep_checkpoint(ledger, workspace)
    show_plan(terminal, result, tables.office)
    written = _("Written: {folder} (seed {seed})", folder=str(out_folder), seed=parameters.seed)
    pages = _(
        "To read: {page}. To print for reviewers, a sheet a case: {sheets}.",
        page=str(out_folder / PAGE_FILE),
        sheets=str(out_folder / SHEETS_FILE),
    )
    terminal.show(worth(promised), written, pages, hash_of(manifest), recorded)


def draw_and_write(
    context: ServiceContext,
    champion: Bundle,
    parameters: PlanParameters,
    folder: Path,
    language: Language,
    tell: Progress,
    ledger: Ledger,
    promise: OpenedCommitment | None = None,
    *,
    printed: bool = False,
) -> tuple[PlannedSpotChecks, Manifest]:
    """The plan, written into `folder` with its words in `language`, and the folder's manifest.

    It is recorded in the ledger.
    `Refused` if it is not what was promised, or is to be `printed` and no browser does it.
    """
    from cli.files.ledger import record
    from serving.kept.folders import code_version, made_from
    from serving.kept.plan import write_plan
    from serving.use_cases.planning.commitments import committed_spot_checks
    from serving.use_cases.recording.records import plan_record
    from serving.use_cases.spot_checks import spot_checks

    tell(PLANNING, 0.0)
    made = made_from(context.tables, champion)
    if promise is None:
        result = spot_checks(context, parameters, progress=tell)
    else:
        code = code_version()
        result = committed_spot_checks(context, promise, champion.content_hash, code, tell)
    manifest = write_plan(result, context.tables, language, made, folder, promise, printed=printed)
    promised = None if promise is None else promise.commitment
    record(ledger, plan_record(context.office, result.plan, manifest, made, promised))
    tell(PLANNING, 1.0)
    return result, manifest


def _check_request(
    request: Mapping[str, Any], promised: Commitment | None, seed: str | None, beacon: str | None
) -> None:
    """`BadInput` for what is missing, and for what contradicts the commitment."""
    if promised is None:
        faults = [*_missing(request), *_without_commitment(beacon)]
    else:
        faults = [*_unopened(promised, seed, beacon), *_contradictions(promised, request)]
    if faults:
        raise BadInput(faults)


def _missing(request: Mapping[str, Any]) -> Iterator[Fault]:
    for name in ("as_of", "capacity"):
        if request[name] is None:
            yield Fault(_option(name), _("is missing."), _("Give it."))


def _without_commitment(beacon: str | None) -> Iterator[Fault]:
    if beacon is not None:
        problem = _("`--beacon` says nothing without the commitment that waits for it.")
        yield Fault(COMMAND, problem, _("Give the file with `--commitment`."))


def _unopened(promised: Commitment, seed: str | None, beacon: str | None) -> Iterator[Fault]:
    """What it takes to open the commitment, and is not there or not waited for."""
    if seed is None:
        remedy = _("Give the secret seed that `triage commit` showed.")
        yield Fault(_option("seed"), _("is missing."), remedy)
    if promised.beacon is not None and beacon is None:
        remedy = _("Give the value as {source} published it.", source=promised.beacon.source)
        yield Fault(_option("beacon"), _("is missing."), remedy)
    if promised.beacon is None and beacon is not None:
        problem = _("is a value that the commitment does not wait for.")
        yield Fault(_option("beacon"), problem, _("Leave it out."), value=beacon)


def _contradictions(promised: Commitment, request: Mapping[str, Any]) -> Iterator[Fault]:
    from policies.spot_check.committed import OpenedCommitment

    known = OpenedCommitment(promised, "unopened").parameters
    for name, value in request.items():
        if value is not None and value != getattr(known, name):
            problem, remedy = _("contradicts the commitment."), _("Leave it out.")
            yield Fault(_option(name), problem, remedy, value=str(value))


def _option(name: str) -> Sayable:
    """Where a fault of the option of a parameter is.

    >>> str(_option("as_of"))
    'triage plan, --as-of'
    """
    option = f"--{name.replace('_', '-')}"
    return _("{command}, {option}", command=COMMAND, option=option)
