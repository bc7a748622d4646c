"""What may be wrong with a column: warnings, apart from the faults.

A reader of files cannot tell a code from a word for blank; a person can. So each is said with
an example and a count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from cases.errors import Fault
from cases.language.messages import Sayable, _, listed
from cases.nearest import ALIKE, nearest
from cases.office.model import CLOSING, Office
from cases.tables.cells.text import BLANK_WORDS
from cases.tables.input_table import InputTable
from cases.tables.specification.parts import NUMBER, READ, ROW
from cases.tables.specification.value_checks import MEANS_BLANK

MOST_ALIKE = 20  # groups of like names of a column that are said
ONE_WAY = _("If they are the same, write it in one way in all tables.")
ZEROS_IN_FRONT = r"^0+([0-9]+)$"
UTC = ("+00:00", "UTC", "Etc/UTC")


def add_doubts(office: Office, tables: Mapping[str, InputTable]) -> None:
    """Add to every table the warnings about its columns and its rows."""
    for table in tables.values():
        for column in table.spec.columns_in_file(office):
            if column.is_name and column.name in table.done:
                values = table.different(column.name)
                table.warnings += _like_blank(table, column.name, values)
                table.warnings += _written_alike(table, column.name, values)
                table.warnings += _with_decimals(table, column.name, values)
        table.warnings += _perhaps_thousands(table, office)
        table.warnings += _wholly_blank(table, office)
        table.warnings += _in_utc(table, office)
    if {"cases", "handlers"} <= tables.keys():
        cases, handlers = tables["cases"], tables["handlers"]
        cases.warnings += _unknown_handlers(cases, handlers)
        cases.warnings += _written_otherwise(cases, handlers)
    if {"cases", "calendar"} <= tables.keys():
        tables["calendar"].warnings += _years_left_out(tables["cases"], tables["calendar"])
    for table in tables.values():
        for link in table.spec.links:
            if link.to in tables:
                table.warnings += _without_zeros(table, link.column, tables[link.to])


def _like_blank(table: InputTable, column: str, values: pl.Series) -> Iterator[Fault]:
    """Those of the different `values` that are words by which people say that there is none."""
    words = values.filter(values.str.to_lowercase().is_in(BLANK_WORDS))
    if words.is_empty():
        return
    like = table.frame.filter(pl.col(column).is_in(words.implode()))
    for value, row, count in _examples(like, column):
        problem = _("looks like a word for blank (rows: {count:,}).", count=count)
        yield Fault(table.where, problem, MEANS_BLANK, row, table.names[column], value)


def _examples(rows: pl.DataFrame, column: str) -> Iterator[tuple[str, int, int]]:
    """Each value of a column, the first row it stands in, and in how many."""
    found = rows.group_by(column, maintain_order=True).agg(pl.col(ROW).first(), pl.len())
    yield from found.iter_rows()


def _written_alike(table: InputTable, column: str, values: pl.Series) -> Iterator[Fault]:
    """Those of `values` that differ only in spaces, or names in small and capital letters."""
    if column == table.spec.key and not values.str.contains(" ", literal=True).any():
        return
    names = pl.DataFrame({"name": values})
    same = pl.col("name").str.replace_all(r"\s", "")
    same = same if column == table.spec.key else same.str.to_lowercase()
    alike = names.group_by(same.alias("same"), maintain_order=True).agg("name")
    for found in alike.filter(pl.col("name").list.len() > 1)["name"].head(MOST_ALIKE):
        problem = _(
            "is written in several ways that differ only in spaces, capital letters or both, and "
            "counts as several: {names}.",
            names=listed(f"\u201c{name}\u201d" for name in found),
        )
        row = table.frame.filter(pl.col(column) == found[1])[ROW][0]
        yield Fault(table.where, problem, ONE_WAY, row, table.names[column], found[1])


def _with_decimals(table: InputTable, column: str, values: pl.Series) -> Iterator[Fault]:
    """A column of codes that another program has written as numbers with a decimal point."""
    if values.head(1).str.ends_with(".0").any() and values.str.contains(r"^[0-9]+\.0$").all():
        problem = _("holds whole numbers written with a decimal point in every row.")
        remedy = _("If it holds codes, export it as text, so that other tables can name them.")
        yield Fault(table.where, problem, remedy, column=table.names[column], value=values[0])


def _perhaps_thousands(table: InputTable, office: Office) -> Iterator[Fault]:
    """Numbers that all have three decimals, as whole numbers with a mark for thousands have."""
    shape = rf"^[+-]?[1-9][0-9]{{0,2}}\{table.how.decimal}[0-9]{{3}}$"
    for column in table.spec.columns_in_file(office):
        if column.type != NUMBER or column.name not in table.done:
            continue
        there = table.frame.lazy().filter(pl.col(column.name).is_not_null())
        cells = there.select(table.texts(column.name))
        if not cells.head(1).collect().to_series().str.contains(shape).any():
            continue
        texts = cells.collect().to_series()
        if texts.str.contains(shape).all() and texts.n_unique() > 1:  # one value says nothing
            name = table.names[column.name]
            problem = _("has three decimals in every row: these may be thousands.")
            remedy = _("If they are, export it without a mark between thousands.")
            yield Fault(table.where, problem, remedy, column=name, value=texts[0])


def _wholly_blank(table: InputTable, office: Office) -> Iterator[Fault]:
    """Columns without a value; an office that asks before the closing may have no closings."""
    may_be = {"closed_at"} if office.risk.at != CLOSING else set()
    for column, done in table.done.items():
        if column in may_be:
            continue
        if table.frame.height and done.blank == table.frame.height:
            problem = _("is blank in every row.")
            remedy = _("If it should not be, export the table again, with this column as text.")
            yield Fault(table.where, problem, remedy, column=table.names[column])


def _in_utc(table: InputTable, office: Office) -> Iterator[Fault]:
    """Columns whose times are all said to be in UTC, which few offices' clocks show."""
    for column, done in table.done.items():
        zones = [zone for zone, _count in done.offsets]
        if zones and office.office.time_zone is None and set(zones) <= set(UTC):
            problem = _("gives its times in UTC, and so they are taken.")
            remedy = _(
                "If the office's clocks show another time, name its `time_zone` under [office]."
            )
            yield Fault(table.where, problem, remedy, column=table.names[column])


def _unknown_handlers(cases: InputTable, handlers: InputTable) -> Iterator[Fault]:
    """Handlers of open cases that the handler table lacks: their load is nobody's."""
    if "closed_at" not in cases.done:
        return
    known = handlers.frame["handler"].drop_nulls()
    is_open = pl.col("closed_at" + READ).is_null() & pl.col("handler").is_not_null()
    lacking = cases.frame.filter(is_open & ~pl.col("handler").is_in(known.implode()))
    for value, row, count in _examples(lacking, "handler"):
        problem = _(
            "has open cases ({count:,}) and is not in the handler table, so their load is "
            "nobody's.",
            count=count,
        )
        remedy = _add_handler(value, known)
        yield Fault(cases.where, problem, remedy, row, cases.names["handler"], value)


def _years_left_out(cases: InputTable, calendar: InputTable) -> Iterator[Fault]:
    """Years in which cases were opened and of which the calendar says nothing."""
    opened, days = (
        {*table.frame[name].dt.year().drop_nulls()}
        for table, name in ((cases, "opened_at"), (calendar, "day"))
    )
    if opened - days:
        problem = _(
            "has no day of these years, in which cases were opened: {years}. There, weekdays alone "
            "say which days are working days.",
            years=listed(map(str, sorted(opened - days))),
        )
        remedy = _("Add the holidays of these years, and the weekends on which work was made up.")
        yield Fault(calendar.where, problem, remedy, column=calendar.names["day"])


def _written_otherwise(cases: InputTable, handlers: InputTable) -> Iterator[Fault]:
    """Handlers that the handler table has only in another spelling."""
    for value, other, row, count in _spelt_otherwise(cases, "handler", handlers).iter_rows():
        shown = f"\u201c{other}\u201d"
        problem = _(
            "is written otherwise in the handler table (rows: {count:,}), and counts as "
            "somebody else: {name}.",
            count=count,
            name=shown,
        )
        yield Fault(cases.where, problem, ONE_WAY, row, cases.names["handler"], value)


def _without_zeros(table: InputTable, column: str, to: InputTable) -> Iterator[Fault]:
    """Values that name a row of another table if zeros, spaces and capitals do not count."""
    found = _spelt_otherwise(table, column, to)
    for value, other, row, _count in found.head(1).iter_rows():
        problem = _(
            "is written otherwise in the {table} table: {name} (rows: {count:,}).",
            table=to.spec.name,
            name="\u201c" + other + "\u201d",
            count=found["len"].sum(),
        )
        remedy = _("Export both with this column as text; a spreadsheet drops zeros in front.")
        yield Fault(table.where, problem, remedy, row, table.names[column], value)


def _spelt_otherwise(table: InputTable, column: str, to: InputTable) -> pl.DataFrame:
    """Values that name no row of `to` but would in another spelling: that, first row, rows."""
    key = to.spec.key
    known = to.frame.select(pl.col(key).alias("known")).drop_nulls().unique(maintain_order=True)
    unknown = table.frame.select(ROW, column).drop_nulls()
    unknown = unknown.filter(~pl.col(column).is_in(known["known"].implode()))
    values = unknown.group_by(column, maintain_order=True).agg(pl.col(ROW).first(), pl.len())
    if values.is_empty():
        return values.select(column, pl.col(column).alias("known"), ROW, "len")
    same = known.with_columns(_spelling("known").alias("same")).unique("same", keep="first")
    both = values.with_columns(_spelling(column).alias("same"))
    joined = both.join(same, on="same", maintain_order="left")
    return joined.select(column, "known", ROW, "len")


def _spelling(column: str) -> pl.Expr:
    """A value without spaces, capital letters and, of a number, the zeros in front."""
    plain = pl.col(column).str.replace_all(r"\s", "").str.to_lowercase()
    return plain.str.replace(ZEROS_IN_FRONT, "$1")


def _add_handler(name: str, known: pl.Series) -> Sayable:
    near = nearest(name, known, ALIKE)
    if near is None:
        return _("Add the handler to the handler table, or correct the case.")
    return _("Did you mean `{name}`?", name=near)
