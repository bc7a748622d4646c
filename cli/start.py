"""What the shell calls: loading the program takes seconds, in which Ctrl-C stops it quietly too."""

from __future__ import annotations

import sys

from cli import INTERRUPTED


def main() -> None:
    """Run the command line and leave with its exit code."""
    try:
        from cli.app import app  # noqa: PLC0415  (seconds, in which Ctrl-C may be pressed)

        app()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
