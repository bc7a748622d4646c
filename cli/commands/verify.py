"""`triage verify`: whether kept folders are what they say, for those who distrust us."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cases.errors import BadInput, Fault
from cases.language.messages import _
from cli.arguments import FILE, TEXT, SpokenIn, argument, option
from cli.console import Terminal
from policies.spot_check.redraws import redraws

if TYPE_CHECKING:
    from policies.spot_check.commitment import Commitment
    from serving.kept.checked import Checked, Reader

VERIFY = _("Check kept plans and intakes: every file, every draw, and what was published before.")
COMMAND = "triage verify"
HASH = re.compile(r"\s*[0-9a-fA-F]{64}\s*")


def verify(
    folders: Annotated[
        list[Path] | None,
        argument(
            _("FOLDER..."),
            _(
                "Folders of plans and intakes; or a ledger: its file, an office file, or by "
                "default the database of TRIAGE_LEDGER."
            ),
        ),
    ] = None,
    manifest: Annotated[
        str | None,
        option("--manifest", TEXT, _("Hash of the folder's manifest, as it was written down.")),
    ] = None,
    commitment: Annotated[
        str | None,
        option(
            "--commitment",
            FILE,
            _("What was published before the draw: the file of `triage commit`, or a seed's hash."),
        ),
    ] = None,
    beacon: Annotated[
        str | None,
        option("--beacon", TEXT, _("The beacon's value, as you know it from its source.")),
    ] = None,
    totals: Annotated[
        Path | None,
        option(
            "--totals", FILE, _("CSV file of counts of cases (unit, month, closed) from elsewhere.")
        ),
    ] = None,
    checkpoint: Annotated[
        Path | None,
        option("--checkpoint", FILE, _("Checkpoint of the ledger, as it was kept outside.")),
    ] = None,
    language: SpokenIn = None,
) -> None:
    """Check folders and name every difference; exit code 3 if there is one."""
    from cases.tables.totals import read_totals
    from serving.kept.checked import Reader

    reader = Reader(
        manifest,
        None if commitment is None else _published(commitment),
        beacon,
        None if totals is None else read_totals(totals),
    )
    terminal, folders = Terminal.of(language), folders or []
    if (place := _ledger_among(folders)) is not None:
        _check_ledger(terminal, place, checkpoint)
        return
    _check_request(folders, reader, checkpoint)
    checks = [_checked(terminal, folder, reader, several=len(folders) > 1) for folder in folders]
    drawn_again = redraws(check.draw for check in checks if check.draw is not None)
    terminal.show(*drawn_again)
    if drawn_again or any(check.differences for check in checks):
        raise typer.Exit(3)


def _checked(terminal: Terminal, folder: Path, reader: Reader, *, several: bool) -> Checked:
    """Check a folder and show what is found."""
    from serving.kept.intake.checks import check_intake
    from serving.kept.intake.folder import JSON_FILE as OF_INTAKE
    from serving.kept.plan_checks import check_plan
    from serving.kept.reviewers.checks import check_reviewers
    from serving.kept.reviewers.folder import JSON_FILE as OF_REVIEWERS

    by_file = {OF_INTAKE: check_intake, OF_REVIEWERS: check_reviewers}
    check = next((by_file[name] for name in by_file if (folder / name).exists()), check_plan)
    checked = check(folder, reader)
    if several:
        terminal.show(_("{folder}:", folder=str(folder)))
    terminal.show(*checked.differences, *checked.says)
    return checked


def _published(commitment: str) -> Commitment | str:
    """The commitment in a file, or the hash of a seed as it stands."""
    from policies.spot_check.commitment import read_commitment

    if HASH.fullmatch(commitment):
        return commitment
    return read_commitment(Path(commitment))


def _ledger_among(paths: Sequence[Path]) -> Path | str | None:
    """The ledger that is to be checked, if it is one: a file, that of an office, or a database."""
    from cli.files.ledger import place_of
    from cli.files.office import workspace_of
    from serving.workspace import LEDGER

    if not paths:
        return os.environ.get(LEDGER) or None
    if len(paths) > 1 or not paths[0].is_file():
        return None
    return place_of(workspace_of(paths[0])) if paths[0].suffix == ".toml" else paths[0]


def _check_ledger(terminal: Terminal, place: Path | str, checkpoint: Path | None) -> None:
    """Check a ledger and show what is found."""
    from cli.files.ledger import check_ledger
    from serving.use_cases.recording.words import holding

    verdict = check_ledger(place, checkpoint)
    if verdict.bad is not None:
        terminal.show(verdict.bad.sentence)
        raise typer.Exit(3)
    terminal.show(*holding(verdict, with_checkpoint=checkpoint is not None))


def _check_request(folders: Sequence[Path], reader: Reader, checkpoint: Path | None) -> None:
    """`BadInput` for options that say nothing about these folders."""
    faults = list(_faults(folders, reader))
    if not folders:
        problem = _("nothing is named that could be checked.")
        faults.append(Fault(COMMAND, problem, _("Name a folder, or a ledger.")))
    if checkpoint is not None:
        problem = _("`--checkpoint` is of one ledger.")
        faults.append(Fault(COMMAND, problem, _("Name the file of the ledger.")))
    if faults:
        raise BadInput(faults)


def _faults(folders: Sequence[Path], reader: Reader) -> Iterator[Fault]:
    from policies.spot_check.commitment import Commitment

    if len(folders) > 1 and (reader.manifest or reader.commitment):
        problem = _("`--manifest` and `--commitment` are of one folder.")
        yield Fault(COMMAND, problem, _("Name one folder."))
    if reader.beacon_value is not None and not isinstance(reader.commitment, Commitment):
        problem = _("`--beacon` says nothing without the commitment that waits for it.")
        yield Fault(COMMAND, problem, _("Give the file with `--commitment`."))
