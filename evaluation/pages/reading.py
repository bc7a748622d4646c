"""The reading report: how each table of an office was read, for a person to check."""

from __future__ import annotations

from collections.abc import Iterator

from cases.language.catalogues import Language
from cases.language.messages import Sayable, _, listed, sentences
from cases.language.texts import Text
from cases.tables.report import ColumnRead, ReadingReport, TableRead
from cases.tables.specification.parts import ROW
from evaluation.pages.cells import NOTHING, Cell, count
from evaluation.pages.exhibits import Exhibit
from evaluation.pages.render import page

SHOWN = 5  # ways of writing dates, or offsets, of a column that are shown at most
HEAD = (_("column"), _("in the file"), _("with a value"), _("blank"), _("how it was read"))


def render_reading(report: ReadingReport, office: Text, language: Language) -> str:
    """The page in `language`; all text from the office and its tables is escaped."""
    return page(
        "reading.html.jinja",
        language,
        office=office,
        warnings=report.warnings,
        tables=[(table, (columns(table), sample(table))) for table in report.tables],
    )


def counted(table: TableRead) -> Sayable:
    """What became of the rows of a table."""
    return _(
        "Rows in the file: {file:,}; blank: {blank:,}; set aside: {aside:,}; read: {read:,}.",
        file=table.rows_in_file,
        blank=table.blank,
        aside=table.set_aside,
        read=table.read,
    )


def columns(table: TableRead) -> Exhibit:
    """What was done to read each column."""
    return Exhibit(
        _("The columns"),
        counted(table),
        HEAD,
        tuple(map(_column, table.columns)),
        notes=table.notes,
    )


def _column(column: ColumnRead) -> tuple[Cell, ...]:
    done = tuple(_done(column))
    how = sentences(*done) if done else NOTHING
    return column.name, column.theirs, count(column.filled), count(column.blank), how


def _done(column: ColumnRead) -> Iterator[Sayable]:
    done = column.done
    if done.blank_words:
        yield _("Words for blank: {count:,}.", count=done.blank_words)
    if done.folded:
        yield _("With full-width letters, read as the usual ones: {count:,}.", count=done.folded)
    if done.unguarded:
        yield _('Read from ="…": {count:,}.', count=done.unguarded)
    if done.forms:
        yield _("Dates such as {forms}.", forms=listed(_examples(done.forms)))
    if done.offsets:
        given = listed(_examples(done.offsets))
        if done.converted:
            yield _("Put on the office's clock, from {offsets}.", offsets=given)
        else:
            yield _("Times at {offsets} from UTC, taken as the office's clock.", offsets=given)


def _examples(found: tuple[tuple[str, int], ...]) -> Iterator[Sayable]:
    for example, number in found[:SHOWN]:
        yield _("{example} ({count:,})", example=example, count=number)


def sample(table: TableRead, most_columns: int | None = None) -> Exhibit:
    """Some rows as they were understood; of the first columns where not all can be shown."""
    shown = table.sample.columns[int(table.queried) : most_columns]
    head: tuple[Cell, ...] = tuple(_("row") if name == ROW else name for name in shown)
    compare = _("Compare them with the file: row numbers are those a spreadsheet shows.")
    if table.queried:
        compare = _("Compare them with the files; they are rows of a query, so without a number.")
    rows = table.sample.select(shown).iter_rows()
    left = len(table.sample.columns) - int(table.queried) - len(shown)
    more = (_("Further columns: {count:,}.", count=left),) if left else ()
    return Exhibit(
        _("Some rows as they were understood"),
        compare,
        head,
        tuple(tuple(NOTHING if cell is None else cell for cell in row) for row in rows),
        notes=more,
    )
