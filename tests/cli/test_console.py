"""In which language a command speaks, and how it shows tables, progress and faults."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from cases.errors import BadInput, Fault, Refused
from cases.language.messages import _
from cases.language.texts import Text as Words
from cli.console import Terminal, show_error


def terminal(language: str = "en") -> tuple[Terminal, StringIO]:
    """A terminal that writes to a text, and the text."""
    text = StringIO()
    console = Console(file=text, width=100)
    return Terminal(language, console, console), text


@pytest.mark.parametrize(
    ("named", "in_office", "system", "spoken"),
    [
        ("en", "eo", "eo", "en"),
        (None, "en", "eo", "en"),
        (None, "xx", "eo", "eo"),  # there is no such catalogue
        (None, None, "eo", "eo"),
        (None, None, "xx", "en"),
    ],
)
def test_the_language_is_named_or_the_offices_or_the_systems(
    named: str | None,
    in_office: str | None,
    system: str,
    spoken: str,
    made_up: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In this order."""
    monkeypatch.setattr("cli.console.system_language", lambda: made_up if system == "eo" else "en")
    office = tmp_path / "office.toml"
    if in_office:
        office.write_text(f'[office]\nlanguage = "{in_office}"\n')
    assert Terminal.of(named, office).language == spoken


@pytest.mark.parametrize("content", [None, b"\xff", b"[office", b"office = 1", b"[office]"])
def test_an_office_file_that_cannot_be_read_has_no_language(
    content: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is wrong with it is said where it is opened."""
    monkeypatch.setattr("cli.console.system_language", lambda: "en")
    office = tmp_path / "office.toml"
    if content is not None:
        office.write_bytes(content)
    assert Terminal.of(None, office).language == "en"


def test_an_office_file_is_checked_in_its_own_language(made_up: str, tmp_path: Path) -> None:
    """A fault of the file that names the language is in that language."""
    office = tmp_path / "office.toml"
    office.write_text(f'[office]\nlanguage = "{made_up}"\nnonsense = 1\n')
    shown, text = terminal(Terminal.of(None, office).language)
    show_error(shown, Refused(_("There is no version {number}.", number="3")))
    assert "3" in text.getvalue()


def test_faults_alike_are_counted() -> None:
    """The first five of a kind, and how many more; each kind apart."""
    faults = [Fault("a.csv", _("is blank."), _("Fill it in."), row=row) for row in range(9, 1, -1)]
    shown, text = terminal()
    show_error(shown, BadInput([*faults, Fault("b.csv", _("is missing."), _("Give it."))]))
    assert text.getvalue().splitlines() == [
        *(f"a.csv, row {row}: is blank. Fill it in." for row in range(2, 7)),
        "  … and 3 more of this kind in a.csv",
        "b.csv: is missing. Give it.",
        "9 faults; nothing was changed.",
    ]


def test_faults_stand_in_the_order_of_the_file() -> None:
    """Whatever the words for them begin with, and so in every language."""
    faults = [
        Fault("b.csv", _("is blank."), _("Fill it in."), row=2),
        Fault("a.csv", _("is missing."), _("Give it."), row=3),
        Fault("a.csv", _("is not a number."), _("Give it."), row=2),
        Fault("a.csv", _("is missing."), _("Give it."), row=9),
    ]
    shown, text = terminal()
    show_error(shown, BadInput(faults))
    starts = [line.partition(":")[0] for line in text.getvalue().splitlines()[:-1]]
    assert starts == ["a.csv, row 2", "a.csv, row 3", "a.csv, row 9", "b.csv, row 2"]


def test_nothing_shown_steers_the_terminal() -> None:
    """Names of cases and words of an office may hold anything."""
    shown, text = terminal()
    shown.show("a\x1b[31mb\x07", _("{kind}", kind=Words(en="x\x1b]0;y")))
    shown.warn("a\u202eb\nc")
    shown.table(["\x1bhead"], [["\x9bcell"]])
    assert not set("\x1b\x07\x9b\u202e") & set(text.getvalue())
    assert "\nc\n" in text.getvalue()


def test_a_table_shows_its_cells_as_they_are() -> None:
    """Messages in the language; what reads like markup is shown and not run."""
    shown, text = terminal()
    shown.table([_("rank")], [["[bold]x[/bold]"], [_("{number:,}", number=1200)]])
    for part in ("rank", "[bold]x[/bold]", "1,200"):
        assert part in text.getvalue()


def test_a_log_has_a_line_a_finished_step() -> None:
    """Once each, however often it is reported."""
    shown, text = terminal()
    with shown.progress() as tell:
        for done in (0.0, 0.5, 1.0, 1.0):
            tell(_("planning"), done)
    assert text.getvalue() == "planning: done\n"
