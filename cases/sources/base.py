"""The contract of a source, and reading a file without trusting it.

A source turns one file into a `Reading`: a frame of raw columns, named as the file names
them, and what a person should know of how it was read. Values are text, or the file's own
types where it has types; blank is null; one row of the frame is one row of the file, in its
order. Whatever is wrong with the file is raised as `Unreadable`. Files are hostile until
read: sizes are bounded on disk and unpacked, and nothing in a file makes a source open
another one.
"""

from __future__ import annotations

import gzip
import io
import os
import stat
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, cast

import polars as pl

from cases.errors import Fault
from cases.files import reason
from cases.language.messages import Sayable, _, listed
from cases.progress import Progress

LARGEST_FILE = 4 * 2**30  # bytes, as stored
LARGEST_CONTENT = 2 * 2**30  # bytes, unpacked, unless the office file says otherwise
SMALL_CONTENT = 256 * 2**20  # bytes that a packed file may always unpack to
MOST_UNPACKED = 100  # times its stored size, beyond that; packed tables take about a tenth
LONGEST_CELL = 1_000_000  # letters
MOST_COLUMNS = 2_000
LESS = _("Ask for less: leave out columns and years, and join tables on a key.")
PIECE = 2**20  # bytes read at a time


class Unreadable(Exception):
    """A file that cannot be turned into a table: what is wrong and what to do, and where."""

    def __init__(
        self,
        problem: Sayable,
        remedy: Sayable,
        row: int | None = None,
        column: str | None = None,
    ) -> None:
        super().__init__(str(problem), str(remedy), row, column)
        self.problem, self.remedy, self.row, self.column = problem, remedy, row, column

    def at(self, where: str) -> Fault:
        """As a fault of what is called `where`."""
        return Fault(where, self.problem, self.remedy, self.row, self.column)


@dataclass(frozen=True)
class Layout:
    """How a file is laid out, as the office file says or as it was found; None: not said.

    `header_row` is the last row of the header, counted as `Reading.rows` are.
    `decimal` stands before the decimals where a source writes numbers as text.
    `largest_gib` is the most it may hold unpacked, in GiB.
    """

    encoding: str | None = None
    separator: str | None = None
    sheet: str | None = None
    header_row: int | None = None
    decimal: str = "."
    largest_gib: float | None = None


@dataclass(frozen=True)
class Doubt:
    """What may be wrong with a table that can be read, and what to do.

    With a `column` it is a fault of the tables that use it.
    """

    problem: Sayable
    remedy: Sayable
    column: str | None = None


@dataclass(frozen=True)
class Reading:
    """A table as it stands in a file, and how it was read.

    `rows` holds for each row of `frame` its number in the file, as a spreadsheet counts: the
    first row is 1, blank rows count. `layout` is what was found or said; `notes` are sentences
    about what was found and done, for the person who must see that it is right. `unread` names
    the columns whose type is not read, and that type. `doubts` are for warnings.
    """

    frame: pl.DataFrame
    rows: pl.Series
    layout: Layout = field(default=Layout())
    notes: tuple[Sayable, ...] = ()
    unread: Mapping[str, str] = field(default_factory=dict)
    doubts: tuple[Doubt, ...] = ()


def whole(frame: pl.DataFrame, *notes: Sayable) -> Reading:
    """The reading of a file with a header in row 1 and each row of `frame` below it."""
    rows = pl.int_range(2, frame.height + 2, dtype=pl.Int64, eager=True)
    return Reading(frame, rows, notes=notes)


@dataclass(frozen=True)
class Database:
    """A query to a database; `url` has no password, `password_env` names where it stands.

    `decimal` is what the office reads before the decimals of a number, so it is written so.
    """

    url: str
    password_env: str
    sql: str
    decimal: str = "."


@dataclass(frozen=True)
class Source:
    """A kind of file: the endings it is known by and the function that reads it."""

    endings: tuple[str, ...]
    read: Callable[[Path, Layout, Progress], Reading]


@contextmanager
def stored(path: Path) -> Iterator[IO[bytes]]:
    """The file at `path`; `Unreadable` if it is absent, not a file, or above `LARGEST_FILE`."""
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            about = os.fstat(file.fileno())
            if not stat.S_ISREG(about.st_mode):
                raise _no_file()
            if about.st_size > LARGEST_FILE:
                raise too_big(LARGEST_FILE)
            yield file
    except FileNotFoundError:
        raise Unreadable(
            _("is not there."), _("Put it into the data folder, or name the folder with --data.")
        ) from None
    except IsADirectoryError:
        raise _no_file() from None
    except OSError as error:
        raise Unreadable(
            _("cannot be opened ({reason}).", reason=reason(error)),
            _("Check that it is a file and that you may read it."),
        ) from None


def _no_file() -> Unreadable:
    problem = _("is not a file but a folder, a device or a pipe.")
    return Unreadable(problem, _("Name a file that holds the table."))


def _without_waiting(path: str, flags: int) -> int:
    """Open a file; a pipe that nobody writes to is opened too, instead of waiting for it."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


@contextmanager
def content_of(path: Path, layout: Layout, progress: Progress) -> Iterator[Bounded]:
    """The bytes of `path`, unpacked if it ends in `.gz`; progress is reported as they are read.

    Raises `Unreadable` as `stored` does, and if the file is not whole or unpacks to
    more than it may.
    """
    with stored(path) as file:
        counted = _Counted(file, path.name, progress)
        packed = path.name.lower().endswith(".gz")
        limit = most_content(layout, counted.size if packed else None)
        stream = gzip.GzipFile(fileobj=cast("IO[bytes]", counted)) if packed else counted
        try:
            yield Bounded(stream, limit)
        except (gzip.BadGzipFile, EOFError, zlib.error):
            problem, remedy = _("is not a whole gzip file."), _("Fetch or pack it again.")
            raise Unreadable(problem, remedy) from None


def most_content(layout: Layout, packed_size: int | None = None) -> int:
    """The most bytes a file may hold unpacked; `packed_size` is what a packed one takes.

    >>> most_content(Layout(largest_gib=1)) == 2**30
    True
    """
    if layout.largest_gib is not None:
        return int(layout.largest_gib * 2**30)
    if packed_size is None:
        return LARGEST_CONTENT
    return min(LARGEST_CONTENT, max(SMALL_CONTENT, MOST_UNPACKED * packed_size))


def left_out(unread: Mapping[str, str]) -> tuple[Sayable, ...]:
    """What is said about the columns whose type is not read."""
    if not unread:
        return ()
    shown = listed(f"{column} ({kind})" for column, kind in unread.items())
    return (_("Left out for their type: {columns}.", columns=shown),)


def too_big(limit: int) -> Unreadable:
    """The fault of a file beyond `limit` bytes."""
    return Unreadable(
        _("holds more than {size:.3g} GiB.", size=limit / 2**30),
        _("Leave out columns or years, or allow more with `largest_gib` in the office file."),
    )


def took_too_long(seconds: int) -> Unreadable:
    """The fault of a query or a file that keeps a computer busy."""
    problem = _("took more than {seconds:,} seconds.", seconds=seconds)
    return Unreadable(problem, LESS)


def took_too_much(memory: int) -> Unreadable:
    """The fault of a query or a file that fills the memory, in bytes."""
    problem = _("took more than {gib:.3g} GiB of memory.", gib=memory / 2**30)
    return Unreadable(problem, LESS)


def long_cell(row: int | None = None, column: str | None = None) -> Unreadable:
    """The fault of a cell beyond `LONGEST_CELL`."""
    problem = _("has a cell of more than {most:,} letters.", most=LONGEST_CELL)
    return Unreadable(problem, _("Shorten it, or leave out its column."), row, column)


def no_such_row(row: int) -> Unreadable:
    """The fault of a `header_row` beyond the table."""
    problem = _("has no row {row}, which the office file gives as its header.", row=row)
    return Unreadable(problem, _("Correct `header_row`."))


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
        self.size, self._read = os.fstat(file.fileno()).st_size, 0

    def read(self, size: int = -1) -> bytes:
        piece = self._file.read(size)
        self._read += len(piece)
        self._progress(self._name, min(1.0, self._read / max(self.size, 1)))
        return piece


class Bounded:
    """A stream that does not go on for ever, as a small file that unpacks to a huge one would."""

    def __init__(self, stream: gzip.GzipFile | _Counted, limit: int) -> None:
        self._stream, self._limit, self._left = stream, limit, limit

    def read(self, size: int = PIECE) -> bytes:
        """The next bytes, at most `size`; `Unreadable` beyond the limit in all."""
        piece = self._stream.read(size)
        self._left -= len(piece)
        if self._left < 0:
            raise too_big(self._limit)
        return piece

    def whole(self) -> bytes:
        """All bytes that are left, held once."""
        content = io.BytesIO()
        while piece := self.read():
            content.write(piece)
        return content.getvalue()
