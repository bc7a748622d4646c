"""Reading new cases: every fault of the file, and of its cases compared with the office."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.errors import BadInput
from cases.tables.arrivals.new_cases import new_case_faults, read_new_cases
from cases.tables.tables import Tables, new_case_columns
from tests.cases.sources.workbooks import xlsx
from tests.factories.office import rows, tables

CASES = """
case_id | opened_at  | closed_at  | kind | unit | handler
closed  | 2024-01-01 | 2024-02-01 | x    | U1   | h1
taken   | 2024-01-02 | -          | x    | U1   | h1
waiting | 2024-01-03 | -          | y    | U2   | -
"""
HANDLERS = """
handler | unit | kinds
h1      | U1   | x; z
h2      | U3   | -
"""
HEADER = "case_id,opened_at,kind,unit,suspects,charge,parties,designated_handler,designation_reason"
GOOD = "n1,2024-03-01T09:00,x,U1,2,theft,p1;p2,,"


def office() -> Tables:
    """An office with a closed case, one in somebody's hands and one that waits."""
    return tables(CASES, handlers=HANDLERS)


def read(folder: Path, *lines: str, header: str = HEADER) -> list[str]:
    """The faults of a file of new cases, as sentences; none if it is read."""
    path = folder / "new.csv"
    path.write_text("\n".join([header, *lines]), "utf-8")
    try:
        read_new_cases(office(), path)
    except BadInput as error:
        return [str(fault) for fault in error.faults]
    return []


def test_new_cases_are_read_as_the_office_calls_them(tmp_path: Path) -> None:
    """The result holds what is known at intake, the parties and the designation, typed."""
    (tmp_path / "new.csv").write_text(f"{HEADER}\n{GOOD}\n", "utf-8")
    found = read_new_cases(office(), tmp_path / "new.csv")
    assert dict(found.schema) == new_case_columns(office().office)
    when = datetime(2024, 3, 1, 9)
    assert found.row(0) == ("n1", when, "x", "U1", 2.0, "theft", "p1;p2", None, None)


def test_new_cases_may_lie_in_any_file_and_have_the_decimals_of_the_case_table(
    tmp_path: Path,
) -> None:
    """A name that an office file could not give; a number of a sheet is no thousands."""
    there = office()
    commas = there.office.tables["cases"].model_copy(update={"decimal": ",", "thousands": "."})
    changed = {"tables": {**there.office.tables, "cases": commas}}
    given = replace(there, office=there.office.model_copy(update=changed))
    book = tmp_path / "new:cases.xlsx"
    named = zip(HEADER.split(","), GOOD.split(","), strict=True)
    cells = [1.234 if name == "suspects" else cell or None for name, cell in named]
    book.write_bytes(xlsx({"new": [HEADER.split(","), cells]}))
    assert read_new_cases(given, book)["suspects"].to_list() == [1.234]


def test_a_case_that_waits_for_a_handler_may_come_in(tmp_path: Path) -> None:
    """An open case in nobody's hands is no fault; kinds that only handlers name are known."""
    assert read(tmp_path, GOOD.replace("n1", "waiting").replace(",x,", ",z,")) == []


BROKEN = [
    ("n1,2024", "closed,2024", 'row 2, column case_id, value "closed": is a case that has been c'),
    ("n1,2024", "taken,2024", 'value "taken": is a case that somebody handles already.'),
    ("n1,2024", ",2024", "row 2, column case_id: is blank."),
    ("2024-03-01T09:00", "yesterday", 'column opened_at, value "yesterday": is not a date.'),
    (",x,", ",xx,", 'value "xx": is a kind of case that this office has never had.'),
    (",U1,", ",U11,", 'value "U11": is a unit that this office does not have. Did you mean `U1`?'),
    (",2,", ",two,", 'column suspects, value "two": is not a number.'),
    ("p2,,", "p2,h9,urgent", 'value "h9": is not a handler of the handler table.'),
    ("p2,,", "p2,h2,", "column designation_reason: is blank for a designated handler."),
    ("p2,,", "p2,,urgent", 'value "urgent": names a reason and no handler.'),
]


@pytest.mark.parametrize(("old", "new", "sentence"), BROKEN)
def test_each_fault_has_its_sentence(old: str, new: str, sentence: str, tmp_path: Path) -> None:
    """A fault of a new case names file, row, column, value and what to do."""
    assert old in GOOD
    (fault,) = read(tmp_path, GOOD.replace(old, new))
    assert fault.startswith("new.csv, row 2")
    assert sentence in fault


@pytest.mark.parametrize("named", ["parties", "party"])
def test_parties_are_asked_for_where_handlers_are_recused_from_them(
    named: str, tmp_path: Path
) -> None:
    """A file without the parties would let every recusal from one go by."""
    (tmp_path / "new.csv").write_text(f"{HEADER}\n{GOOD}\n".replace("parties", named), "utf-8")
    recused = tables(CASES, handlers=HANDLERS, recusals="handler | party\nh1 | p1")
    if named == "parties":
        assert read_new_cases(recused, tmp_path / "new.csv").height == 1
        return
    with pytest.raises(BadInput, match="column parties: is a column this table does not have"):
        read_new_cases(recused, tmp_path / "new.csv")


def test_parties_may_be_a_list(tmp_path: Path) -> None:
    """A Parquet column of lists says the same as text separated by semicolons."""
    (tmp_path / "new.csv").write_text(f"{HEADER}\n{GOOD}\n", "utf-8")
    found = read_new_cases(office(), tmp_path / "new.csv")
    lists = found.with_columns(parties=pl.col("parties").str.split(";"))
    lists.write_parquet(tmp_path / "new.parquet")
    assert read_new_cases(office(), tmp_path / "new.parquet").equals(found)


def test_a_case_given_twice_is_a_fault(tmp_path: Path) -> None:
    """Of two rows with one id the second is at fault."""
    (fault,) = read(tmp_path, GOOD, GOOD)
    assert 'row 3, column case_id, value "n1": stands more than once.' in fault


def test_a_file_lacking_a_fact_of_intake_or_any_case_is_refused(tmp_path: Path) -> None:
    """A missing column and an empty file are faults of the file."""
    header = HEADER.replace("suspects", "persons")
    (fault,) = read(tmp_path, GOOD, header=header)
    assert "column suspects: is a column this table does not have." in fault
    assert "Add it, blank where it is not known." in fault
    (fault,) = read(tmp_path, GOOD, header=HEADER.replace("kind", "sort"))
    assert "column kind: is a column this table does not have." in fault
    assert "has no cases." in read(tmp_path)[0]


def test_a_file_that_is_no_table_is_refused(tmp_path: Path) -> None:
    """A missing file and one of another kind are faults, not raised as they are."""
    for name in ("absent.csv", "cases.docx"):
        with pytest.raises(BadInput, match=name):
            read_new_cases(office(), tmp_path / name)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(content=st.binary(max_size=300))
def test_any_bytes_are_new_cases_or_bad_input(content: bytes, tmp_path: Path) -> None:
    """Nothing in a file raises anything but BadInput."""
    path = tmp_path / "new.csv"
    path.write_bytes(HEADER.encode() + b"\n" + content)
    with contextlib.suppress(BadInput):
        read_new_cases(office(), path)


def test_faults_of_new_cases_have_the_index_of_their_case() -> None:
    """What a request holds is checked by the same rules, with an index instead of a row."""
    new = rows("case_id | kind\nn1 | x\nn2 | q", new_case_columns(office().office))
    (fault,) = new_case_faults(office(), new)
    assert (fault.index, fault.column) == (1, "kind")
