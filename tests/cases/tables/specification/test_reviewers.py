"""Tests of the reviewer table, and of recusals that name a reviewer."""

from __future__ import annotations

from pathlib import Path

import pytest

from cases.errors import BadInput
from tests.factories.files import FILES, load, write

OFFICE = FILES["office.toml"] + '[tables.reviewers]\npath = "reviewers.csv"\n'
REVIEWERS = "reviewer,unit,kinds,capacity,most_open,absent_from,absent_until\n"
SOUND = REVIEWERS + "r1,u1,x;y,10,5,2024-02-01,\nr2,,,,,,\n"


def written(folder: Path, reviewers: str = SOUND, recusals: str = "r1,a,") -> Path:
    """The office with these reviewers and recusals."""
    recused = f"handler,case_id,party\nh1,,p1\n{recusals}\n"
    files = {"office.toml": OFFICE, "reviewers.csv": reviewers, "recusals.csv": recused}
    return write(folder, **files)


def test_a_recusal_may_name_a_reviewer(tmp_path: Path) -> None:
    """A name of either table will do."""
    tables = load(written(tmp_path))
    assert tables.reviewer_rows["reviewer"].to_list() == ["r1", "r2"]
    assert tables.recusal_rows["handler"].to_list() == ["h1", "r1"]


def test_who_is_in_neither_table_is_a_fault(tmp_path: Path) -> None:
    """It says both; in an office without reviewers it names the handlers alone."""
    with pytest.raises(BadInput, match=r'value "r9": is neither a handler of .* nor a reviewer'):
        load(written(tmp_path, recusals="r9,a,"))
    with pytest.raises(BadInput, match='value "r1": is not a handler of the handler table'):
        load(write(written(tmp_path), **{"recusals.csv": "handler,case_id\nr1,a\n"}))


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (",u1,,,,,", "reviewers.csv, row 2, column reviewer: is blank."),
        ("r1,,,,,,\nr1,,,,,,", "is the reviewer of more than one row."),
        ("r1,,,-1,,,", 'column capacity, value "-1": is below zero.'),
        ("r1,,,,-1,,", 'column most_open, value "-1": is below zero.'),
        ("r1,,,,,2024-02-02,2024-02-01", "is before the absence begins."),
        ("r1,,,many,,,", 'column capacity, value "many": is not a number.'),
    ],
)
def test_each_fault_of_a_reviewer_has_its_sentence(row: str, sentence: str, tmp_path: Path) -> None:
    """With row, column and value."""
    with pytest.raises(BadInput) as refused:
        load(written(tmp_path, reviewers=f"{REVIEWERS}{row}\n", recusals=""))
    assert sentence in str(refused.value)
