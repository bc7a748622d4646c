"""One manifest a folder: each file with its hash, and the mark that all of them were written.

`write_folder` writes the manifest last. A folder in which it stopped halfway is known as such
and may be written again; one that is complete is never written over. The manifest's own hash,
kept somewhere else, binds every byte of the folder. Without it, anyone who changes a file can
renew the manifest too: then only what can be computed again is known.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from cases.errors import BadInput, Fault, Refused, shorten
from cases.files import WRITABLE_FOLDER, not_written
from cases.files import check_folder as check_writable
from cases.integrity.canonical import HASH, Domain, digest, stream_digest
from cases.integrity.document import Document, plain_file
from cases.language.messages import Sayable, _, sentences
from cases.office.base import Model

MANIFEST = "manifest.json"
UNFINISHED = "manifest.json.unfinished"  # there as long as files are being written
LARGEST_MANIFEST = 1_000_000  # bytes
LARGEST_FILE = 2 * 2**30  # bytes
MOST_FILES = 100
NAME = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$"

FileName = Annotated[str, Field(pattern=NAME)]
Write = Callable[[Path], object]


class KeptFile(Model):
    """What the manifest says of a file."""

    size: int = Field(ge=0, le=LARGEST_FILE, description="bytes")
    sha256: str = Field(pattern=HASH, description="`stream_digest` of its bytes")


class Manifest(Document):
    """The files of a folder by name, and what made them (`about`: JSON values)."""

    format: Literal[1] = 1
    about: dict[str, Any]
    files: dict[FileName, KeptFile] = Field(max_length=MOST_FILES)

    @property
    def hash(self) -> str:
        """SHA-256 (hex) of its text: to publish, or to keep in another place."""
        return digest(Domain.MANIFEST, self.text)


def check_new_folder(folder: Path, names: Collection[str]) -> None:
    """`BadInput` unless files of these `names` could be written into `folder`.

    It must be new, empty, or one in which writing them stopped halfway. Drawing until the
    result suits and keeping only the last is what a draw must rule out.
    """
    there = {entry.name for entry in folder.iterdir()} if folder.is_dir() else set()
    stopped = (folder / UNFINISHED).is_file() and not (folder / UNFINISHED).is_symlink()
    for name in sorted(there - ({UNFINISHED, *names} if stopped else set()))[:1]:
        problem = _("already holds something ({file}).", file=shorten(name))
        raise BadInput([Fault(str(folder), problem, _("Name another folder."))])
    check_writable(folder)


def write_folder(
    folder: Path,
    files: Mapping[str, Write],
    about: Mapping[str, Any] | None = None,
    leftovers: Collection[str] = (),
) -> Manifest:
    """Write each of `files` at its path in `folder`, and then the manifest, which is returned.

    `leftovers` are names that an attempt which stopped halfway may have left; they are removed.
    `BadInput` if the folder is not new (`check_new_folder`) or a file cannot be written.
    """
    check_new_folder(folder, {*files, *leftovers})
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / UNFINISHED).touch()
        for name in leftovers:
            (folder / name).unlink(missing_ok=True)
        return _write_all(folder, files, dict(about or {}))
    except OSError as error:
        raise not_written(str(folder), error, WRITABLE_FOLDER) from None


def _write_all(folder: Path, files: Mapping[str, Write], about: dict[str, Any]) -> Manifest:
    """Write the files, then the manifest into the mark, which then becomes the manifest."""
    kept = {name: _written(folder / name, write) for name, write in files.items()}
    manifest = Manifest(about=about, files=kept)
    unfinished = folder / UNFINISHED
    unfinished.write_text(manifest.text, "utf-8")
    _onto_disk(unfinished)
    unfinished.replace(folder / MANIFEST)
    return manifest


def _written(path: Path, write: Write) -> KeptFile:
    """Write a file, over none and through no link."""
    path.unlink(missing_ok=True)
    write(path)
    return _onto_disk(path)


def _onto_disk(path: Path) -> KeptFile:
    """See a file onto the disk before the next step, and say what it is."""
    with plain_file(path) as (file, size):
        os.fsync(file.fileno())
        return KeptFile(size=size, sha256=stream_digest(Domain.FILE, file))


def has_manifest(folder: Path) -> bool:
    """Whether `folder` was written with a manifest, complete or not."""
    return any(os.path.lexists(folder / name) for name in (MANIFEST, UNFINISHED))


def read_manifest(folder: Path) -> Manifest:
    """The manifest of `folder`; `BadInput` if there is none, or it is not as it was written."""
    problem, remedy = _("is not a manifest."), _("Fetch the folder again from where it is kept.")
    try:
        return Manifest.read(folder / MANIFEST, LARGEST_MANIFEST)
    except FileNotFoundError:
        problem = _("is not there.")
        if os.path.lexists(folder / UNFINISHED):
            problem = _("is not there: writing the folder stopped halfway.")
            remedy = _("Run the command again that was to write it.")
    except (OSError, ValueError):
        pass
    raise BadInput([Fault(MANIFEST, problem, remedy)])


def differences(folder: Path, published: str | None = None) -> list[Sayable]:
    """Everything in which `folder` is not what its manifest says, by name of the file.

    `published` is the manifest's hash as it was kept in another place, if it was. Raises as
    `read_manifest`.
    """
    return _differences(folder, read_manifest(folder), published)


def check_folder(folder: Path, published: str | None = None) -> Manifest:
    """The manifest of `folder`; `Refused` with every difference if a file is not as it says.

    Raises as `read_manifest`, too.
    """
    manifest = read_manifest(folder)
    problems = _differences(folder, manifest, published)
    if problems:
        what = sentences(*problems)
        raise Refused(
            _("{folder} is not as it was written: {problems}", folder=folder.name, problems=what)
        )
    return manifest


def _differences(folder: Path, manifest: Manifest, published: str | None) -> list[Sayable]:
    problems: list[Sayable] = []
    if published is not None and manifest.hash != published.strip().lower():
        problems.append(_("{file} is not the one whose hash was published.", file=MANIFEST))
    names = {entry.name for entry in folder.iterdir()} - {MANIFEST}
    for name in sorted(names | manifest.files.keys()):
        problem = _difference(folder / name, manifest.files.get(name))
        problems += [] if problem is None else [problem]
    return problems


def _difference(path: Path, kept: KeptFile | None) -> Sayable | None:
    """In what a file is not what the manifest says; one of another size is not read."""
    name = shorten(path.name)
    if kept is None:
        return _("{file} is not in the manifest.", file=name)
    try:
        with plain_file(path) as (file, size):
            if size != kept.size:
                sizes = {"size": size, "kept": kept.size}
                return _("{file} has {size:,} bytes instead of {kept:,}.", file=name, **sizes)
            if stream_digest(Domain.FILE, file) != kept.sha256:
                return _("{file} has other content than was written.", file=name)
    except FileNotFoundError:
        return _("{file} is missing.", file=name)
    except OSError:
        return _("{file} is not a plain file that can be read.", file=name)
    return None
