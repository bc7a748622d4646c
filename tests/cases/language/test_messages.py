"""A text is a value that is put into a language only where it is shown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from cases.language import catalogues
from cases.language.catalogues import languages, system_language
from cases.language.kept import as_json, from_json
from cases.language.messages import Sayable, _, listed, ngettext, pgettext, say, sentences
from cases.language.texts import Text
from cases.language.values import Value, round_share

CATALOGUE = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "{found} of {cases:,} cases"
msgstr "von {cases:,} Fällen {found}"

msgid "{count:,} fault"
msgid_plural "{count:,} faults"
msgstr[0] "{count:,} Fehler, nur einer"
msgstr[1] "{count:,} Fehler"

msgctxt "of a month"
msgid "May"
msgstr "Mai"

msgctxt "two names in a list"
msgid "{first}, {second}"
msgstr "{first} / {second}"

msgctxt "two sentences"
msgid "{first} {second}"
msgstr "{first}{second}"
"""
FOUND = _("{found} of {cases:,} cases", found=3, cases=1200)
CACHED = (catalogues.languages, catalogues.translations)


def _forget() -> None:
    for cached in CACHED:
        cached.cache_clear()


@pytest.fixture(autouse=True)
def _german(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Another language, which is one file and nothing else."""
    file = tmp_path / "de" / catalogues.FILE
    file.parent.mkdir(parents=True)
    file.write_text(CATALOGUE, "utf-8")
    monkeypatch.setattr(catalogues, "FOLDER", tmp_path)
    _forget()
    yield
    _forget()


def test_a_language_is_a_file() -> None:
    """English needs none and comes first."""
    assert languages() == ("en", "de")
    assert system_language({"LANG": "de_DE.UTF-8"}) == "de"
    assert system_language({"LC_ALL": "fr_FR", "LANG": "fr"}) == "en"
    assert system_language({"LC_ALL": "", "LANG": "DE_de@euro"}) == "de"


@pytest.mark.parametrize("outranking", ["C", "POSIX", "C.UTF-8", "fr_FR.UTF-8"])
def test_the_first_variable_of_the_system_counts(outranking: str) -> None:
    """What a user sets for all outranks what the system is set to."""
    assert system_language({"LC_ALL": outranking, "LANG": "de_DE.UTF-8"}) == "en"
    assert system_language({"LC_MESSAGES": outranking, "LANG": "de_DE.UTF-8"}) == "en"


@pytest.mark.parametrize(
    ("message", "english", "german"),
    [
        (FOUND, "3 of 1,200 cases", "von 1.200 Fällen 3"),
        (ngettext("{count:,} fault", "{count:,} faults", 1), "1 fault", "1 Fehler, nur einer"),
        (ngettext("{count:,} fault", "{count:,} faults", 2), "2 faults", "2 Fehler"),
        (pgettext("of a month", "May"), "May", "Mai"),
        (pgettext("that one can", "May"), "May", "May"),
        (listed(["a", FOUND]), "a, 3 of 1,200 cases", "a / von 1.200 Fällen 3"),
        (sentences("A.", "B."), "A. B.", "A.B."),
        (_("{share:.1%}", share=0.123), "12.3%", "12,3\N{NO-BREAK SPACE}%"),
        (_("{day}", day=date(2026, 6, 30)), "30 June 2026", "30. Juni 2026"),
        (_("{at}", at=datetime(2026, 6, 30, 9, 5)), "30 June 2026 09:05", "30. Juni 2026 09:05"),
        (_("{kind}", kind=Text(en="appeal", de="Einspruch")), "appeal", "Einspruch"),
        (_("`{name}`", name="{x}"), "`{x}`", "`{x}`"),
    ],
)
def test_a_text_is_said_in_any_language(message: Sayable, english: str, german: str) -> None:
    """One value, as many languages as are asked for; it is English as a `str`."""
    assert (message.say("en"), message.say("de")) == (english, german)
    assert str(message) == english
    assert message.say("xx") == english


def test_what_is_not_a_text_stands_as_it_is() -> None:
    """Codes and numbers have no language."""
    assert (say("N-1", "de"), say(3, "de")) == ("N-1", "3")


@pytest.mark.parametrize("spec", [".0f", ".1f", ".2f", ",.1f", "+.2f", ".0%", ".1%", ".2%"])
def test_a_figure_is_rounded_as_python_rounds_it(spec: str) -> None:
    """At halves too, where the number that is stored lies above or below what is printed."""
    halves = [part / 10**power for power in (1, 2, 3, 4) for part in range(5, 1000, 10)]
    for value in (*halves, *(-half for half in halves), 0.285, 1.005, 2.675, 1e15 + 0.5):
        text = format(value, spec)
        if not any(digit in text for digit in "123456789"):
            text = text.lstrip("+-")  # a zero has no sign
        assert _(f"{{value:{spec}}}", value=value).say("en") == text


@pytest.mark.parametrize(
    ("value", "spec", "text"),
    [
        (1e300, ",.2f", "1.00e+300"),
        (-1e300, ".1%", "-1.00e+300"),
        (10**400, ",", "1.00e+400"),
        (1.5e308, ".0%", "1.50e+308"),
        (10**17, ",", "100,000,000,000,000,000"),
        (1 / 3, ".20f", "0.33333333333333331483"),
        (12345, ".3g", "12300"),
        (1234567, ",.3g", "1,230,000"),
        (0.0000123456, ".3g", "0.0000123"),
        (1e-300, ".3g", "1.00e-300"),
        (1e-300, ".1f", "0.0"),
        (9.996, ".3g", "10"),
        (5.0, "g", "5"),
        (1234567.25, "g", "1234567"),
        (float("inf"), ".1f", "inf"),
    ],
)
def test_any_number_can_be_said(value: float, spec: str, text: str) -> None:
    """The largest and the smallest too: tables and requests hold what people type."""
    assert _(f"{{value:{spec}}}", value=value).say("en") == text


@pytest.mark.parametrize(
    "value",
    [
        FOUND,
        ngettext("{count:,} fault", "{count:,} faults", 2),
        ngettext("{count:,} fault", "{count:,} faults", 0),
        sentences(FOUND, pgettext("of a month", "May")),
        _("{at} {kind}", at=datetime(2026, 6, 30, 9), kind=Text(en="appeal", de="Einspruch")),
        _("{day}", day=date(2026, 6, 30)),
    ],
)
def test_a_text_can_be_kept_and_read_again(value: Sayable) -> None:
    """What was kept says the same in every language."""
    again = from_json(as_json(value))
    assert [again.say(code) for code in ("en", "de")] == [value.say(code) for code in ("en", "de")]


def test_a_template_reaches_nothing_but_its_values() -> None:
    """Attributes of a value cannot be read, and a format is one of a number."""
    with pytest.raises(KeyError):
        _("{found.__class__}", found=1).say("en")
    with pytest.raises(ValueError, match="is not a format of a number"):
        _("{found:>9}", found=1).say("en")
    with pytest.raises(ValueError, match="is not a format of a number"):
        _("{found:.99999999f}", found=1.0).say("en")


@pytest.mark.parametrize(
    "words", [{}, {"en": ""}, {"en": " "}, {"english": "appeal"}, {"en\n": "appeal"}, {"en": 1}]
)
def test_words_of_an_office_have_a_language(words: dict[str, str]) -> None:
    """At least one language, by its code."""
    with pytest.raises(ValidationError):
        Text(**words)


def test_a_text_is_filled_again_with_other_values() -> None:
    """Everything but the values stays, its context too."""
    text = pgettext("where", "{count:,} simple")
    assert text.filled(count=1200).say("en") == "1,200 simple"
    assert text.filled(count=1).context == "where"


@pytest.mark.parametrize("value", [Value(0.0625, ".1%"), Value(date(2026, 6, 30)), Value(3, ",")])
def test_a_value_in_a_text_is_kept(value: Value) -> None:
    """What is read back says the same in every language."""
    text = _("of {value}", value=value)
    kept = json.loads(json.dumps(as_json(text)))
    for language in languages():
        assert from_json(kept).say(language) == text.say(language)


def test_a_share_that_was_set_has_no_decimals_it_does_not_need() -> None:
    """Such as 5%, next to 12.5%."""
    assert [round_share(share).say("en") for share in (0.05, 0.1, 0.29, 0.125)] == [
        *("5%", "10%", "29%", "12.5%"),
    ]
