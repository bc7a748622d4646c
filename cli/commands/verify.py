"""`triage verify`: whether kept folders are what they say, for those who distrust us."""

from __future__ import annotations

import re
from base64 import b64encode
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
    from cli.files.checked import Checked, Reader
    from policies.spot_check.commitment import Commitment

VERIFY = _("Check kept plans and intakes: every file, every draw, and what was published before.")
COMMAND = "triage verify"
NO_CHECKPOINT = _(
    "Whether records were taken off the end, or all of them written anew, can only be seen by a "
    "checkpoint that was kept outside: give it with --checkpoint."
)
HASH = re.compile(r"\s*[0-9a-fA-F]{64}\s*")


def verify(
    folders: Annotated[
        list[Path],
        argument(_("FOLDER..."), _("Folders of plans and intakes, or the file of a ledger.")),
    ],
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
    from cli.files.checked import Reader

    reader = Reader(
        manifest,
        None if commitment is None else _published(commitment),
        beacon,
        None if totals is None else read_totals(totals),
    )
    terminal = Terminal.of(language)
    if len(folders) == 1 and folders[0].is_file():
        _check_ledger(terminal, folders[0], checkpoint)
        return
    _check_request(folders, reader, checkpoint)
    checks = [_checked(terminal, folder, reader, several=len(folders) > 1) for folder in folders]
    drawn_again = redraws(check.draw for check in checks if check.draw is not None)
    terminal.show(*drawn_again)
    if drawn_again or any(check.differences for check in checks):
        raise typer.Exit(3)


def _checked(terminal: Terminal, folder: Path, reader: Reader, *, several: bool) -> Checked:
    """Check a folder and show what is found."""
    from cli.files import intake
    from cli.files.intake_checks import check_intake
    from cli.files.plan_checks import check_plan

    is_intake = (folder / intake.JSON_FILE).exists()
    checked = check_intake(folder, reader) if is_intake else check_plan(folder, reader)
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


def _check_ledger(terminal: Terminal, path: Path, checkpoint: Path | None) -> None:
    """Check a ledger and show what is found."""
    from cli.files.ledger import check_ledger

    verdict = check_ledger(path, checkpoint)
    if verdict.bad is not None:
        terminal.show(verdict.bad.sentence)
        raise typer.Exit(3)
    root = b64encode(verdict.tree.root()).decode()
    terminal.show(_("All {count:,} records hold. Root: {root}", count=verdict.tree.size, root=root))
    if checkpoint is None:
        terminal.show(NO_CHECKPOINT)


def _check_request(folders: Sequence[Path], reader: Reader, checkpoint: Path | None) -> None:
    """`BadInput` for options that say nothing about these folders."""
    faults = list(_faults(folders, reader))
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
