"""Ctrl-C may be pressed while the program is loaded, and nothing is loaded for nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

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


HEAVY = ("polars", "lightgbm", "mlflow", "sklearn", "bentoml", "scipy", "pandas", "numba")
SHOWN = f"""
import sys
from pathlib import Path
from cli.app import app
try:
    app(sys.argv[1:])
finally:
    print([name for name in {HEAVY} if name in sys.modules])
"""


@pytest.mark.parametrize(
    "words",
    [
        ["--help"],
        ["--help", "--language", "zh"],
        ["plan", "--help"],
        ["plann"],
        ["plan", "--capcity"],
    ],
)
def test_help_and_mistakes_of_the_command_line_load_no_heavy_library(words: list[str]) -> None:
    """They are there at once: what a command works with is loaded when it runs."""
    done = subprocess.run(  # noqa: S603  fixed commands
        [sys.executable, "-c", SHOWN, *words], capture_output=True, text=True, check=False
    )
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("office", ["", "[office]\nnam = 1"], ids=["no file", "a misspelt key"])
def test_a_mistake_in_the_office_file_loads_no_model_library(office: str, tmp_path: Path) -> None:
    """The office file is read before a command loads what it works with."""
    path = tmp_path / "office.toml"
    if office:
        path.write_text(office, "utf-8")
    done = subprocess.run(  # noqa: S603  fixed commands
        [sys.executable, "-c", SHOWN, "check", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert set(done.stdout.split("'")) & {"lightgbm", "mlflow", "sklearn", "bentoml"} == set()
