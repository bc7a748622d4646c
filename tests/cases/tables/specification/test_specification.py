"""A table is described once, and everything that is done with tables follows."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from cases.errors import BadInput
from cases.language.messages import _
from cases.office import reference
from cases.tables.specification import SPECIFICATIONS
from cases.tables.specification.parts import NUMBER, TEXT, Check, Column, Link, TableSpec, linked
from cases.tables.tables import Tables
from cases.tables.values import TIME, before
from serving.use_cases.asked.given import GivenCase, with_given
from tests.factories.files import FILES, load, write
from tests.factories.office import tables

HEARINGS = TableSpec(
    name="hearings",
    meaning="One row per hearing.",
    row=_("hearing"),
    columns=(
        Column("hearing_id", TEXT, "the hearing", "every row"),
        Column("case_id", TEXT, "the case", "every row"),
        Column("held_at", TIME, "when it was held", "column"),
        Column("hours", NUMBER, "how long it took"),
    ),
    checks=(Check("hours", _("is below zero."), _("Correct it."), pl.col("hours") < 0),),
    links=(
        Link(
            "case_id",
            "cases",
            (
                Check(
                    "held_at",
                    _("is before the case was opened."),
                    _("Correct it."),
                    before("held_at", linked("cases", "opened_at")),
                ),
            ),
        ),
    ),
)
OFFICE = FILES["office.toml"] + '\n[tables.hearings]\npath = "hearings.csv"\n'
ROWS = """hearing_id,case_id,held_at,hours
1,a,2024-01-20,2.5
2,b,,
"""


@pytest.fixture(autouse=True)
def _a_made_up_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing but a specification is added."""
    monkeypatch.setitem(SPECIFICATIONS, HEARINGS.name, HEARINGS)


def with_hearings(folder: Path, hearings: str = ROWS, **files: str) -> Path:
    """The valid office with hearings, and some of its other files replaced."""
    return write(folder, **{"office.toml": OFFICE, "hearings.csv": hearings, **files})


def test_it_is_read(tmp_path: Path) -> None:
    """Its columns are typed, and an office without the table has an empty one."""
    read = load(with_hearings(tmp_path)).rows("hearings")
    assert dict(read.schema) == HEARINGS.schema
    assert read.row(0) == ("1", "a", datetime(2024, 1, 20), 2.5)
    assert dict(tables("case_id | opened_at\na | 2024-01-01").rows("hearings").schema) == (
        HEARINGS.schema
    )


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("2.5", "two", 'row 2, column hours, value "two": is not a number.'),
        ("2.5", "-2.5", 'row 2, column hours, value "-2.5": is below zero.'),
        ("1,a", ",a", "row 2, column hearing_id: is blank."),
        ("held_at", "day", "column held_at: is a column this table does not have."),
        ("2,b", "2,c", 'row 3, column case_id, value "c": is not a case of the case table.'),
        ("2024-01-20", "2023-12-31", "is before the case was opened."),
    ],
)
def test_it_is_checked(old: str, new: str, sentence: str, tmp_path: Path) -> None:
    """Its values, its own checks and its link to the cases each have their sentence."""
    with pytest.raises(BadInput) as refused:
        load(with_hearings(tmp_path, ROWS.replace(old, new)))
    assert len(refused.value.faults) == 1
    assert sentence in str(refused.value)


def test_it_stays_when_other_tables_change(tmp_path: Path) -> None:
    """Where a request replaces a case, and where it adds one."""
    read = load(with_hearings(tmp_path))
    replaced = with_given(read, [given_case("a")])
    added = with_given(read, [given_case("new")])
    assert replaced.case_rows.filter(case_id="a")["opened_at"].to_list() == [datetime(2024, 2, 1)]
    for changed in (replaced, added):
        assert changed.rows("hearings").equals(read.rows("hearings"))
    with pytest.raises(TypeError, match="'hearing'"):
        read.with_rows(hearing=read.rows("hearings"))


def given_case(case_id: str) -> GivenCase:
    """A closed case without events."""
    opened, closed = datetime(2024, 2, 1), datetime(2024, 3, 1)
    return GivenCase(case_id, opened, closed, None, None, None, attributes={}, events=())


def test_its_rows_are_set_aside_with_their_cases(tmp_path: Path) -> None:
    """A row goes with the case it names, and with a fault of its own."""
    cases = FILES["cases.csv"].replace(",1,yes", ",one,yes")
    folder = with_hearings(tmp_path, ROWS + "3,b,soon,\n", **{"cases.csv": cases})
    left = load(folder, set_aside=tmp_path / "aside.csv")
    assert left.rows("hearings")["hearing_id"].to_list() == ["2"]
    aside = pl.read_csv(tmp_path / "aside.csv").filter(file="hearings.csv")
    assert aside["problem"].to_list() == ["is not a date.", "is a case that was set aside."]


def test_it_is_documented() -> None:
    """The reference prints its columns, whether they are needed, and what they mean."""
    page = reference.reference()
    assert "## The table `hearings`" in page
    assert "One row per hearing. `case_id` must be in the `cases` table." in page
    assert "| `hours` | number | no | how long it took |" in page


def test_a_table_that_no_office_has_is_a_fault(tmp_path: Path) -> None:
    """A misspelt table is not passed over."""
    office = OFFICE.replace("[tables.hearings]", "[tables.hearing]")
    with pytest.raises(BadInput, match=r"tables\.hearing: .* Did you mean `hearings`\?"):
        load(write(tmp_path, **{"office.toml": office}))


def test_the_case_table_is_needed(tmp_path: Path) -> None:
    """An office file without it is refused."""
    office = FILES["office.toml"].replace("[tables.cases]", "[tables.hearings]")
    with pytest.raises(BadInput, match=r"column tables\.cases: is missing\. Add `cases = "):
        load(write(tmp_path, **{"office.toml": office}))


def test_tables_in_memory_have_known_names() -> None:
    """A frame under a name that no table has is an error of the caller."""
    made = tables("case_id | opened_at\na | 2024-01-01")
    with pytest.raises(TypeError, match="'hearing'"):
        Tables.of(made.office, made.case_rows, hearing=made.case_rows)


def test_tables_stand_after_those_whose_rows_they_name() -> None:
    """Setting aside and finishing rely on the order of the specifications."""
    order = list(SPECIFICATIONS)
    for spec in SPECIFICATIONS.values():
        assert all(order.index(link.to) < order.index(spec.name) for link in spec.links)
