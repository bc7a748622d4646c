"""Sixty hostile texts in every field that pages show: what a browser runs, and what breaks.

`python -m benchmarks.hostile_pages` makes an office in which everything has happened once for each
text, puts that text into every name and text of tables, office file and people, opens every page
at 320 pixels, hovers over and focuses everything on it, and prints what was run (scripts, requests
to other hosts, violations of the content security policy) and which pages no longer fit.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import sync_playwright

from serving.access.caller import Caller
from serving.access.rules import Role
from tests.factories.pages import CHROMIUM
from tests.serving.http.pages.every_page.hostile import TEXTS, Watched, hostile
from tests.serving.http.pages.every_page.living import living
from tests.serving.http.pages.every_page.walking import starts_for, walk
from tests.serving.http.pages.server import served

PERSON = "m1"


def one_text(browser: Any, at: int) -> Watched:
    """What happens with one text everywhere."""
    text = hostile(at, step=0)
    with ExitStack() as stack:
        home = stack.enter_context(tempfile.TemporaryDirectory())
        office = stack.enter_context(living(Path(home), text))
        caller = Caller("u-1", frozenset(Role), None, text(PERSON))
        found = walk(office.visitor(caller).get, starts_for(caller), alike=1)
        server = stack.enter_context(served(office.app(caller)))
        watched = Watched(browser)
        for path, answer in found.items():
            if "text/html" in answer.headers.get("content-type", "") and not _is_file(answer):
                watched.visit(server + path)
        return watched


def _is_file(answer: httpx.Response) -> bool:
    return "attachment" in answer.headers.get("content-disposition", "")


def main() -> None:
    """Every text, or those from `--first` on."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=0)
    first, pages, run, broken = parser.parse_args().first, 0, 0, 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        for at in range(first, len(TEXTS)):
            begin, watched = time.monotonic(), one_text(browser, at)
            pages += len(watched.seen)
            run, broken = run + len(watched.run), broken + len(watched.broken)
            seconds = time.monotonic() - begin
            print(
                f"{at + 1:3d} {len(watched.seen)} pages, {seconds:.0f} s: {TEXTS[at][:50]!r}",
                flush=True,
            )
            for line in (*watched.run, *watched.broken):
                print(f"      {line[:200]}")
        browser.close()
    print(f"{len(TEXTS) - first} texts, {pages:,} pages opened: run {run}, broken {broken}.")


if __name__ == "__main__":
    main()
