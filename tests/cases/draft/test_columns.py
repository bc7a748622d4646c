"""What is seen of a single column."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cases.draft.columns.dates import LIKE_A_DATE, OTHERS
from cases.draft.columns.joins import linking
from cases.draft.columns.profile import profile
from cases.draft.columns.roles import score
from cases.tables.cells.dates import EXCEL, FORMS, written


def seen(name: str, *values: str | None) -> str:
    """The type of a column."""
    return profile(pl.DataFrame({name: values}), name).type


@pytest.mark.parametrize(
    ("name", "values", "kind"),
    [
        ("received", ["2024-03-05", "2024.3.5", "2024年3月5日"], "date"),
        ("收案日期", ["20240305", "45356", "2024.3.5"], "date"),
        ("received", ["31.03.2024", "01.04.2024"], "date"),
        ("file", ["20240305", "20240306"], "number"),
        ("amount", ["1.50", "200", "1e3"], "number"),
        ("amount", ["1,50", "200"], "number"),
        ("place", ["007", "012"], "code"),
        ("charge code", ["7", "12", "7", "12"], "code"),
        ("detained", ["是", "否", "无"], "flag"),
        ("at", ["09:30", "17:05"], "time of day"),
        ("remark", [f"the {n}th thing that was said" for n in range(40)], "text"),
        ("empty", [None, "无", "/"], "blank"),
    ],
)
def test_the_type_is_what_the_values_are(name: str, values: list[str | None], kind: str) -> None:
    """Dates in any form, numbers but no codes, words for blank left out."""
    assert seen(name, *values) == kind


@pytest.mark.parametrize(
    ("values", "formats", "others"),
    [
        (["2024-03-05"], (), ()),
        (["2024.3.5", "45356", "20240305"], ("%Y%m%d", "%Y.%m.%d", "excel"), ()),
        (["31/03/2024", "01/04/2024"], ("%d/%m/%Y",), ()),
        (["01/03/2024", "02/04/2024"], ("%d/%m/%Y",), ("%m/%d/%Y",)),
    ],
)
def test_formats_are_named_where_they_must(
    values: list[str], formats: tuple[str, ...], others: tuple[str, ...]
) -> None:
    """Where day and month could be taken for each other, both formats are given."""
    dates = profile(pl.DataFrame({"日期": values}), "日期").dates
    assert dates is not None
    assert set(dates.formats) == set(formats)
    assert dates.others == others


def test_every_date_looks_like_one() -> None:
    """No way to write a date is passed over before its format is tried."""
    examples = [written(code) for code in (*OTHERS, *(form.code for form in FORMS), EXCEL)]
    dates = pl.Series([*examples, "1/3/24", "2024-3-1", "2024-03-01T09:00:00+08:00"])
    assert dates.str.contains(LIKE_A_DATE).all()
    assert not pl.Series(["12", "4711", "1.5", "A-7", "2024"]).str.contains(LIKE_A_DATE).any()


def test_columns_that_part_the_rows_alike() -> None:
    """Whatever the words are: a code and its name say the same, blanks at the same rows."""
    words = {"a": ["x", "y", None, "x"], "b": ["1", "2", None, "1"], "c": ["x", "y", None, "y"]}
    a, b, c = (profile(pl.DataFrame({name: words[name]}), name).partition for name in words)
    assert a == b != c


def test_persons_are_not_quoted() -> None:
    """Neither by the name of the column nor where values look like names."""
    people = ["张伟", "王秀英", "李娜", "赵敏", "刘洋"] * 5
    looking = profile(pl.DataFrame({"主任": people}), "主任")
    named = profile(pl.DataFrame({"被告人": ["甲某"] * 9}), "被告人")
    counted = profile(pl.DataFrame({"被告人人数": ["1", "2"] * 5}), "被告人人数")
    assert (looking.personal, named.personal, counted.personal) == (True, True, False)
    assert looking.examples == named.examples == ()
    assert set(counted.examples) == {"1", "2"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("date of birth", "1980-02-03"),
        ("银行卡号", "6222020200112233445"),
        ("账号", "62220202"),
        ("被害人手机", "13912345678"),
        ("x", "13912345678"),
        ("x", "110101198002030011"),
        ("suspect age", "31"),
        ("当事人通知日期", "2024-03-05"),
    ],
)
def test_numbers_and_dates_of_persons_are_not_quoted(name: str, value: str) -> None:
    """Whatever their type is, and however often they occur."""
    rows = [str(value), *(value[:-1] + str(digit) for digit in range(1, 5))] * 5
    assert profile(pl.DataFrame({name: rows}), name).examples == ()


def test_rare_numbers_and_dates_are_not_quoted() -> None:
    """As with words, only what stands in several rows is shown."""
    for rare, usual in (("7", "3"), ("2024-03-05", "2024-03-06")):
        assert profile(pl.DataFrame({"x": [rare] + [usual] * 9}), "x").examples == (usual,)


@pytest.mark.parametrize(("usual", "kind"), [("2024-03-05", "date"), ("31", "number")])
def test_a_word_among_dates_or_numbers_may_mean_blank(usual: str, kind: str) -> None:
    """A word that repeats does not hide what the column is; a word in half of the rows does."""
    made = profile(pl.DataFrame({"x": [usual] * 200 + ["未结"] * 10}), "x")
    assert (made.type, made.words, made.filled) == (kind, ("未结",), 200)
    assert profile(pl.DataFrame({"x": [usual] * 20 + ["未结"] * 20}), "x").type == "code"


@pytest.mark.parametrize(
    ("values", "marks"),
    [
        (["9,015.94", "12.5"], (".", ",")),
        (["9.015,94", "12,5"], (",", ".")),
        (["1,234", "5"], (".", ",")),
        (["1,234", "1,5"], (",", None)),
        (["1.234", "5"], (".", None)),
    ],
)
def test_marks_between_thousands_are_found(
    values: list[str], marks: tuple[str, str | None]
) -> None:
    """Where each has three digits after it."""
    made = profile(pl.DataFrame({"amount": values}), "amount")
    assert (made.decimal, made.thousands) == marks


def test_rare_values_are_not_quoted() -> None:
    """A word that stands in a row or two may say who somebody is."""
    values = ["theft"] * 9 + ["the mayor's son"]
    assert profile(pl.DataFrame({"charge": values}), "charge").examples == ("theft",)


@pytest.mark.parametrize(
    ("name", "ours"),
    [("date closed", "closed_at"), ("结案日期", "closed_at"), ("Date Received", "opened_at")],
)
def test_a_planned_date_is_worth_less(name: str, ours: str) -> None:
    """It is not the one that came."""
    frame = pl.DataFrame({name: ["2024-03-05"], f"planned {name}": ["2024-03-05"]})
    came, planned = (score("cases", ours, profile(frame, column)) for column in frame.columns)
    assert came > planned


def test_rows_are_linked_by_their_values() -> None:
    """Of two columns that overlap, the one that is called the same."""
    cases = pl.DataFrame({"case": ["1", "2", "3", "4"]})
    events = pl.DataFrame({"row": ["1", "2", "3"], "case": ["4", "4", "9"], "what": list("abc")})
    columns = {name: profile(events, name) for name in events.columns}
    found = linking(columns, profile(cases, "case"))
    assert found is not None
    assert (found[0].name, found[1]) == ("case", 0.5)


@example(["0"], "*")
@example(["0"], "^.*$")
@given(st.lists(st.text(max_size=20) | st.none(), min_size=1, max_size=30), st.text(max_size=20))
def test_any_column_has_a_profile(values: list[str | None], name: str) -> None:
    """Whatever stands in a file, it is seen as something."""
    frame = pl.DataFrame({name: values}, schema={name: pl.String})
    made = profile(frame, name)
    assert made.filled <= len(values)
    assert len(made.examples) <= made.distinct


@pytest.mark.parametrize(("values", "fits"), [(["0,5", "1"], True), (["0,5", "1,5"], False)])
def test_probabilities_may_have_a_comma(values: list[str], fits: bool) -> None:
    """Their decimals are read as those of the column; above 1 it is none."""
    made = profile(pl.DataFrame({"inclusion_probability": values * 20}), "inclusion_probability")
    assert (score("reviews", "inclusion_probability", made) > 0) is fits
