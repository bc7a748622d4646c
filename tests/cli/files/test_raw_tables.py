"""Tables before any office file says what they are."""

from __future__ import annotations

from pathlib import Path

from cases.progress import silent
from cli.files.raw_tables import read_files


def test_every_table_has_a_name_of_its_own(tmp_path: Path) -> None:
    """Whatever the files are called."""
    paths = [tmp_path / name for name in ("a_3.csv", "a.csv", "a.tsv.csv", "a_2.csv")]
    for path in paths:
        path.write_text("x\n1\n")
    names = [raw.name for raw in read_files(paths, tmp_path, silent)]
    assert names == ["a_3", "a", "a_2", "a_2_2"]
