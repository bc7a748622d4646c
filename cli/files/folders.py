"""What the folders of plans and of intakes have in common: kept once, read back with sentences."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import polars as pl

from cases.errors import BadInput, Fault
from cases.files import check_folder, replaced
from cases.language.catalogues import Language
from cases.language.messages import Sayable, _, say
from cases.tables.tables import Tables
from models.bundle.bundle import Bundle
from models.reasons.reasons import Reason

LARGEST_JSON = 10_000_000  # bytes

Content = TypeVar("Content")


def made_from(tables: Tables, bundle: Bundle) -> dict[str, Any]:
    """Of which data and model something was made, for those who repeat it."""
    return {"data_hash": tables.data_hash, "model": bundle.about}


def check_unused(folder: Path, names: Sequence[str], holds: Sayable) -> None:
    """`BadInput` if files of these names could not be written into `folder`, or one is there.

    `holds` says what the folder holds then. Drawing until the result suits and keeping only
    the last is what a draw must rule out.
    """
    kept = [name for name in names if (folder / name).exists()]
    if kept:
        problem = _("{holds} ({name}).", holds=holds, name=kept[0])
        raise BadInput([Fault(str(folder), problem, _("Name another folder."))])
    check_folder(folder)


def write_json(values: Mapping[str, Any], target: Path) -> None:
    """Values as a JSON file that people can read too."""
    text = json.dumps(values, ensure_ascii=False, indent=2)
    replaced(target, lambda path: path.write_text(text + "\n", "utf-8"))


def read_kept(path: Path, command: str, read: Callable[[Path], Content]) -> Content:
    """What `read` makes of a file that `command` wrote; `BadInput` if that cannot be."""
    try:
        return read(path)
    except FileNotFoundError:
        problem = _("is not there.")
    except (OSError, ValueError, pl.exceptions.PolarsError, RecursionError) as error:
        name = type(error).__name__
        problem = _("is not what `{command}` wrote ({error}).", command=command, error=name)
    remedy = _("Name the folder that `{command}` wrote.", command=command)
    raise BadInput([Fault(path.name, problem, remedy)])


def json_object(path: Path) -> dict[str, Any]:
    """The JSON object in a file; `ValueError` if it holds another value or is too long."""
    if path.stat().st_size > LARGEST_JSON:
        raise ValueError("is too long")
    values = json.loads(path.read_text("utf-8"))
    if not isinstance(values, dict):
        raise ValueError("is not an object")
    return values


def frame_of(path: Path, schema: pl.Schema) -> pl.DataFrame:
    """The columns of `schema` in a Parquet file; `ValueError` if they are of other types."""
    frame = pl.read_parquet(path).select(*schema)
    if frame.schema != schema:
        raise ValueError("has other columns")
    return frame


def reason_columns(
    reasons: Mapping[str, Sequence[Reason]],
    case_ids: Iterable[str],
    most: int,
    language: Language,
) -> list[pl.Series]:
    """`reason_1` to `reason_<most>`: the sentences for each case, null where it has fewer."""
    sentences = [
        [say(reason.sentence, language) for reason in reasons.get(case, ())] for case in case_ids
    ]
    return [
        pl.Series(
            f"reason_{number}",
            [given[number - 1] if number <= len(given) else None for given in sentences],
            dtype=pl.String,
        )
        for number in range(1, most + 1)
    ]
