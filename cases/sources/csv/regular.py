"""Whether a CSV is regular, found by looking at its bytes many at a time.

In a regular CSV every row has as many cells as the header (or is blank), quotation marks
stand only around cells and doubled inside them, and there are no control characters. Any
reader reads it alike. Polars' reader alone would fill up rows that are too short, and take
what follows a closing mark for part of a cell.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cases.sources.base import LONGEST_CELL

PIECE = 2**18  # bytes looked at together, so that they stay in the cache
QUOTE, LINE_FEED, RETURN, TAB, SPACE, DELETE = b'"\n\r\t \x7f'
Bytes = NDArray[np.uint8]
Positions = NDArray[np.int64]


@dataclass
class _Seen:
    """What was counted so far."""

    quoted: bool = False  # whether the last byte is within quotation marks
    separators: int = 0
    rows: int = 0  # that are not blank
    line_end: int = -1  # position of the last


def is_regular(content: bytes, separator: str, width: int) -> bool:
    """Whether `content`, which begins with its header, is regular with rows of `width` cells.

    True also if some rows are too short and others too long by as much in all: a reader that
    refuses long rows finds those.
    """
    if b"\r" in content and content.count(b"\r") != content.count(b"\r\n"):
        return False
    data = np.frombuffer(content, np.uint8)
    mark, seen = ord(separator), _Seen()
    for start in range(0, data.size, PIECE):
        if not _piece_is_regular(data, start, mark, seen):
            return False
    last = data.size - 1 - seen.line_end
    seen.rows += last > 0
    whole = not seen.quoted and last <= LONGEST_CELL
    return whole and seen.separators == (width - 1) * seen.rows


def _piece_is_regular(data: Bytes, start: int, mark: int, seen: _Seen) -> bool:
    """Look at the piece that begins at `start`, and count what is in it."""
    piece = data[start : start + PIECE]
    if _has_control(piece):
        return False
    marks = piece == QUOTE
    quotes = np.flatnonzero(marks)
    ends = np.flatnonzero(piece == LINE_FEED)
    separates = piece == mark
    if not quotes.size and not seen.quoted:
        seen.separators += int(np.count_nonzero(separates))
    elif _well_placed(data, quotes + start, mark, quoted=seen.quoted):
        inside = _inside(marks, quoted=seen.quoted)
        outside = np.packbits(separates, bitorder="little") & ~inside
        seen.separators += int(np.bitwise_count(outside).sum())
        ends = ends[(inside[ends >> 3] >> (ends & 7).astype(np.uint8)) & 1 == 0]
        seen.quoted ^= bool(quotes.size % 2)
    else:
        return False
    return _lines_are_short(data, ends + start, seen)


def _has_control(piece: Bytes) -> bool:
    """Whether it has control characters, tabs and line ends aside."""
    low = np.count_nonzero(piece < SPACE)
    usual = sum(np.count_nonzero(piece == one) for one in (TAB, LINE_FEED, RETURN)) if low else 0
    return bool(low > usual or np.count_nonzero(piece == DELETE))


def _well_placed(data: Bytes, quotes: Positions, mark: int, *, quoted: bool) -> bool:
    """Whether marks that open follow a separator, and one follows those that close.

    Opening and closing ones alternate; a doubled one closes and opens again.
    """
    opening, closing = quotes[int(quoted) :: 2], quotes[1 - int(quoted) :: 2]
    before = data[opening[opening > 0] - 1]
    after = data[closing[closing < data.size - 1] + 1]
    opens = (before == mark) | (before == LINE_FEED) | (before == QUOTE)
    closes = (after == mark) | (after == LINE_FEED) | (after == RETURN) | (after == QUOTE)
    return bool(opens.all() and closes.all())


def _inside(marks: NDArray[np.bool_], *, quoted: bool) -> Bytes:
    """A bit for each byte, lowest first: whether an odd number of marks stands up to it.

    A prefix sum without carries, 64 bytes at a time (Langdale and Lemire 2019, "Parsing
    gigabytes of JSON per second", section 3.1.1).
    """
    bits = np.packbits(marks, bitorder="little")
    words = np.zeros(-(-bits.size // 8), np.uint64)
    words.view(np.uint8)[: bits.size] = bits
    for shift in (1, 2, 4, 8, 16, 32):
        words ^= words << np.uint64(shift)
    odd = np.bitwise_xor.accumulate(words >> np.uint64(63))
    before = np.concatenate([[np.uint64(quoted)], odd[:-1] ^ np.uint64(quoted)])
    words ^= np.uint64(0) - before
    return words.view(np.uint8)[: bits.size]


def _lines_are_short(data: Bytes, ends: Positions, seen: _Seen) -> bool:
    """Count the rows that end at `ends`; whether none is longer than a cell may be."""
    if not ends.size:
        return True
    lengths = np.diff(ends, prepend=seen.line_end)
    blank = (lengths == 1) | ((lengths == len(b"\r\n")) & (data[ends - 1] == RETURN))
    seen.rows += int(ends.size - np.count_nonzero(blank))
    seen.line_end = int(ends[-1])
    return bool(lengths.max() <= LONGEST_CELL)
