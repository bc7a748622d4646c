"""A column of a file becomes typed values, or null; what was done is counted."""

from __future__ import annotations

from datetime import datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.tables.cells.column import Done, How, flags, numbers_in, read_cells
from cases.tables.cells.text import fold, folded, unguarded
from cases.tables.values import TIME

TEXT, NUMBER = pl.String(), pl.Float64()
PLAIN = How()
SEEN = st.characters(exclude_categories=["Cc", "Cs"])


@pytest.mark.parametrize("text", ["true", "TRUE", "yes", "Y", "t", "1", "1.0", "是"])
def test_yes(text: str) -> None:
    """Every way to say yes."""
    assert flags(pl.Series([text])).to_list() == [True]


@pytest.mark.parametrize("text", ["false", "No", "n", "F", "0", "0.0", "否"])
def test_no(text: str) -> None:
    """Every way to say no."""
    assert flags(pl.Series([text])).to_list() == [False]


@pytest.mark.parametrize("text", ["2", "maybe", "oui", "-", None])
def test_neither(text: str | None) -> None:
    """Anything else is unknown."""
    assert flags(pl.Series([text], dtype=TEXT)).to_list() == [None]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_finite_number_is_read(value: float) -> None:
    """What Python writes as a number comes back, with a decimal comma too."""
    assert numbers_in(pl.Series([repr(value)])).to_list() == [value]
    comma = repr(value).replace(".", ",")
    assert numbers_in(pl.Series([comma]), ",").to_list() == [value]


@pytest.mark.parametrize("text", ["inf", "-inf", "nan", "1e999", "1,5", "1_0", "0x1", "1 200", ""])
def test_what_is_not_a_finite_number_is_unknown(text: str) -> None:
    """Infinities, separators and other scripts are not read as numbers."""
    assert numbers_in(pl.Series([text])).to_list() == [None]


@pytest.mark.parametrize(
    ("text", "decimal", "thousands", "value"),
    [
        ("9,015.94", ".", ",", 9015.94),
        ("-1,234,567", ".", ",", -1234567.0),
        ("9.015,94", ",", ".", 9015.94),
        ("12.5", ".", ",", 12.5),
        ("1234,567", ".", ",", None),
        ("1,23", ".", ",", None),
        ("1.5,000", ".", ",", None),
        ("1,,234", ".", ",", None),
        (",234", ".", ",", None),
        ("1.5", ",", ".", None),
        ("1,234e3", ".", ",", None),
    ],
)
def test_thousands_are_three_digits_each(
    text: str, decimal: str, thousands: str, value: float | None
) -> None:
    """A mark that stands anywhere else makes it no number."""
    assert numbers_in(pl.Series([text]), decimal, thousands).to_list() == [value]


@pytest.mark.parametrize("text", ["1.5", "1.200,5", "1,2,3"])
def test_a_decimal_comma_leaves_no_place_for_points(text: str) -> None:
    """A point could separate thousands or decimals; neither is guessed."""
    assert numbers_in(pl.Series([text]), ",").to_list() == [None]


@pytest.mark.parametrize(
    ("series", "wanted", "expected"),
    [
        (pl.Series("x", [" a ", "", None]), TEXT, ["a", None, None]),
        (pl.Series("x", [7]), TEXT, ["7"]),
        (pl.Series("x", [None], pl.Int64), TEXT, [None]),
        (pl.Series("x", [None], pl.Int64), TIME, [None]),
        (pl.Series("x", [1, 2]), NUMBER, [1.0, 2.0]),
        (pl.Series("x", [1.5, float("inf"), None]), NUMBER, [1.5, None, None]),
        (pl.Series("x", [True, None]), pl.Boolean(), [True, None]),
        (pl.Series("x", [1, 0, 2]), pl.Boolean(), [True, False, None]),
        (pl.Series("x", [20240331]), TIME, [datetime(2024, 3, 31)]),
        (pl.Series("x", [datetime(2024, 3, 31).date()]), TIME, [datetime(2024, 3, 31)]),
        (
            pl.Series("x", [datetime(2024, 3, 31, 9)], pl.Datetime("ms")),
            TIME,
            [datetime(2024, 3, 31, 9)],
        ),
        (pl.Series("x", [[1]]), TEXT, [None]),
    ],
)
def test_columns_with_a_type_of_their_own(
    series: pl.Series, wanted: pl.DataType, expected: list[object]
) -> None:
    """A file's own types are taken as what they are."""
    cells = read_cells(series, wanted, PLAIN)
    assert cells.values.to_list() == expected
    assert cells.values.dtype == wanted
    assert cells.read.null_count() == cells.done.blank


@pytest.mark.parametrize(
    ("series", "wanted"),
    [
        (pl.Series([1.5, None]), NUMBER),
        (pl.Series([datetime(2024, 3, 31), None]), TIME),
        (pl.Series([True, None]), pl.Boolean()),
        (pl.Series(["a", None]), TEXT),
    ],
)
def test_a_column_that_was_read_is_kept_as_it_stands(
    series: pl.Series, wanted: pl.DataType
) -> None:
    """A value is put into words only where a fault is said."""
    assert read_cells(series, wanted, PLAIN).read.equals(series, check_dtypes=True)


def test_a_column_that_could_not_be_read_is_kept_as_text() -> None:
    """Its faults are found by what stands there."""
    cells = read_cells(pl.Series([1.5, float("inf"), None]), NUMBER, PLAIN)
    assert cells.read.to_list() == ["1.5", "inf", None]


def test_full_width_letters_are_folded_in_all_but_free_text() -> None:
    """Ids, names and numbers are compared; what a person wrote is kept."""
    series = pl.Series(["（2024）京检１号", "张　三", "A1"])
    assert read_cells(series, TEXT, PLAIN).values.to_list() == ["(2024)京检1号", "张 三", "A1"]
    assert read_cells(series, TEXT, PLAIN).done.folded == 2
    assert read_cells(series, TEXT, PLAIN).read.to_list() == series.to_list()
    assert read_cells(series, TEXT, PLAIN, as_written=True).values.to_list() == series.to_list()
    assert read_cells(pl.Series(["１２００"]), NUMBER, PLAIN).values.to_list() == [1200.0]
    assert read_cells(pl.Series(["２０２４年３月１日"]), TIME, PLAIN).values.to_list() == [
        datetime(2024, 3, 1)
    ]


@given(st.lists(st.text(SEEN, max_size=12), min_size=1, max_size=5))
def test_a_column_is_folded_as_a_single_text_is(texts: list[str]) -> None:
    """Blanks around it gone; folding twice changes nothing."""
    once = folded(pl.Series(texts, dtype=TEXT))
    if not all(text.isascii() for text in texts):
        assert [text or "" for text in once] == [fold(text) for text in texts]
        assert folded(once).to_list() == once.to_list()
        assert fold(fold(texts[0])) == fold(texts[0])


@pytest.mark.parametrize("text", ["10\u00b2", "\u2462", "2024-01-0\u2075", "\u00bd", "\u2163"])
def test_letters_of_another_meaning_are_not_folded(text: str) -> None:
    """A raised digit, a digit in a circle and a fraction are no number and no part of a date."""
    assert fold(text) == text
    for wanted in (NUMBER, TIME):
        assert read_cells(pl.Series([text]), wanted, PLAIN).values.to_list() == [None]


def test_accents_are_joined() -> None:
    """A letter with its accent apart is the letter with the accent."""
    assert fold("Ko\u0308ln") == folded(pl.Series(["Ko\u0308ln"]))[0] == "K\u00f6ln"


@pytest.mark.parametrize(
    ("series", "wanted"),
    [
        (pl.Series(["无", " / ", None, "5", "ＮＵＬＬ"]), NUMBER),
        (pl.Series(["无", "/", None, "5", "NULL"]), TEXT),
    ],
)
def test_words_for_blank_are_blank(series: pl.Series, wanted: pl.DataType) -> None:
    """Folded or not; as text too, so that no check takes them for a value."""
    cells = read_cells(series, wanted, How(blank=frozenset({"无", "/", "NULL"})))
    assert cells.values.null_count() == 4
    assert cells.read.to_list() == [None, None, None, "5", None]
    assert (cells.done.blank, cells.done.blank_words) == (4, 3)


def test_a_date_can_stand_for_blank() -> None:
    """As text, and in a column of dates."""
    how = How(blank=frozenset({"2099-12-31"}))
    for series in (
        pl.Series(["2099-12-31", "2024-01-01"]),
        pl.Series([datetime(2099, 12, 31), datetime(2024, 1, 1)]),
    ):
        assert read_cells(series, TIME, how).values.to_list() == [None, datetime(2024, 1, 1)]


def test_a_text_guard_is_taken_off() -> None:
    """What a spreadsheet writes to keep zeros; other equals signs stay."""
    assert unguarded(pl.Series(['="001"', '=""', "=1", None])).to_list() == [
        "001",
        None,
        "=1",
        None,
    ]
    assert read_cells(pl.Series(['="001"']), TEXT, PLAIN).done == Done(unguarded=1)
