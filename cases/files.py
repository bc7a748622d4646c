"""Writing results: whole or not at all, and over nothing that cannot be made again."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from cases.errors import BadInput, Fault
from cases.language.messages import Sayable, _

WRITABLE_FILE = _("Name a file in a folder that exists and that you may write to.")
WRITABLE_FOLDER = _("Name a folder that you may write to.")


def replaced(target: Path, write: Callable[[Path], object]) -> None:
    """Write `target` whole or not at all, so that nothing half-written is left behind."""
    try:
        with tempfile.TemporaryDirectory(dir=target.parent) as folder:
            fresh = Path(folder) / target.name
            write(fresh)
            fresh.replace(target)
    except OSError as error:
        raise unwritable(target.name, reason(error), WRITABLE_FILE) from None


def unless_other(target: Path, write: Callable[[Path], object]) -> None:
    """Write `target` whole; `BadInput` if it is there already and holds anything else."""
    try:
        with tempfile.TemporaryDirectory(dir=target.parent) as folder:
            fresh = Path(folder) / target.name
            write(fresh)
            if not target.exists():
                fresh.replace(target)
            elif not target.is_file() or target.read_bytes() != fresh.read_bytes():
                problem, remedy = _("is there already."), _("Name a new file.")
                raise BadInput([Fault(target.name, problem, remedy)])
    except OSError as error:
        raise unwritable(target.name, reason(error), WRITABLE_FILE) from None


def made_folder(folder: Path) -> None:
    """Make `folder` and those above it where they are not there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(folder.name, reason(error), WRITABLE_FOLDER) from None


def check_file(target: Path) -> None:
    """`BadInput` if `target` could not be written; nothing is left behind."""
    try:
        tempfile.TemporaryFile(dir=target.parent).close()
    except OSError as error:
        raise unwritable(target.name, reason(error), WRITABLE_FILE) from None
    if target.is_dir():
        raise unwritable(target.name, _("it is a folder"), WRITABLE_FILE)


def check_folder(folder: Path) -> None:
    """`BadInput` if `folder` could not be made or written into; nothing is left behind."""
    try:
        there = next(part for part in (folder, *folder.absolute().parents) if part.exists())
        tempfile.TemporaryFile(dir=there).close()
    except OSError as error:
        raise unwritable(folder.name, reason(error), WRITABLE_FOLDER) from None


def reason(error: OSError) -> str:
    """Why the system did not do it."""
    return error.strerror or type(error).__name__


def unwritable(where: str, why: str | Sayable, remedy: Sayable) -> BadInput:
    """What is raised where a file or folder cannot be written."""
    return BadInput([Fault(where, _("cannot be written ({reason}).", reason=why), remedy)])
