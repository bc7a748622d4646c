"""Help, and mistakes on the command line, in the language of who reads them."""

from __future__ import annotations

import re

import pytest
from rich.cells import cell_len

from cases.language.catalogues import languages
from cli.app import COMMANDS
from tests.factories.command import triage

NAMES = [command.__name__.replace("_", "-") for command, _help in COMMANDS]
MISTAKES = {
    ("plan", "office.toml"): ("triage plan, --out", "is missing", "triage plan --help"),
    ("shares",): ("triage shares, FOLDER", "is missing"),
    ("chek",): ('value "chek"', "no such command", "Did you mean `check`?"),
    ("nothing-like-it",): ("no such command", "triage --help"),
    ("--verbose",): ("triage, --verbose", "no such option"),
    ("seed", "--languag", "en"): ("no such option", "Did you mean `--language`?"),
    ("seed", "more"): ("triage seed", "more is given"),
    ("--language", "en"): ("triage", "no command is given"),
    ("seed", "--language"): ("triage seed, --language", "Write one value after it."),
    ("seed", "--language", "xx"): ('"xx" is not a language', "en"),
    ("demo", "--cases", "many"): ('--cases: "many" is not a whole number',),
    ("replay", "x", "--every", "week"): ("not a choice", "month, quarter, year"),
    ("replay", "x", "--share", "5"): ("not a share between 0 and 1", "0.05"),
    ("replay", "x", "--share", "much"): ("is not a number", "0.02"),
    ("replay", "x", "--seeds", "0"): ("is too small", "Give at least 1."),
}


@pytest.mark.parametrize(("words", "parts"), MISTAKES.items())
def test_a_mistake_is_explained(words: tuple[str, ...], parts: tuple[str, ...]) -> None:
    """Exit code 2, what is wrong where, and what to do."""
    result = triage(*words)
    assert result.exit_code == 2
    for part in (*parts, "1 fault; nothing was changed."):
        assert part in result.output


@pytest.mark.parametrize("words", [words for words in MISTAKES if "--language" not in words])
def test_a_mistake_is_explained_in_the_language_asked_for(
    words: tuple[str, ...], made_up: str
) -> None:
    """Also where the command line cannot be read to its end."""
    result = triage(*words, "--language", made_up)
    assert result.exit_code == 2
    assert "⟦1 fault; nothing was changed.⟧" in result.output


def test_without_a_word_the_help_is_shown() -> None:
    """What can be done, with exit code 2, since nothing was asked for."""
    result = triage()
    assert (result.exit_code, result.output) == (2, triage("--help").output)


@pytest.mark.parametrize("order", [("--help", "--language"), ("--language", "--help")])
def test_help_speaks_the_language_asked_for(order: tuple[str, str], made_up: str) -> None:
    """On either side of `--help`."""
    words = [word for option in order for word in (option, made_up)[: 1 + (option[2] == "l")]]
    assert "⟦Options⟧" in triage("plan", *words).output
    assert "⟦Commands⟧" in triage(*words).output


@pytest.mark.parametrize("name", NAMES)
def test_help_names_every_parameter(name: str) -> None:
    """Each with what it is, whether it is needed, and its default."""
    shown = " ".join(triage(name, "--help").output.split())
    assert shown.startswith(f"Usage: triage {name}")
    assert "--language CODE Language of what is shown" in shown
    assert "--help Show this help and stop." in shown


@pytest.mark.parametrize("language", languages())
def test_commands_and_options_are_shown_as_they_are_typed(language: str) -> None:
    """In every language, also where one of its words is that of a command."""
    shown = triage("--help", "--language", language).output
    assert re.findall(r"^  ([a-z]\S*) ", shown, re.MULTILINE) == NAMES
    shown = triage("plan", "--help", "--language", language).output
    assert re.search(r"^  --as-of ", shown, re.MULTILINE)


@pytest.mark.parametrize("name", [None, *NAMES])
def test_no_text_of_the_help_is_cut(name: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also in a language without spaces, on a narrow terminal."""
    monkeypatch.setenv("COLUMNS", "80")
    words = (name, "--help") if name else ("--help",)
    for language in languages():
        shown = triage(*words, "--language", language).output
        assert "…" not in shown
        assert max(map(cell_len, shown.splitlines())) <= 80


def test_help_says_what_is_required_and_what_is_the_default() -> None:
    """After the sentence that says what it is."""
    shown = " ".join(triage("replay", "--help").output.split())
    assert "OFFICE The office file (TOML). Required." in shown
    assert "--every month|quarter|year How long a period is. By default: month." in shown


def test_two_languages_in_one_process(made_up: str) -> None:
    """One command after the other, each in its own language."""
    for language, title in (("en", "\nOptions"), (made_up, "⟦Options⟧"), ("en", "\nOptions")):
        assert title in triage("seed", "--help", "--language", language).output
