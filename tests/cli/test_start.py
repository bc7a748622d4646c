"""Loading takes seconds, and Ctrl-C may be pressed in them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from cli import INTERRUPTED, app, start

LIGHT = "import sys, cli.start; sys.exit('typer' in sys.modules)"


def test_ctrl_c_is_awaited_before_the_program_is_loaded() -> None:
    """What the shell calls loads nothing by itself."""
    subprocess.run([sys.executable, "-c", LIGHT], check=True)  # noqa: S603


def test_ctrl_c_while_loading_shows_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    """The exit code is that of Ctrl-C."""

    def stopped() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(app, "app", stopped)
    with pytest.raises(SystemExit) as exited:
        start.main()
    assert exited.value.code == INTERRUPTED
