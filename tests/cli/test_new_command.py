"""A new command is a function and a line in the list."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from cases.errors import Refused
from cases.language.messages import _
from cli.app import program
from cli.arguments import OfficeFile, SpokenIn
from cli.console import Terminal
from tests.factories.files import OFFICE

WATCH = _("Required.")  # any text that is in the catalogue


def watch(office: OfficeFile, language: SpokenIn = None) -> None:
    """Show a text, or refuse."""
    if office.stem == "closed":
        raise Refused(WATCH)
    Terminal.of(language, office).show(WATCH)


@pytest.fixture
def app() -> typer.Typer:
    """The program with that command."""
    return program([(watch, WATCH)])


@pytest.mark.parametrize(
    ("words", "code", "shown"),
    [
        (["watch", "open.toml"], 0, "⟦Required.⟧\n"),
        (["watch", "closed.toml"], 3, "⟦Required.⟧\n"),
        (["watch", "opne.toml"], 2, "there is no such file."),
        (["watch", "--help"], 0, "⟦Usage: triage watch"),
        (["watch"], 2, "is missing."),
    ],
)
def test_it_has_help_languages_and_exit_codes(
    app: typer.Typer,
    made_up: str,
    words: list[str],
    code: int,
    shown: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As every other has, and what is wrong with the office file is said before it runs."""
    monkeypatch.chdir(tmp_path)
    for name in ("open.toml", "closed.toml"):
        Path(name).write_text(OFFICE, "utf-8")
    result = CliRunner().invoke(app, [*words, "--language", made_up])
    assert result.exit_code == code
    assert shown in result.output
