"""Making the demo office: its files, and what it never writes over."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.demo import make_demo
from cases.errors import BadInput
from cases.language.messages import Sayable
from cases.office.loading import load_office
from cases.tables.reading import read_tables
from cases.tables.tables import Tables

FILES = (
    "calendar.csv",
    "cases.csv",
    "events.parquet",
    "handlers.csv",
    "intake.csv",
    "office.toml",
    "overrides.csv",
    "recusals.csv",
    "reviewers.csv",
    "reviews.csv",
)


def written(folder: Path) -> dict[str, bytes]:
    """The bytes of every file in the folder."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_same_seed_same_bytes(tmp_path: Path) -> None:
    """The same number of cases and seed write the same bytes, file by file."""
    for name in ("one", "two"):
        make_demo(tmp_path / name, cases=500, seed=7)
    assert written(tmp_path / "one") == written(tmp_path / "two")


def test_another_seed_another_office(tmp_path: Path) -> None:
    """Another seed changes every table but not the office file and its calendar."""
    for seed in (7, 8):
        make_demo(tmp_path / str(seed), cases=500, seed=seed)
    one, two = written(tmp_path / "7"), written(tmp_path / "8")
    assert {name for name in one if one[name] == two[name]} == {"calendar.csv", "office.toml"}


def test_files(folder: Path) -> None:
    """The folder holds the office's files and the truth, and nothing else."""
    hidden = ("breaches", "colleagues", "defects", "overruns", "reviewers")
    truth = ["truth.parquet", *(f"truth_{name}.parquet" for name in hidden)]
    assert sorted(written(folder)) == sorted([*FILES, *truth])


def test_truth_is_not_a_table_of_the_office(folder: Path, tables: Tables) -> None:
    """The office file does not name the truth, and no table has its columns."""
    assert "truth" not in (folder / "office.toml").read_text(encoding="utf-8")
    hidden = {"defect_probability", "effort_days", "complex", "weakness", "skill", "overload"}
    hidden |= {"badness", "severity", "leniency", "cause", "breach", "later"}
    for rows in (tables.case_rows, tables.event_rows, tables.review_rows, tables.handler_rows):
        assert not hidden & set(rows.columns)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(cases=st.integers(1, 60), seed=st.integers(0, 2**32))
def test_any_small_office_is_read_without_a_fault(
    tmp_path_factory: pytest.TempPathFactory, cases: int, seed: int
) -> None:
    """Whatever the size and the seed, the checks find no fault and no case is lost."""
    folder = tmp_path_factory.mktemp("small")
    tables = read_tables(load_office(make_demo(folder, cases=cases, seed=seed)), folder)
    assert tables.case_rows.height == cases
    assert set(tables.event_rows["case_id"]) <= set(tables.case_rows["case_id"])
    assert set(tables.review_rows["case_id"]) <= set(tables.case_rows["case_id"])
    assert pl.read_parquet(folder / "truth.parquet").height == cases


@pytest.mark.parametrize(("cases", "seed", "faults"), [(0, 1, 1), (1, -1, 1), (-3, -3, 2)])
def test_impossible_sizes_are_refused(tmp_path: Path, cases: int, seed: int, faults: int) -> None:
    """Fewer than one case and a negative seed are faults, and nothing is written."""
    with pytest.raises(BadInput) as caught:
        make_demo(tmp_path / "none", cases=cases, seed=seed)
    assert len(caught.value.faults) == faults
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("name", ["cases.csv", "office.toml"])
def test_files_of_others_are_never_written_over(tmp_path: Path, name: str) -> None:
    """A folder that holds an office of its own, or anything else, is refused and kept."""
    (tmp_path / name).write_text("the only copy")
    with pytest.raises(BadInput, match="is a folder that holds other files"):
        make_demo(tmp_path, cases=10)
    assert written(tmp_path) == {name: b"the only copy"}


def test_an_office_begun_from_the_demo_is_not_remade(tmp_path: Path) -> None:
    """The demo's office file next to somebody's own tables is not taken for a demo."""
    make_demo(tmp_path, cases=10)
    (tmp_path / "truth.parquet").unlink()
    with pytest.raises(BadInput, match="is a folder that holds other files"):
        make_demo(tmp_path, cases=10)


def test_a_demo_can_be_remade(tmp_path: Path) -> None:
    """The same folder takes the demo again, with another seed."""
    make_demo(tmp_path, cases=10, seed=1)
    make_demo(tmp_path, cases=10, seed=2)
    make_demo(tmp_path / "other", cases=10, seed=2)
    assert all(
        (tmp_path / name).read_bytes() == raw for name, raw in written(tmp_path / "other").items()
    )


def test_where_no_folder_can_be_made_it_is_a_fault(tmp_path: Path) -> None:
    """A file in the way gives a sentence."""
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match="cannot be written"):
        make_demo(tmp_path / "file", cases=10)


def test_progress_ends_at_one(tmp_path: Path) -> None:
    """Progress never goes back and ends when all is written."""
    steps: list[tuple[str | Sayable, float]] = []
    make_demo(tmp_path, cases=10, progress=lambda *step: steps.append(step))
    done = [share for _what, share in steps]
    assert done == sorted(done)
    assert done[-1] == 1
