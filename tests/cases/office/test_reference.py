"""The documentation of the office file is what the code reads."""

from __future__ import annotations

import re
from pathlib import Path

from cases.office.loading import load_office
from cases.office.model import Office
from cases.office.reference import PAGE, reference, renewed

ROOT = Path(__file__).parents[3]


def test_the_page_is_up_to_date() -> None:
    """docs/office_file.md holds the present reference; else remake it."""
    page = (ROOT / PAGE).read_text(encoding="utf-8")
    assert page == renewed(page)


def test_every_key_has_a_meaning() -> None:
    """No key of the office file is without a description, and each top-level key is there."""
    rows = [line for line in reference().splitlines() if line.startswith("| `")]
    assert all(not line.endswith("|  |") for line in rows)
    assert all(f"| `{name}` |" in reference() for name in Office.model_fields)


def test_the_first_office_file_of_the_page_is_valid(tmp_path: Path) -> None:
    """What a newcomer copies from the page works."""
    page = (ROOT / PAGE).read_text(encoding="utf-8")
    example = re.search(r"```toml\n(.*?)```", page, re.DOTALL)
    assert example is not None
    path = tmp_path / "office.toml"
    path.write_text(re.sub(r"^   ", "", example[1], flags=re.MULTILINE), encoding="utf-8")
    assert load_office(path).office.name.say("en") == "My office"
