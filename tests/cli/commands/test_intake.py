"""`triage intake` and `triage shares`."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest

from benchmarks.tampering import with_manifest
from tests.factories.command import triage


def test_intake_suggests_and_can_be_drawn_again(office_anew: Path, tmp_path: Path) -> None:
    """A file of new cases becomes a list, a page and what a stranger needs to check the draw."""
    office = office_anew
    new, kept = office.parent / "intake.csv", tmp_path / "intake"
    result = triage("intake", office, "--cases", new, "--out", kept, "--seed", "s")
    assert result.exit_code == 0, result.output
    sheet = pl.read_csv(kept / "intake.csv")
    assert sheet["case_id"].to_list() == pl.read_csv(new)["case_id"].to_list()
    assert set(sheet["track"]) <= {"simple", "complex", "person"}
    assert set(sheet["how"]) <= {"drawn", "unassigned"}
    assert "<html" in (kept / "intake.html").read_text("utf-8")
    same = triage("verify", kept)
    assert (same.exit_code, same.output.split(":")[0]) == (0, "It matches")
    agreed = triage("shares", kept, kept)
    assert agreed.exit_code == 0, agreed.output
    assert f"{sheet.height} cases drawn" in agreed.output.replace("\n", " ")
    twice = triage("shares", kept, office.parent / "intake")
    assert (twice.exit_code, "was drawn in two of these" in twice.output) == (3, True)
    again = triage("intake", office, "--cases", new, "--out", kept)
    assert (again.exit_code, "already holds something" in again.output) == (2, True)


@pytest.mark.parametrize("named", [False, True])
def test_an_intake_counts_what_an_earlier_one_gave(
    office_anew: Path, tmp_path: Path, *, named: bool
) -> None:
    """Cases the tables lack weigh on their handlers, and are not drawn once more.

    The ledger remembers them; a folder that is named too counts once.
    """
    office = office_anew
    header, *lines = (office.parent / "intake.csv").read_text("utf-8").splitlines()
    for name, part in (("one", lines[:20]), ("two", lines[20:])):
        (tmp_path / f"{name}.csv").write_text("\n".join([header, *part]), "utf-8")
    first = ("--cases", tmp_path / "one.csv", "--as-of", "2026-07-08", "--out", tmp_path / "one")
    assert triage("intake", office, *first).exit_code == 0
    after = ("--after", tmp_path / "one") if named else ()
    then = ("--as-of", "2026-07-08", *after, "--out", tmp_path / "two")
    assert triage("intake", office, "--cases", tmp_path / "two.csv", *then).exit_code == 0
    one, two = (pl.read_csv(tmp_path / name / "loads.csv") for name in ("one", "two"))
    assert one["open_after"].to_list() == two["open_before"].to_list()
    assert one["after"].sum() == pytest.approx(two["before"].sum(), abs=0.5)
    again = triage("intake", office, "--cases", tmp_path / "one.csv", *then[:-1], tmp_path / "x")
    assert (again.exit_code, "has been given to a handler already" in again.output) == (2, True)


def test_an_intake_that_was_touched_is_found(office: Path, tmp_path: Path) -> None:
    """With two handlers exchanged the draw does not match, and no shares are tested."""
    kept = tmp_path / "kept"
    shutil.copytree(office.parent / "intake", kept)
    sheet = pl.read_csv(kept / "intake.csv", infer_schema=False)
    handlers = sheet["handler"].reverse()
    assert handlers.to_list() != sheet["handler"].to_list()
    sheet.with_columns(handlers).write_csv(kept / "intake.csv")
    other = triage("verify", kept)
    assert (other.exit_code, "intake.csv has" in other.output) == (3, True)
    with_manifest(kept, tmp_path / "renewed")
    other = triage("verify", tmp_path / "renewed")
    assert (other.exit_code, "handler is H" in other.output) == (3, True)
    refused = triage("shares", kept)
    assert (refused.exit_code, "Nothing is tested with it" in refused.output) == (3, True)
    sheet.with_columns(track=pl.lit("simple")).write_csv(kept / "intake.csv")
    with_manifest(kept, tmp_path / "other")
    other = triage("verify", tmp_path / "other")
    assert (other.exit_code, "track is simple, computed" in other.output) == (3, True)
    (kept / "chances.parquet").write_bytes(b"\x00[")
    with_manifest(kept, tmp_path / "broken")
    broken = triage("verify", tmp_path / "broken")
    assert (broken.exit_code, "chances.parquet" in broken.output) == (2, True)


def test_faults_of_new_cases_are_listed(office: Path, tmp_path: Path) -> None:
    """A file of new cases is refused with file, row, column and value, and nothing is written."""
    lines = (office.parent / "intake.csv").read_text("utf-8").splitlines()
    (tmp_path / "new.csv").write_text("\n".join([lines[0], lines[1], lines[1]]), "utf-8")
    out = ("--out", tmp_path / "out")
    result = triage("intake", office, "--cases", tmp_path / "new.csv", *out)
    assert result.exit_code == 2
    assert "new.csv, row 3, column case_id" in result.output
    assert not (tmp_path / "out").exists()
