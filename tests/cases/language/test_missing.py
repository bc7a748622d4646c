"""Words that an office file lacks in a language."""

from __future__ import annotations

import pytest

from cases.language.catalogues import SOURCE, Language
from cases.language.missing import missing_words
from tests.factories.office import office


@pytest.mark.parametrize("language", [SOURCE, "zh", "eo"])
def test_each_text_without_words_is_named(language: Language) -> None:
    """By its key in the file; an office that speaks the language lacks nothing."""
    keys = list(missing_words(office(), language))
    assert ("attributes.suspects.meaning" in keys) == (language == "eo")
    assert len(keys) == len(set(keys))


def test_words_of_blanks_are_none() -> None:
    """A text whose words are blank has none."""
    made = office(
        attributes={"x": {"type": "flag", "known": "intake", "meaning": {"en": "x", "zh": " "}}}
    )
    assert "attributes.x.meaning" in list(missing_words(made, "zh"))
