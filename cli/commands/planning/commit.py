"""`triage commit` and `triage seed`: what is published before a draw."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cases.errors import BadInput, Fault
from cases.files import unless_other
from cases.language.messages import _
from cli.arguments import (
    TEXT,
    AsOf,
    Capacity,
    ClosedAfter,
    DataFolder,
    Margin,
    OfficeFile,
    Out,
    SearchShare,
    SetAside,
    SpokenIn,
    check_knob,
    dated,
    option,
)
from cli.console import Terminal

if TYPE_CHECKING:
    from policies.spot_check.commitment import Beacon, Commitment

COMMIT = _("Fix everything a plan depends on before the draw, in a file to be published.")
SEED = _("Make a seed nobody could foresee, and the hash to publish before the draw.")
COMMAND = "triage commit"
COMMITTING = _("committing")


def commit(
    office: OfficeFile,
    *,
    as_of: AsOf,
    capacity: Capacity,
    out_file: Out,
    data: DataFolder = None,
    set_aside: SetAside = None,
    closed_after: ClosedAfter = None,
    search_share: SearchShare = None,
    margin: Margin = None,
    beacon_source: Annotated[
        str | None,
        option(
            "--beacon-source",
            TEXT,
            _("Where the value of a beacon will be published, and what is taken of it."),
        ),
    ] = None,
    beacon_time: Annotated[
        datetime | None,
        dated("--beacon-time", _("Before which nobody knows the value of the beacon.")),
    ] = None,
    seed: Annotated[
        str | None, option("--seed", TEXT, _("Secret seed; by default one is made."))
    ] = None,
    language: SpokenIn = None,
) -> None:
    """Write the commitment to a plan, and show its hash and the secret seed."""
    from cli.files.ledger import ledger_of, record
    from cli.files.office import check_out, opened, workspace_of
    from policies.seeds import fresh_seed
    from policies.spot_check.commitment import commit as commit_to
    from policies.spot_check.plan import PlanParameters
    from serving.kept.folders import code_version, text_file
    from serving.use_cases.context import ServiceContext
    from serving.use_cases.planning.commitments import plan_inputs
    from serving.use_cases.recording.records import commitment_record

    check_knob(COMMAND, search_share, margin)
    beacon = _beacon(beacon_source, beacon_time)
    terminal, workspace = (
        Terminal.of(language, office),
        workspace_of(office, data, set_aside, language),
    )
    check_out(workspace, out_file, (".json",))
    secret_seed = seed or fresh_seed()
    with ledger_of(workspace) as ledger, terminal.progress() as tell:
        tables, champion = opened(workspace, tell)
        tell(COMMITTING, 0.0)
        parameters = PlanParameters.of(
            tables.office,
            as_of=as_of,
            closed_after=closed_after,
            capacity=capacity,
            search_share=search_share,
            margin=margin,
            seed=secret_seed,
        )
        context = ServiceContext(tables, champion)
        inputs = plan_inputs(context, parameters, champion.content_hash, code_version(), tell)
        made_at = datetime.now().replace(microsecond=0)  # by the office's clock
        promised = commit_to(inputs, secret_seed, made_at, beacon)
        unless_other(out_file, text_file(promised.text))
        record(ledger, commitment_record(promised))
        tell(COMMITTING, 1.0)
    _show(terminal, promised, secret_seed, out_file)


def _beacon(source: str | None, time: datetime | None) -> Beacon | None:
    """`BadInput` for a source without a time or the other way round."""
    from policies.spot_check.commitment import Beacon

    if source is None and time is None:
        return None
    if not source or time is None:
        problem = _("a beacon needs both `--beacon-source` and `--beacon-time`.")
        raise BadInput([Fault(COMMAND, problem, _("Give both, or neither."))])
    return Beacon(source=source, time=time)


def _show(terminal: Terminal, promised: Commitment, secret_seed: str, out_file: Path) -> None:
    """What to publish, and what to keep secret: the seed is written nowhere."""
    from policies.spot_check.committed import worth

    terminal.show(
        _("Written: {file}", file=str(out_file)),
        _("Hash of the commitment: {hash}", hash=promised.hash),
        _("Secret seed, to keep until the draw; it is not written: {seed}", seed=secret_seed),
        worth(promised),
        _("Publish the file, or its hash. Then draw with `triage plan --commitment FILE`."),
    )


def seed(language: SpokenIn = None) -> None:
    """Make a seed and its commitment."""
    from policies.seeds import commitment as hash_of_seed
    from policies.seeds import fresh_seed

    made = fresh_seed()
    Terminal.of(language).show(
        _("Seed, to keep secret until the draw: {seed}", seed=made),
        _("Hash, to publish now: {hash}", hash=hash_of_seed(made)),
        _(
            "Publish the hash, draw with `triage plan --seed SEED`, then reveal the seed: `triage "
            "verify FOLDER --commitment HASH` shows that it was not chosen after seeing the draw."
        ),
    )
