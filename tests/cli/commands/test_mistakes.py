"""Mistakes, crashes and refusals end in a sentence and an exit code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cli.app import COMMANDS
from serving.workspace import Workspace
from tests.factories.command import triage
from tests.factories.files import OFFICE

README = Path(__file__).parents[3] / "README.md"
NAMES = (
    "demo",
    "draft",
    "check",
    "train",
    "models",
    "rollback",
    "score",
    "commit",
    "plan",
    "seed",
    "begin",
    "verify",
    "ledger",
    "erase",
    "import-reviews",
    "estimate",
    "report",
    "replay",
    "intake",
    "shares",
    "watch",
    "run-due",
    "users",
    "serve",
)


@pytest.fixture(autouse=True)
def folder_with_an_office_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where commands run: what is wrong with an office file is said before anything else."""
    monkeypatch.chdir(tmp_path)
    Path("office.toml").write_text(OFFICE, "utf-8")


def test_no_champion_is_refused(
    office: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a model the commands that need one are refused, with what to do."""
    monkeypatch.setenv("TRIAGE_HOME", str(tmp_path / "empty"))
    result = triage("score", office, "--as-of", "2026-06-30", "--out", tmp_path / "risk.csv")
    assert result.exit_code == 3
    assert "triage train" in result.output
    assert triage("serve", office).exit_code == 3


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("check", "nowhere.toml"), "there is no such file"),
        (("score", "office.toml", "--as-of", "31.12.2025", "--out", "x.csv"), "2026-06-30T17"),
        (("train", "office.toml", "--until", "2026-06-30T12:00+08:00"), "2026-06-30T17"),
        (("plan", "office.toml", "--as-of", "2026-01-01", "--out", "x"), "capacity"),
        (("plan", "office.toml", "--out"), "triage plan, --out: has no value"),
        (("--language",), "triage, --language: has no value"),
        (
            ("--language", "zh", "check", "nowhere.toml", "--language", "en"),
            "there is no such file",
        ),
        (("--language", "zh", "check", "--foo", "--language", "en"), "there is no such option"),
        (("chek",), "chek"),
        (("rollback", "office.toml", "--reason", " "), "the reason is blank."),
        (("train", "office.toml", "--corrected", " "), "the reason is blank."),
        (("demo", "--cases", "0", "unused"), "cases"),
    ],
)
def test_mistakes_get_a_sentence(words: tuple[str, ...], sentence: str) -> None:
    """A mistake on the command line ends with exit code 2 and no traceback."""
    result = triage(*words)
    assert result.exit_code == 2
    assert sentence in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("error", "code", "sentence"),
    [
        (KeyboardInterrupt(), 130, "Stopped"),
        (ZeroDivisionError("secret"), 1, "internal error (ZeroDivisionError)"),
    ],
)
def test_crashes_and_ctrl_c(
    error: BaseException, code: int, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C and our own mistakes end in a sentence that repeats no data."""

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(Workspace, "tables", fail)
    result = triage("check", "office.toml")
    assert result.exit_code == code
    assert sentence in result.output
    assert "secret" not in result.output


def test_a_file_of_somebody_else_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """What this user may not use ends in a sentence with its path, not in an internal error."""

    def fail(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", "/srv/office/served")

    monkeypatch.setattr(Workspace, "tables", fail)
    result = triage("check", "office.toml")
    assert result.exit_code == 2
    assert "/srv/office/served: may not be used by the user" in " ".join(result.output.split())


def test_every_command_is_documented() -> None:
    """The README names every command, and every command's help says what it does."""
    assert [command.__name__.replace("_", "-") for command, _help in COMMANDS] == list(NAMES)
    readme = README.read_text("utf-8")
    for name in NAMES:
        assert f"`triage {name}" in readme
        assert len(triage(name, "--help").output) > 200


def test_the_version_is_told() -> None:
    """`--version` says which Plumbline it is."""
    assert re.fullmatch(r"Plumbline \d+\.\d+\.\d+\n", triage("--version").output)
