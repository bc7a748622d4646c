"""The ledger of an office; one that somebody was given, and checkpoints kept outside of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.exc import DatabaseError

from cases.errors import BadInput, Fault
from cases.files import reason, replaced
from cases.language.messages import Sayable, _
from cli.files.folders import text_file
from ledger.chain import Verdict
from ledger.checkpoints import LONGEST, NoCheckpoint
from ledger.ledger import FILE, Entry, Ledger, NoLedger, verify
from ledger.records import Malformed
from serving.use_cases.records import training_record
from serving.workspace import Workspace

if TYPE_CHECKING:
    from cases.tables.tables import Tables
    from evaluation.promotion.candidate import Trained

CHECKPOINT = "checkpoint.txt"


@contextmanager
def ledger_of(workspace: Workspace) -> Iterator[Ledger]:
    """The ledger of an office, made if there is none; `BadInput` if it cannot be written to.

    It is opened before the work begins, so that nothing is decided that cannot be recorded.
    """
    with _plainly():
        opened = Ledger.at(workspace.home)
    with opened as ledger:
        yield ledger


def record(ledger: Ledger, entry: Entry) -> None:
    """Append a record; `BadInput` if it cannot be written."""
    with _plainly():
        ledger.append(entry)


def record_training(ledger: Ledger, trained: Trained, until: datetime, tables: Tables) -> None:
    """Append the record of a trained version; `BadInput` if it cannot be written."""
    number, promoted = trained.version.number, trained.verdict.promoted
    record(
        ledger,
        training_record(number, promoted=promoted, until=until, data_hash=tables.data_hash),
    )


@contextmanager
def _plainly() -> Iterator[None]:
    """`BadInput` for a ledger that cannot be written to."""
    try:
        yield
    except (OSError, DatabaseError, Malformed) as error:
        why = reason(error) if isinstance(error, OSError) else _("it is damaged, locked or full")
        problem = _("cannot be written to ({reason}).", reason=why)
        remedy = _("Nothing is decided without a record: look at it with `triage verify`.")
        raise BadInput([Fault(FILE, problem, remedy)]) from None


def keep_checkpoint(ledger: Ledger, workspace: Workspace) -> Sayable:
    """Sign what there is, write the note beside the ledger, and say where it is."""
    note = workspace.home / CHECKPOINT
    with _plainly():
        text = ledger.checkpoint()
    replaced(note, text_file(text))
    return _(
        "Recorded. Checkpoint of the ledger, to be kept by somebody else: {file}", file=str(note)
    )


def check_ledger(path: Path, checkpoint: Path | None) -> Verdict:
    """Every record of the ledger in a SQLite file, and a checkpoint; `BadInput` if it is none."""
    notes = () if checkpoint is None else (_note(checkpoint),)
    try:
        return verify(path, *notes)
    except (NoLedger, DatabaseError):
        remedy = _("Name the file of a ledger (ledger.sqlite), or the folder of a plan or intake.")
        raise BadInput([Fault(path.name, _("is not a ledger."), remedy)]) from None
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
