"""Writing results: whole or not at all."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from cases.errors import BadInput, Fault


def replaced(target: Path, write: Callable[[Path], object]) -> None:
    """Write `target` whole or not at all, so that nothing half-written is left behind."""
    try:
        with tempfile.TemporaryDirectory(dir=target.parent) as folder:
            fresh = Path(folder) / target.name
            write(fresh)
            fresh.replace(target)
    except OSError as error:
        remedy = "Name a file in a folder that exists and that you may write to."
        raise _unwritable(target, error, remedy) from None


def made_folder(folder: Path) -> None:
    """Make `folder` and those above it where they are not there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(folder, error, "Name a folder that you may write to.") from None


def _unwritable(target: Path, error: OSError, remedy: str) -> BadInput:
    problem = f"cannot be written ({error.strerror or type(error).__name__})."
    return BadInput([Fault(target.name, problem, remedy)])
