"""Pages in a browser, worked with the keyboard alone."""

from __future__ import annotations

from typing import Any

MOST_TABS = 120


class Keyboard:
    """Somebody who has a keyboard and nothing else; `pages` counts the pages that were seen."""

    def __init__(self, page: Any) -> None:
        self.page, self.pages = page, 0

    def open(self, address: str) -> None:
        """Open a page by its address."""
        self.page.goto(address)
        self.pages += 1

    def to(self, selector: str) -> None:
        """Go on to an element by the tabulator, as far as it takes."""
        wanted = self.page.locator(selector).first
        for _tab in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            if wanted.evaluate("one => one === document.activeElement"):
                return
        raise AssertionError(f"{selector} cannot be reached by the keyboard")

    def write(self, selector: str, text: str) -> None:
        """Write into a field instead of what stands there."""
        self.to(selector)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def press(self, selector: str) -> None:
        """Follow a link or press a button, which leads to another page."""
        self.to(selector)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.pages += 1
