"""Every text for people is in the code in English and in each catalogue in its language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from cases.language.catalogues import FILE, FOLDER, languages
from tests.factories.languages import PACKAGES, ROOT, extracted

SHIPPED = languages()[1:]
CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
NAMED = re.compile(r"%\((\w+)\)s")  # as templates of pages write what is filled in

# Messages whose Chinese is good without the word of a term: their beginnings, by term.
WITHOUT_THE_WORD: dict[str, tuple[str, ...]] = {
    "case": (
        "cases of {who}",  # the numbers of closings and openings have names of their own
        "events that repeat",  # events are always those of the case
    ),
    "complexity": ("the office file does not say what makes",),  # names a section of the file
    "reviewer": ("{cases:,} cases graded twice",),  # graded by two: the agreement says of whom
}


@cache
def catalogue_of(language: str) -> Catalog:
    """The catalogue that is shipped for a language."""
    with (FOLDER / language / FILE).open("rb") as file:
        return read_po(file, locale=language)


@cache
def texts() -> Catalog:
    """The texts in the code."""
    return extracted()


def messages(catalogue: Catalog) -> dict[tuple[object, str | None], Message]:
    """The messages by what identifies them, without the header."""
    return {(message.id, message.context): message for message in catalogue if message.id}


def forms(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    """A text with its plurals, if it has any."""
    return (text,) if isinstance(text, str) else tuple(text)


def filled_in(text: str) -> set[str]:
    """What a text leaves to be filled in, with formats."""
    fields = (part for part in Formatter().parse(NAMED.sub("", text)) if part[1] is not None)
    return {f"{name}:{spec}" for _text, name, spec, _how in fields} | set(NAMED.findall(text))


def test_chinese_is_shipped() -> None:
    """Next to English, which stands in the code."""
    assert SHIPPED == ("zh",)


@pytest.mark.parametrize("language", SHIPPED)
def test_every_text_is_in_the_catalogue_and_no_other(language: str) -> None:
    """`make catalogues` brings the catalogue in line with the code."""
    catalogue = catalogue_of(language)
    in_code, in_catalogue = messages(texts()), messages(catalogue)
    assert in_code.keys() - in_catalogue.keys() == set()
    assert in_catalogue.keys() - in_code.keys() == set()
    assert not catalogue.obsolete


@pytest.mark.parametrize("language", SHIPPED)
def test_every_text_is_translated(language: str) -> None:
    """In every plural form the language has, and by a person who was sure."""
    catalogue = catalogue_of(language)
    for message in messages(catalogue).values():
        translated = forms(message.string)
        assert all(translated), message.id
        assert not message.fuzzy, message.id
        if message.pluralizable:
            assert len(translated) == catalogue.num_plurals, message.id


@pytest.mark.parametrize("language", SHIPPED)
def test_what_is_filled_in_is_the_same(language: str) -> None:
    """Names and formats; a plural form has those of the English plural."""
    for message in messages(catalogue_of(language)).values():
        wanted = filled_in(forms(message.id)[-1])
        for text in forms(message.string):
            assert filled_in(text) == wanted, message.id


def glossary() -> Iterator[tuple[str, str]]:
    """The terms of the glossary, English and Chinese, the longest first."""
    lines = (ROOT / "docs" / "glossary.md").read_text("utf-8").splitlines()
    rows = [line.strip("|").split("|") for line in lines if line.startswith("| ")]
    terms = [(row[0].strip(), row[1].strip()) for row in rows[1:]]
    return iter(sorted(terms, key=lambda term: -len(term[0])))


def unlike_the_glossary(english: str, chinese: str) -> Iterator[str]:
    """The terms of an English text that its Chinese says in another word."""
    rest = re.sub(r"`[^`]*`|\{[^}]*\}", " ", english)  # commands and what is filled in
    for term, word in glossary():
        pattern = rf"\b{re.escape(term)}s?\b"
        if re.search(pattern, rest, re.IGNORECASE) and word not in chinese:
            yield term
        rest = re.sub(pattern, " ", rest, flags=re.IGNORECASE)


def test_chinese_uses_the_words_of_the_glossary() -> None:
    """One word for one thing in each language."""
    unlike = {}
    for message in messages(catalogue_of("zh")).values():
        english, chinese = forms(message.id)[0], forms(message.string)[0]
        terms = [
            term
            for term in unlike_the_glossary(english, chinese)
            if not english.startswith(WITHOUT_THE_WORD.get(term, ()) or "\0")
        ]
        if terms:
            unlike[english] = terms
    assert unlike == {}


def test_a_defect_has_one_name_in_chinese() -> None:
    """Nothing calls it a flaw, which is a grade of some offices, or just a problem."""
    for message in messages(catalogue_of("zh")).values():
        for text in forms(message.string):
            assert "缺陷" not in text
            assert "瑕疵" not in text
            assert text.count("质量问题") == text.count("问题")


def test_chinese_stands_without_spaces() -> None:
    """Between Chinese and figures or Latin letters too: one page, one way."""
    cjk = r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]"
    beside = re.compile(rf"{cjk} +\S|\S +{cjk}")
    for message in messages(catalogue_of("zh")).values():
        for text in forms(message.string):
            assert not beside.search(text), text


# Files that need a Chinese character that is no word for people.
CHARACTERS = {
    "benchmarks/reading.py",  # letters of several bytes in the tables that are read
    "cases/draft/words.py",  # what the columns of Chinese exports are called
    "cases/sources/edges.py",  # what the total below a Chinese table is called
    "cases/tables/values.py",  # the semicolon between what a cell of an office lists
    "serving/http/reading/payloads.py",  # the same
}


def source_files() -> Iterator[Path]:
    """Code and templates, but not the demo office, whose tables and names are Chinese too."""
    for package in (*PACKAGES, "benchmarks"):
        for path in sorted((ROOT / package).rglob("*")):
            text = path.suffix in {".py", ".html", ".jinja", ".toml", ".css", ".js"}
            needed = path.relative_to(ROOT).as_posix() in CHARACTERS
            if text and not needed and ROOT / "cases" / "demo" not in path.parents:
                yield path


def test_no_chinese_stands_outside_the_catalogue() -> None:
    """Texts are English in the code; the demo office is data."""
    chinese = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in source_files()
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if CHINESE.search(line)
    ]
    assert chinese == []
