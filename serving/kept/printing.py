"""A page printed to PDF by the browser that is installed."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from cases.errors import Refused
from cases.files import replaced
from cases.language.messages import _, sentences

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SECONDS = 120
ARGUMENTS = (
    "--headless",
    "--no-sandbox",  # does not work in most containers; the page is our own and runs nothing
    "--disable-gpu",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-pdf-header-footer",
)
INSTEAD = _("Or have only the .html page written, and print it from any browser.")


def print_page(html: str, target: Path) -> None:
    """Write `html` as PDF to `target`; `Refused` where no browser can."""
    browser = installed_browser()
    replaced(target, lambda fresh: _printed(browser, html, fresh))


def installed_browser() -> str:
    """The program that prints; `Refused`, with what to do, where there is none."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        missing = _(
            "A PDF is printed by Chromium, and there is none on this machine. Install it "
            "(Debian: `apt install chromium`)."
        )
        raise Refused(sentences(missing, INSTEAD))
    return browser


def _printed(browser: str, html: str, target: Path) -> None:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        page = Path(folder, "page.html")
        page.write_text(html, "utf-8")
        profile, output = f"--user-data-dir={folder}/profile", f"--print-to-pdf={target.resolve()}"
        command = [browser, *ARGUMENTS, profile, output, page.as_uri()]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=SECONDS)  # noqa: S603
        except (OSError, subprocess.SubprocessError) as error:
            failed = _("Chromium did not print the page ({error}).", error=type(error).__name__)
            raise Refused(sentences(failed, INSTEAD)) from None
        if not target.exists():
            raise Refused(sentences(_("Chromium printed nothing."), INSTEAD))
