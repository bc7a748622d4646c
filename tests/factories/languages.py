"""The texts in the code, a language made of them by machine, and what a person reads of it."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Collection, Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import write_po
from lxml import etree, html

from cases.language import catalogues

ROOT = Path(__file__).parents[2]
PACKAGES = (
    "cases",
    "features",
    "ledger",
    "models",
    "policies",
    "training",
    "evaluation",
    "serving",
    "cli",
)
MADE_UP = "eo"

HIDDEN = {"style", "script", "code", "pre", "comment"}
SPOKEN_ATTRIBUTES = ("alt", "title", "aria-label", "placeholder")
INNERMOST = re.compile(r"⟦[^⟦⟧]*⟧")
CUT_SHORT = re.compile(r"(?:⟦[^⟦⟧…]*)+…")  # what is left of a label of a picture
WORD = re.compile(r"[^\W\d_]{2,}")
NO_WORDS = re.compile(
    r"`[^`]*`"  # code in a text
    r"|--[a-z-]+"  # an option
    r"|\b[\w./-]*\.(?:csv|html|json|parquet|toml|md)\b"  # a file
    r"|\S*/\S*"  # a folder or an address
    r"|\b[A-Z]+-?\d+\b"  # the id of a case, a handler, a unit
    r"|\b(?=\w*\d)[0-9a-f]{8,}\b"  # a hash or a seed
    r"|\b\w*_\w*\b"  # a code
)


@cache
def extracted() -> Catalog:
    """Every text for people in the code, with where it stands."""
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    catalogue = Catalog()
    for package in PACKAGES:
        texts = extract_from_dir(ROOT / package, methods, options)
        for name, line, message, _comments, context in texts:
            catalogue.add(message, locations=[(f"{package}/{name}", line)], context=context)
    return catalogue


def bracketed(text: str) -> str:
    """A text of the made-up language; what has no word of its own is as in English."""
    words = re.sub(r"\{[^}]*\}|%\(\w+\)s", " ", text)
    return f"⟦{text}⟧" if WORD.search(words) else text


def made_up_language(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    translate: Callable[[str], str] = bracketed,
) -> None:
    """Make a language of the texts in the code the only one besides English.

    Its catalogue lies in `folder`; `monkeypatch` takes the language away again.
    """
    catalogue = Catalog(locale=MADE_UP)
    for message in extracted():
        if isinstance(message.id, tuple):
            catalogue.add(message.id, tuple(map(translate, message.id)), context=message.context)
        elif message.id:
            catalogue.add(message.id, translate(message.id), context=message.context)
    target = folder / MADE_UP / catalogues.FILE
    target.parent.mkdir(parents=True)
    with target.open("wb") as file:
        write_po(file, catalogue)
    monkeypatch.setattr(catalogues, "FOLDER", folder)
    forget_catalogues()


def forget_catalogues() -> None:
    """Read the catalogues again when they are next asked for."""
    catalogues.languages.cache_clear()
    catalogues.translations.cache_clear()


def unbracketed(text: str, codes: Collection[str] = ()) -> set[str]:
    """The words of a text outside of every pair of brackets, without `codes`."""
    while (rest := INNERMOST.sub(" ", text)) != text:
        text = rest
    rest = NO_WORDS.sub(" ", CUT_SHORT.sub(" ", rest))
    return set(WORD.findall(rest)) - set(codes)


def page_text(page: str) -> str:
    """What a page shows: its texts in order, those of its pictures, those of its attributes."""
    return "\n".join(_texts(html.document_fromstring(page)))


def _texts(element: etree._Element) -> Iterator[str]:
    """The texts of an element and what is in it, in order."""
    name = etree.QName(element).localname if isinstance(element.tag, str) else "comment"
    if name in HIDDEN:
        return
    yield element.text or ""
    yield from (element.get(attribute, "") for attribute in SPOKEN_ATTRIBUTES)
    yield from _picture(element.get("src", ""))
    for child in element:
        yield from _texts(child)
        yield child.tail or ""


def _picture(address: str) -> Iterator[str]:
    """The texts of a picture that is part of the page."""
    kind, _comma, content = address.partition("base64,")
    if kind.startswith("data:image/svg"):
        yield from _texts(etree.fromstring(base64.b64decode(content)))
