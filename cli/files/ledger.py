"""The ledger of an office; one that somebody was given, and checkpoints kept outside of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cases.errors import BadInput, Fault, Refused
from cases.files import reason, replaced
from cases.language.messages import Sayable, _, listed
from ledger.chain import Verdict
from ledger.checkpoints import LONGEST, NoCheckpoint
from ledger.ledger import CHECKPOINT, FILE, Entry, Ledger
from ledger.records import Kind, Malformed, Record
from ledger.store.faults import LOOK, Unusable
from ledger.verifying import NoLedger, verify
from serving.use_cases.recording.records import training_record
from serving.workspace import LEDGER, WHERE, Workspace, readable

if TYPE_CHECKING:
    from cases.tables.tables import Tables
    from evaluation.promotion.candidate import Trained

DAMAGED = _("is damaged: its last record is none.")
NONE_BESIDE = _("It has none, or it was erased already.")
NAME_ONE = _("Name the file of a ledger (ledger.sqlite), or the folder of a plan or intake.")


@contextmanager
def ledger_of(workspace: Workspace) -> Iterator[Ledger]:
    """The ledger of an office, made if there is none; `BadInput` if it cannot be written to.

    It is opened before the work begins, so that nothing is decided that cannot be recorded.
    """
    with _plainly():
        opened = workspace.opened_ledger()
    with opened as ledger:
        yield ledger


def record(ledger: Ledger, *entries: Entry) -> list[Record]:
    """Append records, all or none; `BadInput` if they cannot be written."""
    with _plainly():
        return ledger.append(*entries)


def record_training(
    ledger: Ledger, trained: Trained, until: datetime, tables: Tables, corrected: str = ""
) -> None:
    """Append the record of a trained version; `BadInput` if it cannot be written."""
    office, number, promoted = tables.office, trained.version.number, trained.verdict.promoted
    entry = training_record(
        office,
        number,
        promoted=promoted,
        until=until,
        data_hash=tables.data_hash,
        corrected=corrected,
    )
    record(ledger, entry)


@contextmanager
def _plainly() -> Iterator[None]:
    """`BadInput` for a ledger that cannot be written to."""
    try:
        yield
    except Unusable as error:
        problem = _("cannot be written to ({reason}).", reason=error.reason)
        raise BadInput([Fault(WHERE, problem, error.remedy)]) from None
    except Malformed:
        raise BadInput([Fault(WHERE, DAMAGED, LOOK)]) from None


def keep_checkpoint(ledger: Ledger, workspace: Workspace) -> Sayable:
    """Sign what there is, and say where the note is."""
    with _plainly():
        ledger.checkpoint()
    return _(
        "Recorded. Checkpoint of the ledger, to be kept by somebody else: {file}",
        file=str(workspace.home / CHECKPOINT),
    )


def place_of(workspace: Workspace) -> Path | str:
    """Where the ledger of an office is to be read: its file, or the URL of its database."""
    return workspace.ledger or workspace.home / FILE


@contextmanager
def existing_ledger(workspace: Workspace) -> Iterator[Ledger]:
    """The ledger of an office; `Refused` if there is none, `BadInput` if it cannot be read."""
    _check_there(place_of(workspace))
    with ledger_of(workspace) as ledger, readable():
        yield ledger


def _check_there(place: Path | str) -> None:
    if isinstance(place, Path) and not place.exists():
        raise Refused(_("This office has no ledger yet: nothing was decided."))


def kind_of(text: str) -> Kind:
    """The kind of that name; `BadInput` if records have no such kind."""
    if text not in {*Kind}:
        remedy = _("Give one of these: {choices}.", choices=listed(Kind))
        problem = _("is not a kind of records.")
        raise BadInput([Fault("triage ledger", problem, remedy, column="--kind", value=text)])
    return Kind(text)


def write_lines(ledger: Ledger, target: Path, *kinds: Kind) -> int:
    """Write the records of these kinds (none given: all), a line each; how many they are."""
    sizes: list[int] = []

    def write(path: Path) -> None:
        with path.open("wb") as file:
            sizes.extend(file.write(record.line + b"\n") for record in ledger.records(*kinds))

    replaced(target, write)
    return len(sizes)


def check_text_beside(ledger: Ledger, number: int, name: str, why: str) -> None:
    """`BadInput` unless there is such a text to erase, and a reason to do it."""
    names = list(ledger.beside(number))
    faults = []
    if name not in names:
        problem = _("record {number:,} has no text of that name beside it.", number=number)
        there = _("There are: {names}.", names=listed(names)) if names else NONE_BESIDE
        faults.append(Fault("triage erase", problem, there, value=name))
    if not why.strip():
        faults.append(Fault("triage erase", _("the reason is blank."), _("Say why.")))
    if faults:
        raise BadInput(faults)


def check_ledger(place: Path | str, checkpoint: Path | None) -> Verdict:
    """Every record of the ledger in a file or at a URL, and a checkpoint.

    `Refused` if the file is not there, `BadInput` if it is no ledger, or the note no checkpoint.
    """
    _check_there(place)
    notes = () if checkpoint is None else (_note(checkpoint),)
    where = place.name if isinstance(place, Path) else LEDGER
    try:
        return verify(place, *notes)
    except NoLedger:
        raise BadInput([Fault(where, _("is not a ledger."), NAME_ONE)]) from None
    except Unusable as error:
        problem = _("cannot be read as a ledger ({reason}).", reason=error.reason)
        raise BadInput([Fault(where, problem, error.remedy)]) from None
    except NoCheckpoint as error:
        name = "" if checkpoint is None else checkpoint.name
        remedy = _("Give the whole text of a checkpoint of this ledger, as it was kept.")
        raise BadInput([Fault(name, error.problem, remedy)]) from None


def _note(path: Path) -> str:
    try:
        with path.open(encoding="utf-8") as file:
            return file.read(LONGEST + 1)
    except (OSError, UnicodeDecodeError) as error:
        why = reason(error) if isinstance(error, OSError) else _("it is not UTF-8 text")
        problem = _("cannot be read ({reason}).", reason=why)
        raise BadInput([Fault(path.name, problem, _("Give a text file."))]) from None
