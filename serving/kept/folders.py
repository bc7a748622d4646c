"""What the folders of plans and of intakes have in common: kept once, read back with sentences."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import polars as pl

from cases.errors import BadInput, Fault, shorten
from cases.integrity.canonical import Domain, stream_digest
from cases.integrity.manifest import Write
from cases.language.catalogues import Language, languages
from cases.language.kept import as_json, from_json
from cases.language.messages import _, say
from cases.office.model import Office
from cases.spreadsheet import write_for_people
from cases.tables.tables import Tables
from cases.tables.values import EARLIEST, LATEST
from models.bundle.bundle import Bundle, versions
from models.reasons.reasons import Reason

OFFICE_FILE, REASONS_FILE = "office.json", "reasons.json"
LARGEST_JSON = 100_000_000  # bytes
# What a file that was changed can raise when it is read or computed with; a panic of Polars is
# no `Exception`.
MALFORMED = (
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    IndexError,
    ArithmeticError,
    RecursionError,
    pl.exceptions.PolarsError,
    pl.exceptions.PanicException,
)

Content = TypeVar("Content")


def made_from(tables: Tables, bundle: Bundle) -> dict[str, Any]:
    """Of which data, model and program something was made, for those who repeat it."""
    return {
        "data_hash": tables.data_hash,
        "model": bundle.about,
        "model_hash": bundle.content_hash,
        "code": code_version(),
    }


def code_version() -> str:
    """The version of this program."""
    return versions()["plumbline"]


def file_hashes(files: Iterable[Path]) -> dict[str, str]:
    """SHA-256 (hex) of the bytes of each file, by its place among them and its ending."""
    hashes = {}
    for place, path in enumerate(files):
        with path.open("rb") as file:
            hashes[f"{place}{path.suffix}"] = stream_digest(Domain.FILE, file)
    return hashes


def text_file(text: str) -> Write:
    """What writes `text` to a path."""
    return lambda path: path.write_text(text, "utf-8")


def json_file(values: Mapping[str, Any]) -> Write:
    """What writes values as JSON that people can read too."""
    return text_file(json.dumps(values, ensure_ascii=False, indent=2) + "\n")


def sheet_file(sheet: pl.DataFrame) -> Write:
    """What writes a table for people as CSV."""
    return partial(write_for_people, sheet)


def office_file(office: Office) -> Write:
    """What writes the office file's values as they were."""
    return json_file(office.model_dump(mode="json"))


def reasons_file(reasons: Mapping[str, Sequence[Reason]]) -> Write:
    """What writes the reasons of each case, in no language yet."""
    return json_file({case: [_plain(reason) for reason in why] for case, why in reasons.items()})


def _plain(reason: Reason) -> dict[str, Any]:
    return {
        "feature": reason.feature,
        "contribution": reason.contribution,
        "without": reason.without,
        "sentence": as_json(reason.sentence),
    }


def read_reasons(path: Path) -> dict[str, tuple[Reason, ...]]:
    """What `reasons_file` wrote, by case id; one of `MALFORMED` if it is anything else."""
    return {
        case: tuple(
            Reason(
                reason["feature"],
                reason["contribution"],
                reason["without"],
                from_json(reason["sentence"]),
            )
            for reason in reasons
        )
        for case, reasons in json_object(path).items()
    }


def read_kept(path: Path, command: str, read: Callable[[Path], Content]) -> Content:
    """What `read` makes of a file that `command` wrote; `BadInput` if that cannot be."""
    try:
        return read(path)
    except FileNotFoundError:
        problem = _("is not there.")
    except (OSError, *MALFORMED) as error:
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
    """A Parquet file with the columns of `schema`.

    `BadInput` for a further column; `ValueError` if columns are missing, in another order or of
    other types, or a time is none that a table can hold.
    """
    frame = pl.read_parquet(path)
    for name in frame.columns:
        if name not in schema:
            problem = _("is a column that is not written into this file.")
            remedy = _("Fetch the folder again from where it is kept.")
            raise BadInput([Fault(path.name, problem, remedy, column=shorten(name))])
    if frame.schema != schema:
        raise ValueError("has other columns")
    if not all(_possible(column) for column in frame.iter_columns()):
        raise ValueError("has times that no table can hold")
    return frame


def _possible(column: pl.Series) -> bool:
    """Whether times lie where those of tables do; beyond, Polars cannot write them as text."""
    if column.dtype == pl.Date:
        return bool(column.is_between(EARLIEST.date(), LATEST.date()).all())
    if isinstance(column.dtype, pl.Datetime):
        return bool(column.is_between(EARLIEST, LATEST).all())
    return True


def spoken_in(described: Mapping[str, Any]) -> Language:
    """The language that the words of a folder are in; one of `MALFORMED` if it says none."""
    language: Language = described["language"]
    if language not in languages():
        raise ValueError(f"{language} is not a language here")
    return language


def text_of(path: Path) -> str:
    """The text in a file."""
    return path.read_text("utf-8")


def texts_of(path: Path) -> pl.DataFrame:
    """Every cell of a CSV file as text."""
    return pl.read_csv(path, infer_schema=False)


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
