"""`triage check`, and the tables with faulty rows."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from serving import serve
from serving.workspace import Workspace
from tests.factories.command import triage
from tests.factories.files import FILES, OFFICE, write


def test_check_counts(office: Path) -> None:
    """A clean office is told what it has."""
    result = triage("check", office)
    assert result.exit_code == 0
    assert "6,000" in result.output
    assert "Without a fault." in result.output


def test_the_reading_report_comes_last_and_is_kept(office: Path, tmp_path: Path) -> None:
    """With rows as they were understood, in the terminal and as a page; never over a table."""
    page = tmp_path / "reading.html"
    result = triage("check", office, "--out", page)
    assert result.exit_code == 0
    assert "Rows in the file: 6,000; blank: 0; set aside: 0; read: 6,000." in result.output
    assert result.output.index("Without a fault.") < result.output.index("How the tables were")
    assert "cases.csv" in page.read_text("utf-8")
    assert triage("check", office, "--out", office.parent / "cases.csv").exit_code == 2


def test_warnings_stand_apart_from_faults(tmp_path: Path) -> None:
    """Both are shown at once; only faults end with exit code 2."""
    doubtful = FILES["cases.csv"].replace(",x,1", ",NULL,1")
    result = triage("check", write(tmp_path, **{"cases.csv": doubtful}) / "office.toml")
    assert result.exit_code == 0
    assert "No faults, but look at these:" in result.output
    write(tmp_path, **{"cases.csv": doubtful.replace("2024-02-01", "2024-02-31")})
    result = triage("check", tmp_path / "office.toml")
    assert result.exit_code == 2
    assert result.output.index("2024-02-31") < result.output.index("No faults, but look at these:")


def test_faults_are_listed_and_nothing_is_written(office: Path, tmp_path: Path) -> None:
    """Bad rows end with exit code 2, each named; with --set-aside they go to a file."""
    broken = tmp_path / "broken"
    shutil.copytree(office.parent, broken, ignore=shutil.ignore_patterns(".triage"))
    cases = broken / "cases.csv"
    lines = cases.read_text("utf-8").splitlines()
    lines[3] = re.sub(r"\d{4}-\d\d-\d\d", "2024-02-31", lines[3], count=1)
    cases.write_text("\n".join(lines) + "\n", "utf-8")
    result = triage("check", broken / "office.toml")
    assert result.exit_code == 2
    assert "cases.csv, row 4" in result.output
    assert "2024-02-31" in result.output
    aside = tmp_path / "aside.csv"
    assert triage("check", broken / "office.toml", "--set-aside", aside).exit_code == 0
    assert "2024-02-31" in aside.read_text("utf-8")


TABLED = ("check", "train", "score", "plan", "estimate", "report", "serve")


@pytest.mark.parametrize("command", TABLED)
def test_every_command_that_opens_tables_can_do_without_faulty_rows(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The option reaches the one place where tables are opened."""
    given = []

    def stop(workspace: Workspace, *_: object, **__: object) -> None:
        given.append((workspace.set_aside, workspace.language))
        raise KeyboardInterrupt

    monkeypatch.setattr(Workspace, "tables", stop)
    monkeypatch.setattr(serve, "serve", stop)
    (tmp_path / "office.toml").write_text(OFFICE, "utf-8")
    needed = {
        "score": ("--as-of", "2026-06-30", "--out", tmp_path / "x.csv"),
        "plan": ("--as-of", "2026-06-30", "--capacity", 1, "--out", tmp_path / "x"),
        "estimate": ("--plan", tmp_path),
        "report": ("--out", tmp_path / "x.html"),
    }
    words = (*needed.get(command, ()), "--set-aside", tmp_path / "aside.csv", "--language", "zh")
    triage(command, tmp_path / "office.toml", *words)
    assert given == [(tmp_path / "aside.csv", "zh")]
