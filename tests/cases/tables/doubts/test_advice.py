"""What is said of a column that is missing or cannot be read helps to mend it."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from cases.errors import BadInput
from tests.factories.files import FILES, load, write


def faults_of(folder: Path, **files: str) -> list[str]:
    """What is wrong with the small office with these files, a sentence each."""
    with pytest.raises(BadInput) as refused:
        load(write(folder, **files))
    return [fault.say("en") for fault in refused.value.faults]


@pytest.mark.parametrize("column", ["closed_at", "case_id"])
def test_a_missing_column_is_one_fault(column: str, tmp_path: Path) -> None:
    """No check that needs it is made: neither is each review one of an open case."""
    cases = pl.read_csv(FILES["cases.csv"].encode(), infer_schema=False).drop(column)
    (fault,) = faults_of(tmp_path, **{"cases.csv": cases.write_csv()})
    assert f"column {column}: is a column this table does not have." in fault


def test_a_word_that_repeats_may_mean_blank(tmp_path: Path) -> None:
    """Among dates and numbers alike; one that stands once is a slip."""
    head = FILES["cases.csv"].splitlines()[0]
    rows = "".join(f"{n},2024-01-01,open,x,many,yes\n" for n in "abc")
    said = faults_of(
        tmp_path,
        **{
            "cases.csv": f"{head}\n{rows}d,2024-01-01,shut,x,9015,yes\n",
            "events.csv": "case_id,at,activity\n",
            "reviews.csv": "case_id,reviewed_at,grade\n",
        },
    )
    repeated = [fault for fault in said if "name it under `blank`" in fault]
    assert len([fault for fault in repeated if '"open"' in fault]) == 3
    assert len([fault for fault in repeated if '"many"' in fault]) == 3
    assert not [fault for fault in repeated if '"shut"' in fault]


def test_marks_between_thousands_are_named(tmp_path: Path) -> None:
    """With the key that reads them; with it, what is grouped otherwise is a fault."""
    files = {"cases.csv": FILES["cases.csv"].replace(",2,\n", ',"9,015.5",\n')}
    (fault,) = faults_of(tmp_path, **files)
    assert 'say `thousands = ","`' in fault
    office = FILES["office.toml"].replace('"cases.csv"', '"cases.csv"\nthousands = ","')
    tables = load(write(tmp_path, **files, **{"office.toml": office}))
    assert 9015.5 in tables.case_rows["suspects"].to_list()
