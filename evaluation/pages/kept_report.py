"""What pages show of a report: its words and figures as plain values, kept when it was written.

A page shows them in every language there is, and computes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from cases.language.catalogues import SOURCE, Language, languages
from cases.language.messages import Sayable
from evaluation.pages.cells import Cell
from evaluation.pages.drawing import Chart, Goal, Line
from evaluation.pages.exhibits import Exhibit
from evaluation.statistics.metrics import Figure

LONGEST = 20_000  # letters of a text
MOST = 1_000  # texts, rows or lines of one thing
Letters = Annotated[str, Field(max_length=LONGEST)]
Code = Annotated[str, Field(max_length=100)]


class Part(BaseModel):
    """A part of what is kept."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Said(Part):
    """A text in every language that there was when it was kept."""

    words: dict[Code, Letters]

    @classmethod
    def of(cls, text: Sayable) -> Said:
        """A text, put into words."""
        return cls(words={language: text.say(language) for language in languages()})

    def say(self, language: Language) -> str:
        """In a language; in English where it was not kept in that one."""
        return self.words.get(language, self.words.get(SOURCE, ""))

    def __str__(self) -> str:
        """In English."""
        return self.say(SOURCE)


KeptCell = Said | Letters


def kept_cell(cell: Cell) -> KeptCell:
    """A cell of a table, put into words."""
    return cell if isinstance(cell, str) else Said.of(cell)


class KeptLine(Part):
    """A line of a chart (`drawing.Line`)."""

    name: KeptCell
    value: FiniteFloat | None
    low: FiniteFloat | None
    high: FiniteFloat | None
    count: int
    said: KeptCell
    also: FiniteFloat | None
    so: KeptCell | None
    group: KeptCell | None

    @classmethod
    def of(cls, line: Line) -> KeptLine:
        """The line with its words."""
        figure = line.figure
        return cls(
            name=kept_cell(line.name),
            value=figure.value,
            low=figure.low,
            high=figure.high,
            count=figure.n,
            said=kept_cell(line.said),
            also=line.also,
            so=None if line.so is None else kept_cell(line.so),
            group=None if line.group is None else kept_cell(line.group),
        )

    @property
    def line(self) -> Line:
        """As charts are drawn of it."""
        figure = Figure(self.value, self.low, self.high, self.count)
        return Line(self.name, figure, self.said, self.also, self.so, self.group)


class KeptChart(Part):
    """A chart (`drawing.Chart`)."""

    names: Said
    across: Said
    lines: Annotated[tuple[KeptLine, ...], Field(max_length=MOST)]
    shares: bool
    bars: bool
    counted: bool
    goal: tuple[FiniteFloat, Said] | None
    lowest: FiniteFloat

    @classmethod
    def of(cls, chart: Chart) -> KeptChart:
        """The chart with its words."""
        return cls(
            names=Said.of(chart.names),
            across=Said.of(chart.across),
            lines=tuple(map(KeptLine.of, chart.lines)),
            shares=chart.shares,
            bars=chart.bars,
            counted=chart.counted,
            goal=None if chart.goal is None else (chart.goal.value, Said.of(chart.goal.name)),
            lowest=chart.lowest,
        )

    @property
    def chart(self) -> Chart:
        """As it is drawn."""
        return Chart(
            self.names,
            self.across,
            tuple(line.line for line in self.lines),
            self.shares,
            self.bars,
            self.counted,
            None if self.goal is None else Goal(*self.goal),
            self.lowest,
        )


class KeptExhibit(Part):
    """A table of the report with its sentence and picture (`exhibits.Exhibit`)."""

    title: Said
    says: Said
    head: Annotated[tuple[KeptCell, ...], Field(max_length=MOST)]
    rows: Annotated[tuple[tuple[KeptCell, ...], ...], Field(max_length=MOST)]
    picture: KeptChart | None
    notes: Annotated[tuple[Said, ...], Field(max_length=MOST)]

    @classmethod
    def of(cls, exhibit: Exhibit) -> KeptExhibit:
        """The exhibit with its words; of a very long table the first rows."""
        return cls(
            title=Said.of(exhibit.title),
            says=Said.of(exhibit.says),
            head=tuple(map(kept_cell, exhibit.head)),
            rows=tuple(tuple(map(kept_cell, row)) for row in exhibit.rows[:MOST]),
            picture=None if exhibit.picture is None else KeptChart.of(exhibit.picture),
            notes=tuple(map(Said.of, exhibit.notes)),
        )

    @property
    def exhibit(self) -> Exhibit:
        """As pages show it."""
        picture = None if self.picture is None else self.picture.chart
        return Exhibit(self.title, self.says, self.head, self.rows, picture, self.notes)


class KeptSentences(Part):
    """A part of the front page: sentences under a title."""

    title: Said
    says: Annotated[tuple[Said, ...], Field(max_length=MOST)]


class KeptReport(Part):
    """What pages show of a report on an office, by the name in English that ledgers know it by.

    `until` is the moment of the newest record that it knows; `alarms` say what has changed;
    `quality` are the tables about the office itself.
    """

    format: Literal[1] = 1
    office: Letters
    until: datetime
    data_hash: Code
    model: Code
    front: Annotated[tuple[KeptSentences, ...], Field(max_length=MOST)]
    alarms: Annotated[tuple[Said, ...], Field(max_length=MOST)]
    quality: Annotated[tuple[KeptExhibit, ...], Field(max_length=MOST)]


def kept_texts(several: Iterable[Sayable]) -> tuple[Said, ...]:
    """Texts, put into words."""
    return tuple(map(Said.of, several))
