"""Files: an office file read as text; results written whole or not at all."""

from __future__ import annotations

import errno
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cases.errors import BadInput, Fault
from cases.language.messages import Sayable, _

LONGEST_OFFICE_FILE = 1_000_000
DISK_FULL = (errno.ENOSPC, errno.EDQUOT)
DISK_FULL_WORDS = ("no space left on device", "disk is full", "disk quota exceeded")
WRITABLE_FILE = _("Name a file in a folder that exists and that you may write to.")
WRITABLE_FOLDER = _("Name a folder that you may write to.")
OWN_FILES = _("Run the command as the user whom the files of the office belong to.")
MORE_ROOM = _("Make room on the disk, or write to another.")


def read_office_file(path: Path) -> dict[str, Any]:
    """An office file as TOML, unchecked; `BadInput` if it is not a text of that kind."""
    try:
        size = path.stat().st_size
        if size > LONGEST_OFFICE_FILE:
            problem = _("is {size:,} bytes long.", size=size)
            raise _bad(path, problem, _("An office file is a short text."))
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))  # some editors put a mark first
    except FileNotFoundError:
        remedy = _("Give the path of an office file (office.toml).")
        raise _bad(path, _("there is no such file."), remedy) from None
    except (OSError, UnicodeDecodeError) as error:
        problem = _("cannot be read ({reason}).", reason=type(error).__name__)
        raise _bad(path, problem, _("Save it as a UTF-8 text file.")) from None
    except tomllib.TOMLDecodeError as error:
        problem = _("is not valid TOML: {reason}.", reason=str(error))
        raise _bad(path, problem, _("Correct that line.")) from None
    except RecursionError:
        raise _bad(path, _("nests too deeply."), _("Correct its brackets.")) from None


def _bad(path: Path, problem: Sayable, remedy: Sayable) -> BadInput:
    return BadInput([Fault(path.name, problem, remedy)])


def replaced(target: Path, write: Callable[[Path], object]) -> None:
    """Write `target` whole or not at all, so that nothing half-written is left behind."""
    try:
        put_in_place(target, write)
    except OSError as error:
        raise not_written(target.name, error, WRITABLE_FILE) from None


def put_in_place(target: Path, write: Callable[[Path], object]) -> None:
    """As `replaced`, with the `OSError` of whatever goes wrong."""
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        fresh = Path(folder) / target.name
        write(fresh)
        fresh.replace(target)


def folder_in_place(target: Path, make: Callable[[Path], object]) -> None:
    """Put a whole folder at `target`, or leave the one that is there; `make` fills a new one."""
    made_folder(target.parent)
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".") as folder:
            fresh = Path(folder) / target.name
            make(fresh)
            if not target.exists():
                fresh.rename(target)
    except OSError as error:
        # Somebody else may have been quicker: then theirs stays.
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
            raise not_written(target.name, error, WRITABLE_FOLDER) from None


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
        raise not_written(target.name, error, WRITABLE_FILE) from None


def made_folder(folder: Path) -> None:
    """Make `folder` and those above it where they are not there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise not_written(folder.name, error, WRITABLE_FOLDER) from None


def check_file(target: Path) -> None:
    """`BadInput` if `target` could not be written; nothing is left behind."""
    try:
        tempfile.TemporaryFile(dir=target.parent).close()
    except OSError as error:
        raise not_written(target.name, error, WRITABLE_FILE) from None
    if target.is_dir():
        raise _unwritable(target.name, _("it is a folder"), WRITABLE_FILE)


def check_folder(folder: Path) -> None:
    """`BadInput` if `folder` could not be made or written into; nothing is left behind."""
    try:
        there = next(part for part in (folder, *folder.absolute().parents) if part.exists())
        tempfile.TemporaryFile(dir=there).close()
    except OSError as error:
        raise not_written(folder.name, error, WRITABLE_FOLDER) from None


def reason(error: OSError) -> str | Sayable:
    """Why the system did not do it."""
    if is_disk_full(error):
        return _("the disk is full")
    return error.strerror or type(error).__name__


@contextmanager
def permitted() -> Iterator[None]:
    """`BadInput` that names a file which this user may not use, where nobody has said more."""
    try:
        yield
    except PermissionError as error:
        where = _("a file") if error.filename is None else str(error.filename)
        problem = _("may not be used by the user who runs this ({reason}).", reason=reason(error))
        raise BadInput([Fault(where, problem, OWN_FILES)]) from None


def is_disk_full(error: BaseException | None) -> bool:
    """Whether an error, or what it came from, says that nothing more can be written.

    Libraries put it into words of their own.
    """
    if error is None:
        return False
    code = error.errno if isinstance(error, OSError) else None
    words = any(said in str(error).lower() for said in DISK_FULL_WORDS)
    return code in DISK_FULL or words or is_disk_full(error.__cause__ or error.__context__)


def not_written(where: str, error: OSError, otherwise: Sayable) -> BadInput:
    """What is raised where the system did not write a file or folder, with what to do about it."""
    remedy = MORE_ROOM if is_disk_full(error) else otherwise
    return _unwritable(where, reason(error), remedy)


def _unwritable(where: str, why: str | Sayable, remedy: Sayable) -> BadInput:
    return BadInput([Fault(where, _("cannot be written ({reason}).", reason=why), remedy)])
