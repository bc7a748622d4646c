"""The contract of a source, and reading a file without trusting it.

A source turns one file into a frame of raw columns, named as the file names them.
Values are text, or the file's own types where it has types; blank is null; one row
of the frame is one row of the file, in its order. Whatever is wrong with the file
is raised as `Unreadable`. Files are hostile until read: sizes are bounded on disk
and unpacked, and nothing in a file makes a source open another one.
"""

from __future__ import annotations

import gzip
import os
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

import polars as pl

from cases.files import reason
from cases.language.messages import Sayable, _
from cases.progress import Progress

LARGEST_FILE = 4 * 2**30  # bytes, as stored
LARGEST_CONTENT = 8 * 2**30  # bytes, unpacked
MOST_COLUMNS = 2_000
PIECE = 2**20  # bytes read at a time


class Unreadable(Exception):
    """A file that cannot be turned into a table: what is wrong and what to do."""

    def __init__(self, problem: Sayable, remedy: Sayable, row: int | None = None) -> None:
        super().__init__(str(problem), str(remedy), row)
        self.problem, self.remedy, self.row = problem, remedy, row


@dataclass(frozen=True)
class Source:
    """A kind of file: the endings it is known by and the function that reads it."""

    endings: tuple[str, ...]
    read: Callable[[Path, Progress], pl.DataFrame]


@contextmanager
def stored(path: Path) -> Iterator[IO[bytes]]:
    """The file at `path`; `Unreadable` if it is absent, not a file, or above `LARGEST_FILE`."""
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size > LARGEST_FILE:
                raise too_big(LARGEST_FILE)
            yield file
    except FileNotFoundError:
        raise Unreadable(
            _("is not there."), _("Put it into the data folder, or name the folder with --data.")
        ) from None
    except OSError as error:
        raise Unreadable(
            _("cannot be opened ({reason}).", reason=reason(error)),
            _("Check that it is a file and that you may read it."),
        ) from None


@contextmanager
def content_of(path: Path, progress: Progress) -> Iterator[Bounded]:
    """The bytes of `path`, unpacked if it ends in `.gz`; progress is reported as they are read.

    Raises `Unreadable` as `stored` does, and if the file is not whole or unpacks to
    more than `LARGEST_CONTENT`.
    """
    with stored(path) as file:
        counted = _Counted(file, path.name, progress)
        packed = path.name.lower().endswith(".gz")
        try:
            yield Bounded(gzip.GzipFile(fileobj=cast("IO[bytes]", counted)) if packed else counted)
        except (gzip.BadGzipFile, EOFError, zlib.error):
            problem, remedy = _("is not a whole gzip file."), _("Fetch or pack it again.")
            raise Unreadable(problem, remedy) from None


def too_big(limit: int) -> Unreadable:
    """The fault of a file beyond `limit` bytes."""
    return Unreadable(
        _("holds more than {size:.3g} GiB.", size=limit / 2**30),
        _("Split it, or leave out columns or years."),
    )


def checked_names(names: list[str]) -> list[str]:
    """Column names without blanks around them; one without a name is called by its number.

    Raises `Unreadable` if two are equal or there are more than `MOST_COLUMNS`.

    >>> checked_names([" case_id", ""])
    ['case_id', 'column 2']
    """
    if len(names) > MOST_COLUMNS:
        problem = _("has more than {most:,} columns.", most=MOST_COLUMNS)
        raise Unreadable(problem, _("Leave out what is not used."))
    names = [name.strip() or f"column {number}" for number, name in enumerate(names, start=1)]
    twice = sorted(name for name, count in Counter(names).items() if count > 1)
    if twice:
        problem = _("has two columns named `{name}`.", name=twice[0])
        raise Unreadable(problem, _("Rename or remove one of them."))
    return names


class _Counted:
    """A file that reports how much of it has been read."""

    def __init__(self, file: IO[bytes], name: str, progress: Progress) -> None:
        self._file, self._name, self._progress = file, name, progress
        self._size, self._read = os.fstat(file.fileno()).st_size, 0

    def read(self, size: int = -1) -> bytes:
        piece = self._file.read(size)
        self._read += len(piece)
        self._progress(self._name, min(1.0, self._read / max(self._size, 1)))
        return piece


class Bounded:
    """A stream that does not go on for ever, as a small file that unpacks to a huge one would."""

    def __init__(self, stream: gzip.GzipFile | _Counted) -> None:
        self._stream, self._left = stream, LARGEST_CONTENT

    def read(self, size: int = PIECE) -> bytes:
        """The next bytes, at most `size`; `Unreadable` beyond `LARGEST_CONTENT` in all."""
        piece = self._stream.read(size)
        self._left -= len(piece)
        if self._left < 0:
            raise too_big(LARGEST_CONTENT)
        return piece
