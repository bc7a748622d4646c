"""How the reading report is shown on a terminal."""

from __future__ import annotations

from cases.language.messages import _
from cases.tables.report import ReadingReport, TableRead
from cli.console import WARNINGS, Terminal, fault_lines
from evaluation.pages import reading
from evaluation.pages.exhibits import Exhibit

MOST_COLUMNS = 7  # of a sample that a terminal shows; a page has them all


def show_warnings(terminal: Terminal, report: ReadingReport) -> None:
    """What may be wrong with the tables though it is no fault."""
    if report.warnings:
        terminal.show(WARNINGS, *fault_lines(report.warnings, terminal.language))


def show_reading(terminal: Terminal, report: ReadingReport) -> None:
    """How each table was read, and some of its rows as they were understood."""
    terminal.show(_("How the tables were read:"))
    for table in report.tables:
        _show_table(terminal, table)


def _show_table(terminal: Terminal, table: TableRead) -> None:
    terminal.show(_("{table}, {file}:", table=table.name, file=table.where))
    for exhibit in (reading.columns(table), reading.sample(table, MOST_COLUMNS)):
        _show_exhibit(terminal, exhibit)


def _show_exhibit(terminal: Terminal, exhibit: Exhibit) -> None:
    terminal.show(exhibit.says, *exhibit.notes)
    terminal.table(exhibit.head, exhibit.rows)
