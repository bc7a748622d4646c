"""The table of overrides: what it holds, and a sentence for each fault in it."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from cases.errors import BadInput
from cases.tables.tables import OVERRIDES
from tests.factories.files import FILES, load, write

OFFICE = FILES["office.toml"] + '\n[tables.overrides]\npath = "overrides.csv"\n'
LEDGER = """case_id,at,about,suggested,decided,reason
a,2024-01-01,track,simple,complex,new facts
a,2024-02-01,spot_check,left_out,listed,complaint
b,2024-01-02,handler,h1,h2,knows the case
"""


def with_ledger(folder: Path, ledger: str = LEDGER, **files: str) -> Path:
    """The valid office with this ledger, and some of its other files replaced."""
    return write(folder, **{"office.toml": OFFICE, "overrides.csv": ledger, **files})


def test_the_ledger_is_read_row_by_row(tmp_path: Path) -> None:
    """Tracks, handlers and spot checks stand in one table; a day without a time is in order."""
    read = load(with_ledger(tmp_path)).override_rows
    assert dict(read.schema) == OVERRIDES
    assert read["decided"].to_list() == ["complex", "listed", "h2"]


def test_an_office_without_a_ledger_has_an_empty_one(tmp_path: Path) -> None:
    """The table is optional."""
    assert dict(load(write(tmp_path)).override_rows.schema) == OVERRIDES


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("b,2024", "c,2024", 'row 4, column case_id, value "c": is not a case of the case table.'),
        ("2024-01-01", "2023-12-31", 'value "2023-12-31": is before the case was opened.'),
        ("2024-01-01", "", "overrides.csv, row 2, column at: is blank."),
        (
            "track",
            "trick",
            "is not something that is suggested. Write one of: track, handler,",
        ),
        ("track", "", "overrides.csv, row 2, column about: is blank."),
        ("new facts", "", "overrides.csv, row 2, column reason: is blank. Fill in the reason of"),
        ("complex", "hard", 'decided, value "hard": is not a track that can be decided.'),
        ("simple", "easy", "a track that can be suggested. Write one of: simple, complex, person."),
        ("left_out", "out", "suggested about a spot check. Write one of: listed, left_out."),
        ("h1,h2", "h1,h1", 'column decided, value "h1": is what was suggested, so nothing was ov'),
        ("h1,h2", "h1,", "overrides.csv, row 4, column decided: is blank."),
        (",reason", ",because", "overrides.csv, column reason: is a column this table does not"),
    ],
)
def test_each_fault_has_its_sentence(old: str, new: str, sentence: str, tmp_path: Path) -> None:
    """A broken ledger raises BadInput with the sentence of that fault."""
    assert old in LEDGER
    with pytest.raises(BadInput) as refused:
        load(with_ledger(tmp_path, LEDGER.replace(old, new, 1)))
    assert sentence in str(refused.value)
    assert len(refused.value.faults) == 1


def test_overrides_of_a_case_set_aside_go_with_it(tmp_path: Path) -> None:
    """No row stays behind whose case is gone."""
    cases = FILES["cases.csv"].replace(",1,yes", ",one,yes")
    folder = with_ledger(tmp_path, **{"cases.csv": cases})
    left = load(folder, set_aside=tmp_path / "aside.csv").override_rows
    assert left["case_id"].to_list() == ["b"]
    aside = pl.read_csv(tmp_path / "aside.csv").filter(file="overrides.csv")
    assert aside["problem"].to_list() == ["is a case that was set aside."] * 2
