"""What the folders of plans and of intakes have in common: kept once, read back with sentences."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import polars as pl

from cases.errors import BadInput, Fault
from cases.files import check_folder
from models.reasons.reasons import Reason

LARGEST_JSON = 10_000_000  # bytes

Content = TypeVar("Content")


def check_unused(folder: Path, names: Sequence[str], what: str) -> None:
    """`BadInput` if files of these names could not be written into `folder`, or one is there.

    Drawing until the result suits and keeping only the last is what a lot must rule out.
    """
    kept = [name for name in names if (folder / name).exists()]
    if kept:
        problem = f"already holds {what} ({kept[0]})."
        raise BadInput([Fault(str(folder), problem, "Name another folder.")])
    check_folder(folder)


def read_kept(path: Path, command: str, read: Callable[[Path], Content]) -> Content:
    """What `read` makes of a file that `command` wrote; `BadInput` if it is missing or no such."""
    try:
        return read(path)
    except FileNotFoundError:
        problem = "is not there."
    except (OSError, ValueError, pl.exceptions.PolarsError, RecursionError) as error:
        problem = f"is not what `{command}` wrote ({type(error).__name__})."
    raise BadInput([Fault(path.name, problem, f"Name the folder that `{command}` wrote.")])


def json_object(path: Path) -> dict[str, Any]:
    """The JSON object in a file; `ValueError` if it holds another value or is too long."""
    if path.stat().st_size > LARGEST_JSON:
        raise ValueError("is too long")
    told = json.loads(path.read_text("utf-8"))
    if not isinstance(told, dict):
        raise ValueError("is no object")
    return told


def frame_of(path: Path, schema: pl.Schema) -> pl.DataFrame:
    """The columns of `schema` in a Parquet file; `ValueError` if they are of other types."""
    frame = pl.read_parquet(path).select(*schema)
    if frame.schema != schema:
        raise ValueError("has other columns")
    return frame


def reason_columns(
    reasons: Mapping[str, Sequence[Reason]], case_ids: Iterable[str], most: int
) -> list[pl.Series]:
    """`reason_1` to `reason_<most>`: the sentences for each case, null where it has fewer."""
    told = [[reason.sentence for reason in reasons.get(case, ())] for case in case_ids]
    return [
        pl.Series(
            f"reason_{place + 1}",
            [one[place] if place < len(one) else None for one in told],
            dtype=pl.String,
        )
        for place in range(most)
    ]
