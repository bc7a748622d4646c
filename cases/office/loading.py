"""Reading an office file: typed, or refused with every fault in it."""

from __future__ import annotations

import difflib
import tomllib
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError

from cases.errors import BadInput, Fault
from cases.office.agreement import disagreements
from cases.office.model import Model, Office

LONGEST_OFFICE_FILE = 1_000_000


def load_office(path: Path) -> Office:
    """The office file at `path`, or `BadInput` with every fault in it."""
    name = path.name
    try:
        size = path.stat().st_size
        if size > LONGEST_OFFICE_FILE:
            raise BadInput(
                [Fault(name, f"is {size:,} bytes long.", "An office file is a short text.")]
            )
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadInput(
            [
                Fault(
                    name, "there is no such file.", "Give the path of an office file (office.toml)."
                )
            ]
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(
            [
                Fault(
                    name,
                    f"cannot be read ({type(error).__name__}).",
                    "Save it as a UTF-8 text file.",
                )
            ]
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise BadInput([Fault(name, f"is not valid TOML: {error}.", "Mend that line.")]) from None
    except RecursionError:
        raise BadInput([Fault(name, "nests too deeply.", "Mend its brackets.")]) from None
    return parse_office(raw, name)


def parse_office(raw: dict[str, Any], name: str) -> Office:
    """The office described by parsed TOML; `name` is what faults call the file."""
    try:
        office = Office.model_validate(raw)
    except ValidationError as error:
        raise BadInput(_explain(name, part) for part in error.errors()) from None
    faults = disagreements(office, name)
    if faults:
        raise BadInput(faults)
    return office


def _explain(name: str, error: Any) -> Fault:
    """A pydantic error as a fault, with the nearest known key for an unknown one."""
    path = [str(part) for part in error["loc"]]
    column = ".".join(path)
    if error["type"] == "extra_forbidden":
        known = _keys_at(tuple(error["loc"][:-1]))
        near = difflib.get_close_matches(path[-1], known, n=1, cutoff=0.0)
        remedy = f"Did you mean `{near[0]}`?" if near else "Remove it."
        return Fault(name, "is not a key of an office file.", remedy, column=column)
    if error["type"] == "missing":
        return Fault(name, "is missing.", f"Add `{path[-1]} = ...` there.", column=column)
    value = error["input"] if isinstance(error["input"], str | int | float | bool) else None
    message = str(error["msg"]).removeprefix("Value error, ").rstrip(".")
    return Fault(
        name,
        f"{message[:1].lower()}{message[1:]}.",
        "See docs/office_file.md for what may stand there.",
        column=column or None,
        value=None if value is None else str(value),
    )


def _keys_at(path: tuple[str | int, ...]) -> list[str]:
    """The keys an office file knows at `path`."""
    models: list[type[Model]] = [Office]
    for part in path:
        inner: list[type[Model]] = []
        for model in models:
            if isinstance(part, str) and part in model.model_fields:
                inner.extend(_models_in(model.model_fields[part].annotation))
        models = inner or models  # a list index or a dictionary's own key stays where it is
    return sorted({key for model in models for key in model.model_fields})


def _models_in(annotation: Any) -> list[type[Model]]:
    """The models that occur in a type such as `tuple[Rule, ...]` or `Table | None`."""
    if isinstance(annotation, type) and issubclass(annotation, Model):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models_in(part)]
