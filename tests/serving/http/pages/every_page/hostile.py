"""Texts that would do harm if a page took them for more than texts, and who notices if it does."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.serving.http.pages.every_page.in_words import Words

DONE = "window.__done=(window.__done||0)+1"
TEXTS = (
    f"<script>{DONE}</script>",
    f"<SCRIPT>{DONE}</SCRIPT>",
    f"</script><script>{DONE}</script>",
    f"<scr<script>ipt>{DONE}</scr</script>ipt>",
    f"<img src=x onerror='{DONE}'>",
    f'"><img src=x onerror="{DONE}">',
    f"'><img src=x onerror={DONE}>",
    f"<svg onload='{DONE}'></svg>",
    f"<svg><script>{DONE}</script></svg>",
    f"<svg><animate onbegin='{DONE}' attributeName=x dur=1s>",
    f"<math><mtext><script>{DONE}</script></mtext></math>",
    f"<body onload='{DONE}'>",
    f'<iframe srcdoc="<script>parent.{DONE}</script>"></iframe>',
    f'<iframe src="javascript:parent.{DONE}"></iframe>',
    f'<a href="javascript:{DONE}">x</a>',
    f"javascript:{DONE}",
    f"JaVaScRiPt:{DONE}//",
    f"data:text/html,<script>{DONE}</script>",
    f"<object data='data:text/html,<script>{DONE}</script>'></object>",
    f"<embed src='data:image/svg+xml,<svg onload={DONE}>'>",
    f"<details open ontoggle='{DONE}'>",
    f"<input autofocus onfocus='{DONE}'>",
    f"<select autofocus onfocus='{DONE}'>",
    f"<video><source onerror='{DONE}'></video>",
    f"<marquee onstart='{DONE}'>",
    f"<form><button formaction='javascript:{DONE}'>x</button></form>",
    "<meta http-equiv='refresh' content='0;url=https://example.invalid/'>",
    "<base href='https://example.invalid/'>",
    "<link rel='stylesheet' href='https://example.invalid/x.css'>",
    "<style>*{display:none!important}</style>",
    "</style><style>body{background:url(https://example.invalid/)}</style>",
    f'" onmouseover="{DONE}" x="',
    f"' autofocus onfocus='{DONE}' x='",
    f"` onmouseover={DONE} `",
    "</textarea><h1>x</h1>",
    "</title><h1>x</h1>",
    "</select></form></table></main></body></html>",
    "<!-- ",
    "--><!--",
    "<![CDATA[ x ]]>",
    "{{ 7 * 7 }}",
    "{% raw %}{{ x }}",
    "{#",
    "${7*7}",
    "%(x)s %s %d %",
    "{0} {x} {x.__class__}",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;",
    "\u202eright to left\u202c",
    "\u2066isolated",
    "\u200b\u200c\u200d\ufeffnothing to see",
    '=HYPERLINK("https://example.invalid")',
    "+cmd|' /C calc'!A0",
    "../../../../etc/passwd?x=1&y=2#z",
    "line\nbreak\r\nand\ttab",
    "\x00\x01\x07\x1b[31mred",
    "W" * 180,
    "\u6f22" * 180,
    "\U0001f469\u200d\U0001f469\u200d\U0001f467 e\u0301\u0323 " + "\u0e17\u0e35\u0e49" * 20,
    "'; DROP TABLE records; -- \\ \" ' `",
)
REPORTED = "document.addEventListener('securitypolicyviolation', e => window.__kept=(window.__kept||[]).concat(e.violatedDirective + ' ' + e.blockedURI))"  # noqa: E501
# What is wider than the page, or text that spills out of its place.
WIDE = """[...document.querySelectorAll('main *')]
    .filter(one => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .filter(one => one.checkVisibility() && getComputedStyle(one).clipPath === 'none')
    .map(one => one.tagName + ': ' + one.textContent.trim().slice(0, 60))"""
HIDDEN = "getComputedStyle(document.querySelector('main')).display === 'none'"


def hostile(turn: int, step: int = 1) -> Words:
    """Gives every name another text, in each turn a different one; a name always the same."""
    given: dict[str, str] = {}

    def text(name: str) -> str:
        if name not in given:
            at = turn + step * len(given)
            given[name] = f"{TEXTS[at % len(TEXTS)]} {name}"
        return given[name]

    return text


@dataclass
class Watched:
    """A narrow browser that notices what a page runs, and what no longer fits."""

    browser: Any
    width: int = 320
    seen: list[str] = field(default_factory=list)
    run: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        context = self.browser.new_context(viewport={"width": self.width, "height": 900})
        context.add_init_script(REPORTED)
        self._page = context.new_page()
        self._page.on("dialog", self._dialog)
        self._page.on("request", self._request)
        self._page.on("pageerror", lambda error: self.run.append(f"error: {error}"))

    def _dialog(self, dialog: Any) -> None:
        self.run.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _request(self, request: Any) -> None:
        if not request.url.startswith("http://127.0.0.1:"):
            self.run.append(f"asked for {request.url}")

    def visit(self, address: str) -> None:
        """Open a page, touch everything on it, and note what happened."""
        page = self._page
        self.seen.append(address)
        answer = page.goto(address)
        at = address.split("/", 3)[3][:80]
        if answer.status != 200:
            self.broken.append(f"{at}: {answer.status}")
        self._touch()
        if page.evaluate("window.__done || 0"):
            self.run.append(f"{at}: a script was run")
        self.run += [f"{at}: {one}" for one in page.evaluate("window.__kept || []")]
        if page.evaluate(HIDDEN):
            self.broken.append(f"{at}: hidden")
        if page.evaluate("document.documentElement.scrollWidth") > self.width:
            self.broken += [f"{at}: wide: {one}" for one in page.evaluate(WIDE)[:3]] or [at]

    def _touch(self) -> None:
        """Hover over and focus everything that could listen."""
        self._page.evaluate(
            """() => { for (const one of document.querySelectorAll('*')) {
                one.dispatchEvent(new MouseEvent('mouseover', {bubbles: true}));
                if (one.focus) one.focus();
            } }"""
        )
