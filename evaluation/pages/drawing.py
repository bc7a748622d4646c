"""How a chart becomes an SVG text: axes, ticks, words that the page's font draws.

Words are SVG text without a font of their own: the page that holds the picture draws them.
Matplotlib knows the widths of Latin letters only, so any other text is laid out as a
ticket of the same width and put in its place afterwards.
"""

from __future__ import annotations

import io
import math
import re
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import Formatter

from cases.language.catalogues import Language
from cases.language.formats import formatted
from cases.language.messages import say

STYLE = {
    "svg.hashsalt": "plumbline",
    "svg.fonttype": "none",
    "font.size": 10,
    "axes.titlesize": 10,
    "text.parse_math": False,
}
GREY = "#777777"
FAINT = "#dddddd"
WIDE = 1.8  # width of an ideograph in Latin letters
MOST_DIGITS, TINY = 3, 1e-9  # of the numbers on an axis
MOST_LABELS = 8  # names on an axis; of more, every second or third is written
TICKET = re.compile(r"—(\d+)—+")  # no text in plain ASCII has such a dash
FONT = re.compile(r" font-family: [^;\"]*;?")


@dataclass
class Chart:
    """A picture being drawn, with the language of its words."""

    canvas: Canvas
    language: Language
    tickets: list[str] = field(default_factory=list)

    def words(self, value: object, width: int = 0, lines: int = 1) -> str:
        """A text for the picture; with a `width` (in Latin letters) broken into `lines`."""
        parts = lines_of(value, self.language, width, lines)
        return "\n".join(part if part.isascii() else self._ticket(part) for part in parts)

    def _ticket(self, text: str) -> str:
        """A text of about the same width that any font can draw."""
        number = str(len(self.tickets))
        self.tickets.append(text)
        dashes = (
            round((width_of(text) - len(number)) / WIDE) - 1
        )  # a dash is as wide as an ideograph
        return f"—{number}—" + "—" * (dashes - 1)

    def title(self, axes: Any, *, up: object = "", across: object = "", width: int = 0) -> None:
        """What the axes show: the upright one above it, where it can be read without turning."""
        axes.set_title(self.words(up, width, 2), loc="left")
        axes.set_xlabel(self.words(across))

    def name_places(self, axes: Any, names: Sequence[object]) -> None:
        """Names along the horizontal axis, some of them where there are many."""
        step = -(-len(names) // MOST_LABELS) or 1
        places = range(0, len(names), step)
        axes.set_xticks(list(places), [self.words(names[place], 14, 2) for place in places])

    def legend(self, columns: int = 3) -> None:
        """The names of what is drawn, below the picture."""
        drawn: dict[str, Any] = {}
        for axes in self.canvas.axes:
            for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
                drawn.setdefault(label, handle)
        self.canvas.legend(
            drawn.values(), drawn.keys(),
            loc="outside lower center", ncols=columns, frameon=False,
        )  # fmt: skip

    def svg(self) -> str:
        """The picture, the same bytes on every run."""
        text = io.StringIO()
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        self.canvas.savefig(text, format="svg", metadata=nothing)
        plain = FONT.sub("", text.getvalue())
        return TICKET.sub(lambda ticket: escape(self.tickets[int(ticket[1])]), plain)


class Ticks(Formatter):
    """Numbers along an axis as the language writes them; shares in per cent."""

    def __init__(self, language: Language, *, shares: bool) -> None:
        self.language, self.shares = language, shares

    def __call__(self, value: float, pos: int | None = None) -> str:
        """One number."""
        del pos
        return self.format_ticks([value])[0]

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        """All numbers of an axis with as many decimals as they need to differ."""
        scale, kind = (100, "%") if self.shares else (1, "f")
        fits = (n for n in range(MOST_DIGITS) if all(_is_round(scale * v, n) for v in values))
        digits = next(fits, MOST_DIGITS)
        return [formatted(float(value), f".{digits}{kind}", self.language) for value in values]


def _is_round(value: float, digits: int) -> bool:
    return math.isclose(value, round(value, digits), abs_tol=TINY)


@contextmanager
def chart(
    language: Language, width: float = 6.4, panels: int = 1, height: float = 3.1
) -> Iterator[tuple[Chart, Any]]:
    """A picture of `width` and `height` inches, and its axes: one, or `panels` below each other."""
    with mpl.rc_context(STYLE):
        canvas = Canvas(figsize=(width, height), layout="constrained")
        axes = canvas.subplots(panels, 1)
        for panel in canvas.axes:
            panel.spines[["top", "right"]].set_visible(False)
            panel.grid(axis="y", color=FAINT, linewidth=0.6)
            panel.set_axisbelow(True)
        yield Chart(canvas, language), axes


def lines_of(value: object, language: Language, width: int, most: int) -> list[str]:
    """A text in a language as one line, or with a `width` as at most so many lines."""
    text = " ".join(say(value, language).split())
    return broken(text, width, most) if width else [text]


def width_of(text: str) -> float:
    """How wide a text is, in Latin letters: a wide character of East Asia takes `WIDE`.

    >>> width_of("AUC"), width_of("\N{FULLWIDTH LATIN CAPITAL LETTER A}" * 2)
    (3.0, 3.6)
    """
    return sum(WIDE if unicodedata.east_asian_width(letter) in "WF" else 1.0 for letter in text)


def broken(text: str, width: float, lines: int) -> list[str]:
    """The text in at most `lines` lines no wider than `width`, cut with an ellipsis if need be.

    >>> broken("days from opening to closing", 12, 2)
    ['days from', 'opening to…']
    """
    parts: list[str] = []
    while text and len(parts) < lines:
        head = _head(text, width)
        parts.append(head.rstrip())
        text = text[len(head) :].lstrip()
    if text:
        parts[-1] = _head(parts[-1], width - 1) + "…"
    return parts


def _head(text: str, width: float) -> str:
    """As much of the text as fits, up to a space where there is one."""
    used, fits = 0.0, 0
    for letter in text:
        used += width_of(letter)
        if used > width:
            break
        fits += 1
    if fits == len(text):
        return text
    space = text.rfind(" ", 0, fits + 1)
    return text[: space if space > 0 else max(fits, 1)]
