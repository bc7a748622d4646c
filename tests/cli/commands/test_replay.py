"""`triage replay`."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli import console
from serving.workspace import Workspace
from tests.factories.command import triage
from tests.factories.small_office import small_office


def test_replay_tells_what_each_way_would_have_found(
    office: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The table has every way to choose, and the page is written where it is wanted."""
    monkeypatch.setattr(Workspace, "tables", lambda *_: small_office(700))
    monkeypatch.setattr(console.OUT, "width", 200)
    page = tmp_path / "replay.html"
    span = ("--from", "2024-04-01", "--to", "2024-07-31", "--every", "quarter")
    result = triage("replay", office, *span, "--capacity", 20, "--out", page)
    assert result.exit_code == 0, result.output
    for way in ("This system's draw", "All at random", "Top of the list"):
        assert way in result.output
    assert "2024-Q2" in page.read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("--from", "2025-06-30", "--to", "2025-01-01"), 2, "is before"),
        (("--from", "2025-01-01", "--to", "2025-06-30", "--capacity", 5, "--share", 0.1), 2, "one"),
        (("--from", "2030-01-01", "--to", "2030-06-30"), 3, "nothing to replay"),
    ],
)
def test_what_cannot_be_replayed(
    office: Path, words: tuple[object, ...], code: int, sentence: str
) -> None:
    """Wishes that contradict each other, and times without outcomes, get a sentence."""
    result = triage("replay", office, *words)
    assert (result.exit_code, sentence in result.output) == (code, True), result.output
