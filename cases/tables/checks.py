"""Finding the rows that break a check of their table, and saying so.

A check is the sentence an official reads together with the expression that finds the
rows, so the two cannot drift apart. All checks of a table are run over all its rows, and
every row that breaks one is reported.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import polars as pl

from cases.errors import Fault
from cases.language.messages import _
from cases.office.model import INTAKE, Office
from cases.tables.cells.text import LONG_NUMBER, MOST_DIGITS
from cases.tables.doubts.columns import add_doubts
from cases.tables.doubts.copies import add_copies
from cases.tables.doubts.offsets import add_offset_faults
from cases.tables.input_table import InputTable
from cases.tables.specification.parts import READ, ROW, Check, Link, TableSpec, linked
from cases.tables.specification.value_checks import any_odd, value_checks

COINCIDENCE = 0.001  # a blank column less likely than this is not blank by chance


def check_tables(office: Office, tables: Mapping[str, InputTable]) -> None:
    """Add to every table the faults of its rows, columns and of the whole, and the warnings.

    Times on unknown clocks are a fault themselves and are not compared, nor are columns that
    should be there and are not.
    """
    unclear = {*add_offset_faults(office, tables), *_missing(office, tables)}
    for table in tables.values():
        table.faults += faults_of(table, checks_of(table, office, unclear), table.frame)
        table.faults += _cut_off(table, office)
        table.faults += faults_of_links(table, tables, office, unclear)
        if not table.spec.one_row_each:
            add_copies(table)
    if "cases" in tables:
        tables["cases"].faults += unknown_at_intake(tables["cases"], office)
    add_doubts(office, tables)


def faults_of_links(
    table: InputTable,
    tables: Mapping[str, InputTable],
    office: Office,
    unclear: Collection[str] = frozenset(),
) -> Iterator[Fault]:
    """The faults of the rows of other tables that its rows name, and of how they agree."""
    for link in table.spec.links:
        named = [tables[name] for name in (link.to, link.or_to or "") if name in tables]
        keys = {linked(there.spec.name, there.spec.key) for there in named}
        # A file that is not there, or has no key, is a fault already.
        if link.to in tables and keys.isdisjoint(unclear):
            yield from _faults_of_link(table, link, named, office, unclear)


def _missing(office: Office, tables: Mapping[str, InputTable]) -> Iterator[str]:
    """The columns that a table must have and lacks, called as `linked` says."""
    for table in tables.values():
        for column in table.spec.columns_in_file(office):
            if column.needed != "no" and table.names[column.name] not in table.raw.columns:
                yield linked(table.spec.name, column.name)


def checks_of(
    table: InputTable, office: Office, unclear: Collection[str] = frozenset()
) -> list[Check]:
    """The checks of a table that look at nothing but its own rows.

    Without those that compare columns that are `unclear`, called as `linked` says.
    """
    spec = table.spec
    unread = {name for name, done in table.done.items() if done.unread}
    columns = spec.columns_in_file(office)
    names = (column.name for column in columns if column.is_name)
    odd = {name for name in names if any_odd(table.different(name))}
    values = value_checks(columns, table.how, unread, odd)
    return [*values, *_clear(table, (*spec.checks, *spec.own_checks(office)), unclear)]


def _clear(table: InputTable, checks: Iterable[Check], unclear: Collection[str]) -> list[Check]:
    """The checks that look at no column that is unclear."""
    own = {name for name in table.names if linked(table.spec.name, name) in unclear}
    names = {*unclear, *own}
    names |= {name + READ for name in names}
    return [check for check in checks if names.isdisjoint(check.broken.meta.root_names())]


def _cut_off(table: InputTable, office: Office) -> Iterator[Fault]:
    """A fault for each column of numbers that lost their last digits in a spreadsheet.

    It keeps the first `MOST_DIGITS` of a number; of longer ones the rest are zeros. That all of
    them end so has a chance of 1 in 10 for each such digit.
    """
    for column in table.spec.columns_in_file(office):
        if not column.is_name:
            continue
        long = table.frame[column.name]
        long = long.filter(long.str.contains(LONG_NUMBER).fill_null(value=False))
        rest = long.str.slice(MOST_DIGITS)
        chance = 0.1 ** int(rest.str.len_chars().sum())
        if chance <= COINCIDENCE and rest.str.contains("^0+$").all():
            problem = _(
                "holds {count:,} numbers of more than {most} digits, and all have zeros from "
                "there on: a spreadsheet has lost their last digits.",
                count=long.len(),
                most=MOST_DIGITS,
            )
            remedy = _("Export the table again, with this column as text.")
            where, name = table.where, table.names[column.name]
            yield Fault(where, problem, remedy, column=name, value=long[0])


def _faults_of_link(
    table: InputTable,
    link: Link,
    named_in: Sequence[InputTable],
    office: Office,
    unclear: Collection[str],
) -> Iterator[Fault]:
    """Values that name no row of these tables, and rows at odds with the row they name.

    That row is one of the first of them.
    """
    to, *others = named_in
    compared = _clear(table, (*link.checks, *link.own_checks(office)), unclear)
    checks = [_named_row_exists(link, to.spec, others), *compared]
    looked_at = {name for check in checks for name in check.broken.meta.root_names()}
    named = to.frame.drop_nulls(to.spec.key).unique(to.spec.key, keep="first")
    named = named.select(
        pl.col(to.spec.key).alias(link.column),
        *(
            pl.col(column).alias(linked(link.to, column))
            for column in named.columns
            if linked(link.to, column) in looked_at
        ),
    )
    own = [name for name in table.frame.columns if name in {link.column, *looked_at}]
    both = table.frame.select(own).join(named, on=link.column, how="left", maintain_order="left")
    return faults_of(table, checks, both)


def _named_row_exists(link: Link, to: TableSpec, others: Sequence[InputTable]) -> Check:
    named = pl.col(linked(link.to, ROW)).is_not_null()
    for other in others:
        named |= pl.col(link.column).is_in(other.different(other.spec.key).implode())
    unknown = link.unknown if others and link.unknown is not None else to.unknown
    remedy = _("Add the {row}, or correct or remove this row.", row=to.row)
    return Check(link.column, unknown, remedy, pl.col(link.column).is_not_null() & ~named)


def faults_of(table: InputTable, checks: Sequence[Check], frame: pl.DataFrame) -> Iterator[Fault]:
    """A fault for every row of `frame` that breaks a check: check by check, rows in order.

    `frame` has the rows of the table, perhaps with more columns. Checks of columns the
    file lacks are left out: that is one fault of the column, found already.
    """
    checks = [check for check in checks if table.names[check.column] in table.raw.columns]
    broken = (pl.arg_where(check.broken.fill_null(value=False)).implode() for check in checks)
    found = frame.select(rows.alias(str(number)) for number, rows in enumerate(broken))
    for check, rows in zip(checks, found.row(0) if checks else (), strict=True):
        if rows:
            yield from _faults(table, check, rows)


def _faults(table: InputTable, check: Check, indices: list[int]) -> Iterator[Fault]:
    broken = table.frame.select(ROW, check.column + READ)[indices]
    column = table.names[check.column]
    for row, value in broken.select(ROW, table.texts(check.column)).iter_rows():
        yield Fault(table.where, check.problem, check.remedy, row, column, value)


def unknown_at_intake(cases: InputTable, office: Office) -> Iterator[Fault]:
    """Attributes said to be known at intake that no open case has.

    If a share p of the closed cases has a value, all of n open cases lack it by chance
    with probability (1 - p)^n; below `COINCIDENCE` it is filled in later than intake. The share
    is that of Laplace's rule of succession, so that a handful of cases proves nothing.
    """
    is_open = pl.col("closed_at" + READ).is_null()
    open_cases, closed = cases.frame.filter(is_open), cases.frame.filter(~is_open)
    if open_cases.is_empty() or closed.is_empty():
        return
    for name, attribute in office.attributes.items():
        blank = (closed[name + READ].null_count() + 1) / (closed.height + 2)
        hidden = open_cases[name + READ].null_count() == open_cases.height
        if attribute.known == INTAKE and hidden and blank**open_cases.height < COINCIDENCE:
            problem = _(
                "is blank for all {count:,} open cases, so it is not known at intake.",
                count=open_cases.height,
            )
            remedy = _(
                'Say `known = "closing"`, or the activity that fills it in, '
                "under [attributes.{name}].",
                name=name,
            )
            yield Fault(cases.where, problem, remedy, column=cases.names[name])
