r"""The pictures of the README: pages of the demo office, as its people see them.

Where `PLUMBLINE_PICTURES` names a folder they are written there, else they are only made. Those of
the README are remade so, after `make demo`:

    PLUMBLINE_DEMO=demo/office.toml PLUMBLINE_PICTURES=docs \
        .venv/bin/python -m pytest -n 0 tests/cli/commands/setup/test_pictures.py
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from serving.access.rules import Role
from tests.cli.commands.setup.conftest import Demo
from tests.evaluation.conftest import browser
from tests.factories.client import opened
from tests.serving.http.pages.server import served

__all__ = ["browser"]
FOLDER = "PLUMBLINE_PICTURES"  # the variable


class Picture(NamedTuple):
    """A page, or what a link of it leads to; `height` is how much of it is shown, in pixels."""

    name: str
    role: Role
    path: str
    height: int
    link: str | None = None
    language: str = "en"


PICTURES = (
    Picture("page_work", Role.REVIEWER, "/work", 860),
    Picture("page_case", Role.MANAGER, "/cases?way=search&state=first", 820, "th a"),
    Picture("page_new_plan", Role.MANAGER, "/plan/new", 1230),
    Picture("page_rectification", Role.MANAGER, "/rectification", 760),
    Picture("page_office_zh", Role.MANAGER, "/office", 900, language="zh"),
)


@pytest.mark.browser
@pytest.mark.parametrize("picture", PICTURES, ids=[one.name for one in PICTURES])
def test_a_picture_of_the_readme(
    picture: Picture, demo: Demo, browser: Any, tmp_path: Path
) -> None:
    """The page is there, and its picture can be made."""
    target = Path(os.environ.get(FOLDER, tmp_path)) / f"{picture.name}.png"
    caller = demo.people[picture.role].caller
    with demo.workspace.opened_ledger() as ledger:
        app = opened(demo.context, caller, ledger, demo.workspace.home)  # type: ignore[arg-type]
        with served(app) as address:
            page = browser.new_page(viewport={"width": 1000, "height": picture.height})
            page.goto(f"{address}/language?code={picture.language}&back=/")
            answer = page.goto(f"{address}{picture.path}")
            if picture.link is not None:
                with page.expect_navigation() as gone:
                    page.locator(picture.link).first.click()
                answer = gone.value
            assert answer.status == 200
            page.screenshot(path=target)
            page.close()
    assert target.stat().st_size > 10_000
