"""Runs the query of `task.json` over Arrow files: `python sql.py FOLDER`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import polars as pl


def main(folder: Path) -> None:
    """Write the result, and print the answer: what went wrong, if anything."""
    task = json.loads((folder / "task.json").read_text(encoding="utf-8"))
    files = {
        name: pl.read_ipc(folder / f"{number}.arrow") for number, name in enumerate(task["files"])
    }
    error = None
    try:
        result = pl.SQLContext(files, register_globals=False).execute(task["sql"], eager=True)
        result.write_ipc(folder / "result.arrow")
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as raised:
        error = str(raised)
    json.dump({"error": error}, sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
