"""The letters of a text file: how they are written is found or said; none is ever lost."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from itertools import islice

import numpy as np
import pyarrow as pa

from cases.language.messages import _
from cases.sources.base import PIECE, Doubt, Unreadable

UTF_32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
LOST = "\ufffd".encode()  # what stands where a program could not write a letter
TRIED = 10_000  # letters that show whether a text is Chinese
# Lead bytes of the frequent Chinese characters (GB 2312, level 1), and of punctuation and letters.
# Words of alphabets whose letters UTF-8 writes in two bytes, each in one script, and signs.
ALPHABETS = re.compile(
    r"(?=.*[A-Za-z])[A-Za-z\xa0-\u024f\u0300-\u036f]+|[\xa0-\xbf\xd7\xf7]+|[\u0370-\u03ff]+"
    r"|[\u0400-\u045f\xab\xbb\xa0]+|[\u0531-\u058a]+|[\u05d0-\u05f4]+|[\u060c-\u06f9]+"
)
NOT_ASCII = re.compile(rb"[^\x00-\x7f]")
BEYOND_ASCII = re.compile(r"[A-Za-z]*[^\x00-\x7f][A-Za-z\x80-\u07ff]*")
THREE_BYTES = 0xE0  # a letter that begins so or above is beyond U+07FF, as all Chinese are
FREQUENT, SIGNS = range(0xB0, 0xD8), range(0xA1, 0xA5)
LEAST_FREQUENT = 0.6  # of the letters beyond ASCII; text in any other encoding has about a third


def in_utf8(content: bytes, said: str | None) -> tuple[bytes, str]:
    """The text as UTF-8 without a mark, and the encoding it was written in.

    `said` is the encoding that the office file gives; else a mark, zeros (UTF-16), strict
    UTF-8 and strict GB18030 decide in this order. Raises `Unreadable` if the text is not in
    that encoding, could be in two, or holds letters that were lost before.
    """
    if content.startswith(UTF_32):
        raise Unreadable(_("is UTF-32 text, which is not read."), _('Save it as "CSV UTF-8".'))
    marked = next((name for mark, name in MARKS.items() if content.startswith(mark)), None)
    encoding = said or marked or ("utf-16" if _zeros(content) else "utf-8")
    if encoding != "utf-8":
        unmarked = encoding == "utf-16" and marked is None
        text = _transcoded(content, _zeros(content) or encoding if unmarked else encoding)
    elif _is_utf8(content):
        text = content.removeprefix(codecs.BOM_UTF8)
        if said is None and marked is None:
            _check_not_chinese(content)
    else:
        encoding, text = _chinese(content, said)
    if LOST in text:
        problem = _("holds the sign U+FFFD: letters were lost when it was exported.")
        raise Unreadable(problem, _("Export it again as UTF-8."), _row(text, text.index(LOST)))
    return text, encoding


def doubts(encoding: str, said: str | None) -> tuple[Doubt, ...]:
    """What may be wrong with an encoding that was found: others of East Asia look like Chinese."""
    if said is not None or encoding != "gb18030":
        return ()
    problem = _("is read as Chinese text in GB18030, which is a guess.")
    remedy = _(
        "Look whether its sample can be read; then give the table's `encoding` in the office file."
    )
    return (Doubt(problem, remedy),)


def called(encoding: str) -> str:
    """What people call an encoding.

    >>> called("utf-16-le")
    'UTF-16'
    """
    return encoding.upper().removesuffix("-LE").removesuffix("-BE")


def _zeros(content: bytes) -> str | None:
    """UTF-16 without a mark, by the zero bytes that its ASCII letters have."""
    start = content[:TRIED]
    high, low = start[1::2].count(0), start[::2].count(0)
    if (high + low) * 10 < len(start):
        return None
    return "utf-16-le" if high >= low else "utf-16-be"


def _is_utf8(content: bytes) -> bool:
    """Whether it is, checked by Arrow, which is several times as fast as decoding it."""
    ends = pa.array([0, len(content)], pa.int64()).buffers()[1]
    text = pa.LargeStringArray.from_buffers(1, ends, pa.py_buffer(content))
    try:
        text.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _transcoded(content: bytes, encoding: str) -> bytes:
    """The content in UTF-8; `Unreadable` if it is not in `encoding`."""
    text = io.BytesIO()
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        for start in range(0, len(content), PIECE):
            text.write(decoder.decode(content[start : start + PIECE]).encode())
        decoder.decode(b"", final=True)
    except UnicodeError:
        raise _not_in(encoding, text.getvalue()) from None
    return text.getvalue().removeprefix(codecs.BOM_UTF8)


def _not_in(encoding: str, before: bytes) -> Unreadable:
    """The fault of a text whose letters are in `encoding` only as far as `before`."""
    problem = _("is not {encoding} text.", encoding=called(encoding))
    return Unreadable(problem, _('Save it as "CSV UTF-8".'), _row(before, len(before)))


def _chinese(content: bytes, said: str | None) -> tuple[str, bytes]:
    """A text that is not UTF-8 as GB18030, if it is Chinese and may be; else `Unreadable`."""
    good = _good_utf8(content)
    if said is not None:
        raise _not_in("utf-8", content[:good])
    try:
        text = _transcoded(content, "gb18030")
    except Unreadable:
        raise _not_in("utf-8", content[:good]) from None
    if not _looks_chinese(text):
        problem = _("is not UTF-8 text, and in no other encoding for sure.")
        remedy = _('Save it as "CSV UTF-8", or give the table\'s `encoding` in the office file.')
        raise Unreadable(problem, remedy, _row(content, good))
    return "gb18030", text


def _check_not_chinese(content: bytes) -> None:
    """`Unreadable` if short Chinese text in GB18030 is UTF-8 by chance.

    Then its letters are a jumble of alphabets.
    """
    if content.isascii() or np.frombuffer(content, np.uint8).max() >= THREE_BYTES:
        return
    words = list(islice(_words_beyond_ascii(content), TRIED))
    strange = sum(ALPHABETS.fullmatch(word) is None for word in words)
    if strange * 2 < len(words):
        return
    try:
        text = _transcoded(content, "gb18030")
    except Unreadable:
        return
    if _looks_chinese(text):
        problem = _("could be UTF-8 text, or Chinese text in GB18030.")
        remedy = _("Say which with `encoding` in the office file.")
        first = NOT_ASCII.search(content)
        raise Unreadable(problem, remedy, _row(content, first.start() if first else 0))


def _words_beyond_ascii(text: bytes) -> Iterator[str]:
    for line in io.TextIOWrapper(io.BytesIO(text), encoding="utf-8"):
        if not line.isascii():
            yield from BEYOND_ASCII.findall(line)


def _good_utf8(content: bytes) -> int:
    """How many bytes at the start are UTF-8."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return len(content)


def _looks_chinese(text: bytes) -> bool:
    """Whether the letters beyond ASCII are mostly the frequent ones of Chinese."""
    letters = [letter.encode("gb18030") for letter in islice(_beyond_ascii(text), TRIED)]
    frequent = sum(len(one) == 2 and one[0] in (*FREQUENT, *SIGNS) for one in letters)  # noqa: PLR2004  bytes
    return frequent >= LEAST_FREQUENT * len(letters)


def _beyond_ascii(text: bytes) -> Iterator[str]:
    for line in io.TextIOWrapper(io.BytesIO(text), encoding="utf-8"):
        yield from (letter for letter in line if not letter.isascii())


def _row(text: bytes, position: int) -> int:
    """The line that a position is in."""
    return text.count(b"\n", 0, position) + 1
