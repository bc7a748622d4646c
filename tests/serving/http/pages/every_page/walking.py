"""Every page that can be reached by links and by the forms that ask, each kind of address once."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Callable, Iterable
from html import unescape
from urllib.parse import parse_qsl, urldefrag, urlsplit

import httpx

from serving.access.caller import Caller
from serving.http.operations import operations
from serving.http.pages.all_pages import all_pages
from serving.http.pages.shell.menu import menu
from serving.http.pages.shell.page import Page
from tests.serving.http.pages.every_page.living import Living

LINK = re.compile(r'<a [^>]*?href="([^"]*)"')
ALIKE = 7  # pages of one path and the same questions that are opened
SKIPPED = ("/language", "/sign-out")


def pages_of(office: Living) -> list[Page]:
    """Every page of an office."""
    return list(all_pages(operations(office.context.office)))


def walk(
    get: Callable[[str], httpx.Response], starts: Iterable[str], alike: int = ALIKE
) -> dict[str, httpx.Response]:
    """The answers of the pages reached from these addresses, by address."""
    waiting, found, seen = deque(starts), dict[str, httpx.Response](), Counter[object]()
    while waiting:
        path = waiting.popleft()
        kind = urlsplit(path).path, frozenset(name for name, _value in parse_qsl(_query(path)))
        if path in found or kind[0].startswith(SKIPPED) or seen[kind] >= alike:
            continue
        seen[kind] += 1
        found[path] = answer = get(path)
        if "location" in answer.headers:
            waiting.append(answer.headers["location"])
        elif answer.headers.get("content-type", "").startswith("text/html"):
            waiting.extend(_links(path, answer.text))
    return found


def _query(path: str) -> str:
    return urlsplit(path).query


def _links(at: str, page: str) -> Iterable[str]:
    for link in LINK.findall(page):
        address = urldefrag(unescape(link)).url
        if address.startswith("/"):
            yield address
        elif address.startswith("?"):
            yield urlsplit(at).path + address


def starts_for(caller: Caller) -> list[str]:
    """Where somebody begins: the pages of their menu."""
    return [entry.path for entry in menu(caller)]
