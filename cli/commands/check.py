"""`triage check`: what an office's tables hold, and what is wrong with them."""

from __future__ import annotations

from cases.language.messages import _
from cases.tables.tables import Tables
from cli.arguments import DataFolder, OfficeFile, SetAside, SpokenIn
from cli.console import Terminal
from cli.files.office import workspace_of
from cli.show.leaks import show_leaks
from evaluation.leaks.finder import find_leaks
from evaluation.leaks.scope import not_looked_at

CHECK = _("Read and check an office's tables: every fault, and columns that seem to know too much.")


def check(
    office: OfficeFile,
    data: DataFolder = None,
    set_aside: SetAside = None,
    language: SpokenIn = None,
) -> None:
    """Read the tables, count what they hold and look for leaks."""
    terminal = Terminal.of(language, office)
    with terminal.progress() as tell:
        tables = workspace_of(office, data, set_aside, language).tables(tell)
        leaks = find_leaks(tables, tables.latest_record, tell)
    _show_counts(terminal, tables)
    if set_aside is None:
        terminal.show(_("Without a fault."))
    else:
        terminal.show(_("Faulty rows, if any: {file}", file=str(set_aside)))
    unseen = not_looked_at(tables, tables.latest_record)
    show_leaks(terminal, leaks, unseen, tables.office)


def _show_counts(terminal: Terminal, tables: Tables) -> None:
    """How many rows there are of what."""
    cases, reviews = tables.case_rows, tables.review_rows
    defects = reviews["grade"].is_in(list(tables.office.defect_grades)).sum()
    counts = {
        _("cases"): cases.height,
        _("of them closed"): cases["closed_at"].count(),
        _("events"): tables.event_rows.height,
        _("reviews"): reviews.height,
        _("of them defects"): defects,
        _("handlers"): tables.handler_rows.height,
    }
    rows = ((name, _("{number:,}", number=count)) for name, count in counts.items())
    terminal.table((), rows)
