"""Tables on their way to the workers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from polars.testing import assert_frame_equal

from cases.tables.specification import SPECIFICATIONS
from cases.tables.tables import Tables
from serving.running.handover import hand_over, taken_over
from tests.factories.fakes import context


def office_in(folder: Path) -> tuple[Tables, Path]:
    """The tables of an office, and its file."""
    file = folder / "office.toml"
    file.write_text("[office]\n", encoding="utf-8")
    return replace(context().tables, data_hash="a"), file


def test_a_worker_has_the_very_tables_that_were_checked(tmp_path: Path) -> None:
    """Every table, an empty one too, with its types."""
    tables, file = office_in(tmp_path)
    taken = taken_over(tables.office, hand_over(tables, file, tmp_path))
    assert taken is not None
    for name in SPECIFICATIONS:
        assert_frame_equal(taken.rows(name), tables.rows(name))


def test_other_tables_lie_elsewhere_and_older_ones_go(tmp_path: Path) -> None:
    """A worker whose tables are gone gets none, and what was mapped before stays readable."""
    tables, file = office_in(tmp_path)
    folder = hand_over(tables, file, tmp_path)
    mapped = taken_over(tables.office, folder)
    later = hand_over(replace(tables, data_hash="b"), file, tmp_path)
    assert later != folder
    assert taken_over(tables.office, folder) is None
    assert mapped is not None
    assert mapped.case_rows["case_id"].to_list() == tables.case_rows["case_id"].to_list()
    assert hand_over(tables, file, tmp_path) == folder
