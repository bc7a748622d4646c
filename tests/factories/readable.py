"""The words that a person reads in a page, a text or a table."""

from __future__ import annotations

import base64
import re
from collections.abc import Collection, Iterator

from lxml import etree, html

HIDDEN = {"style", "script", "code", "pre", "comment"}
SPOKEN_ATTRIBUTES = ("alt", "title", "aria-label", "placeholder")
INNERMOST = re.compile(r"⟦[^⟦⟧]*⟧")
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


def unbracketed(text: str, codes: Collection[str] = ()) -> set[str]:
    """The words of a text outside of every pair of brackets, without `codes`."""
    while (rest := INNERMOST.sub(" ", text)) != text:
        text = rest
    rest = NO_WORDS.sub(" ", rest)
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
