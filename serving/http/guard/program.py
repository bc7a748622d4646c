"""Which version of this program answers."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PROJECT = Path(__file__).parents[3] / "pyproject.toml"


@cache
def program_version() -> str:
    """As it was installed; where only the code was packed, as its project file says."""
    try:
        return version("plumbline")
    except PackageNotFoundError:
        return str(tomllib.loads(PROJECT.read_text("utf-8"))["project"]["version"])
