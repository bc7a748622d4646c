"""The texts in the code, and a language made of them by machine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import write_po

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
    """A text of the made-up language."""
    return f"⟦{text}⟧"


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
