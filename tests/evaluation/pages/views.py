"""A page as people see it in a browser: at a desk, on a phone and on paper."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe

from tests.factories.pages import CUT, OVERLAPPING, SMALL

PAPER = 703  # CSS pixels between the margins of 12 mm of A4
VIEWS = ((1280, "screen"), (390, "screen"), (PAPER, "print"))
# Words of a picture that reach beyond it.
OUTSIDE = """[...document.querySelectorAll('figure svg')].flatMap(picture => {
    const frame = picture.getBoundingClientRect();
    return [...picture.querySelectorAll('text')].filter(word => {
        const box = word.getBoundingClientRect();
        return box.left < frame.left - 1 || box.right > frame.right + 1
            || box.top < frame.top - 3 || box.bottom > frame.bottom + 3;
    }).map(word => word.textContent);
})"""

# What repeats the markup of the lines before it; the check of all of them takes half a minute.
REPEATED = ["tbody tr:nth-child(n+4)", ".chart li:nth-child(n+6)", ".sheet:nth-of-type(n+3)"]


@contextmanager
def opened(browser: Any, file: Path, width: int, media: str) -> Iterator[Any]:
    """A page of the browser that shows the file."""
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.emulate_media(media=media)
    page.goto(file.as_uri())
    yield page
    page.close()


def faults(page: Any) -> list[str]:
    """What keeps a page from being read: too wide, cut, too small, or over another text."""
    scripts = {"cut": CUT, "small": SMALL, "over": OVERLAPPING, "outside": OUTSIDE}
    found = [
        f"{name}: {text}" for name, script in scripts.items() for text in page.evaluate(script)
    ]
    if page.evaluate("document.documentElement.scrollWidth") > page.viewport_size["width"]:
        found.append("wider than the view")
    return found


def barriers(page: Any) -> list[str]:
    """What axe-core finds against the rules of accessibility (WCAG 2) on the screen."""
    violations = Axe().run(page, {"exclude": REPEATED}).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in violations]
