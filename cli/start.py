"""What the shell calls: Ctrl-C stops the program quietly while it is loaded, too."""

from __future__ import annotations

import os
import signal
import sys

from cli import INTERRUPTED


def main() -> None:
    """Run the command line and leave with its exit code."""
    signal.signal(signal.SIGINT, _leave)
    from cli.app import app  # noqa: PLC0415  (Ctrl-C may be pressed meanwhile)

    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def _leave(_signal: int, _frame: object) -> None:
    """End at once: an exception in the middle of an import would be caught, or shown, by others."""
    os._exit(INTERRUPTED)
