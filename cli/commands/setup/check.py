"""`triage check`: what an office's tables hold, and what is wrong with them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cases.files import replaced
from cases.language.messages import Sayable, _, listed
from cases.language.missing import missing_words
from cli.arguments import FILE, DataFolder, OfficeFile, SetAside, SpokenIn, option
from cli.console import Terminal

if TYPE_CHECKING:
    from cases.office.model import Office
    from cases.tables.tables import Tables

MOST_KEYS = 12  # without words, that are shown
CHECK = _(
    "Read and check an office's tables: every fault, columns that seem to know too much, and how "
    "each table was read."
)


def check(
    office: OfficeFile,
    data: DataFolder = None,
    set_aside: SetAside = None,
    out_file: Annotated[
        Path | None, option("--out", FILE, _("Keep the reading report as this page (.html)."))
    ] = None,
    language: SpokenIn = None,
) -> None:
    """Read the tables, count what they hold, look for leaks, and show how they were read."""
    from cli.files.office import check_out, workspace_of
    from cli.show.leaks import show_leaks
    from cli.show.questions import show_open
    from cli.show.reading import show_reading, show_warnings
    from evaluation.leaks.finder import find_leaks
    from evaluation.leaks.scope import not_looked_at
    from evaluation.pages.reading import render_reading

    terminal = Terminal.of(language, office)
    workspace = workspace_of(office, data, set_aside, language)
    if out_file is not None:
        check_out(workspace, out_file, (".html",))
    with terminal.progress() as tell:
        tables = workspace.tables(tell)
        leaks = find_leaks(tables, tables.latest_record, tell)
    _show_counts(terminal, tables)
    terminal.show(_("Without a fault.") if set_aside is None else _went_aside(tables, set_aside))
    show_open(terminal, tables)
    unseen = not_looked_at(tables, tables.latest_record)
    show_leaks(terminal, leaks, unseen, tables.office)
    _show_untranslated(terminal, tables.office)
    if tables.report is not None:
        show_warnings(terminal, tables.report)
        show_reading(terminal, tables.report)
        if out_file is not None:
            page = render_reading(tables.report, tables.office.office.name, terminal.language)
            replaced(out_file, lambda path: path.write_text(page, "utf-8"))
            terminal.show(_("Written: {file}", file=str(out_file)))


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
    }
    rows: list[tuple[Sayable, Sayable]] = [
        (name, _("{number:,}", number=count)) for name, count in counts.items()
    ]
    handlers: Sayable = _("{number:,}", number=tables.handler_rows.height)
    if "handlers" not in tables.office.tables:
        handlers = _("no handler table")
    terminal.table((), [*rows, (_("handlers"), handlers)])


def _show_untranslated(terminal: Terminal, office: Office) -> None:
    """Which words of the office file are missing in the language that is asked for."""
    keys = list(missing_words(office, terminal.language))
    if keys:
        more = [_("{count:,} more", count=len(keys) - MOST_KEYS)] if keys[MOST_KEYS:] else []
        terminal.show(
            _(
                "The office file has no words in this language ({language}) under these keys, so "
                "that those of another stand in: {keys}.",
                language=terminal.language,
                keys=listed([*keys[:MOST_KEYS], *more]),
            )
        )


def _went_aside(tables: Tables, file: Path) -> Sayable:
    """How many rows of which table were set aside."""
    read = tables.report.tables if tables.report else ()
    counts = {table.name: table.set_aside for table in read if table.set_aside}
    if not counts:
        return _("Without a fault; {file} has no rows.", file=str(file))
    by_table = (_("{table}: {count:,}", table=name, count=count) for name, count in counts.items())
    return _(
        "Rows set aside: {count:,} ({tables}). What is wrong with them: {file}",
        count=sum(counts.values()),
        tables=listed(by_table),
        file=str(file),
    )
