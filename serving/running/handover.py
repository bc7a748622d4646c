"""Checked tables on their way from the command that read them to the workers, as Arrow files.

Workers map the files into memory: nobody reads or checks the tables a second time, and however
many workers there are, the rows are in memory once.
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.ipc

from cases.office.model import Office
from cases.tables.specification import SPECIFICATIONS
from cases.tables.tables import Tables

ENDING = ".arrow"


def hand_over(tables: Tables, office_file: Path, home: Path) -> Path:
    """Write the tables into a folder of their own below `home`, and take older ones away.

    The folder is called by what the tables were made from, so that a worker that is started
    anew never meets others. A worker whose folder is gone reads the tables itself.
    """
    source = tables.data_hash.encode() + office_file.read_bytes()
    every = home / "served"
    folder = every / hashlib.sha256(source).hexdigest()[:32]
    for older in every.iterdir() if every.is_dir() else ():
        if older != folder:
            shutil.rmtree(older, ignore_errors=True)
    every.mkdir(mode=0o700, parents=True, exist_ok=True)  # of nobody else: these are cases
    folder.mkdir(exist_ok=True)
    for name in SPECIFICATIONS:
        part = folder / f"{name}.part"
        rows = tables.rows(name)
        rows.write_ipc(part, compression="uncompressed", record_batch_size=max(rows.height, 1))
        part.replace(folder / (name + ENDING))
    return folder


def taken_over(office: Office, folder: Path) -> Tables | None:
    """The tables that were handed over in `folder`; None if they are not all there."""
    files = {name: folder / (name + ENDING) for name in SPECIFICATIONS}
    if not all(file.is_file() for file in files.values()):
        return None
    frames: dict[str, Any] = {name: _mapped(file) for name, file in files.items()}
    return Tables.of(office, frames.pop("cases"), **frames)


def _mapped(file: Path) -> pl.DataFrame:
    with pa.memory_map(str(file)) as pages:  # what is read keeps the pages
        return pl.DataFrame(pa.ipc.open_file(pages).read_all())
