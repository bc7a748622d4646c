"""Listing an office's models."""

from __future__ import annotations

import pytest

from cli.console import Terminal
from cli.show.versions import show_versions
from models.registry import CHAMPION, Event, Version

RESTORED = Event("2024-01-01T08:00:00", "restored", "one was wrong")
REFUSED = Event("2024-01-02T08:00:00", "refused", "worse")
KNOWS = "2023-12-31T23:59"
VERSIONS = (
    Version("office", "2", (CHAMPION,), 0, "", "", trained_until=KNOWS, events=(RESTORED,)),
    Version("office", "1", (), 0, "", "", events=(REFUSED,)),
)


def test_every_version_is_listed_with_what_was_decided(capsys: pytest.CaptureFixture) -> None:
    """Number, day, what it knows, whether it is champion; beneath it what, when and why."""
    show_versions(Terminal("en"), VERSIONS)
    assert capsys.readouterr().out.splitlines() == [
        "Version 2, made 1 January 1970, knows what was known by 31 December 2023, CHAMPION",
        "  restored 1 January 2024 08:00: one was wrong",
        "Version 1, made 1 January 1970",
        "  refused 2 January 2024 08:00: worse",
    ]


def test_a_version_without_a_verdict_says_so(capsys: pytest.CaptureFixture) -> None:
    """Versions of stores that recorded none are listed too."""
    show_versions(Terminal("en"), (Version("office", "1", (CHAMPION,), 0, "", ""),))
    assert "Version 1, made 1 January 1970, CHAMPION" in (shown := capsys.readouterr().out)
    assert "no verdict is recorded" in shown
