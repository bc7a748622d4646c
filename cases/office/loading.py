"""Reading an office file: typed, or refused with every fault in it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError

from cases.errors import BadInput, Fault
from cases.language.messages import Sayable, _
from cases.nearest import did_you_mean
from cases.office.agreement import disagreements
from cases.office.mistakes import problem_of
from cases.office.model import Model, Office

LONGEST_OFFICE_FILE = 1_000_000


def load_office(path: Path) -> Office:
    """The office file at `path`, or `BadInput` with every fault in it."""
    return parse_office(_read(path), path.name)


def _read(path: Path) -> dict[str, Any]:
    """The file as TOML; `BadInput` if it is not a text of that kind."""
    try:
        size = path.stat().st_size
        if size > LONGEST_OFFICE_FILE:
            problem = _("is {size:,} bytes long.", size=size)
            raise _bad(path, problem, _("An office file is a short text."))
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))  # some editors put a mark first
    except FileNotFoundError:
        remedy = _("Give the path of an office file (office.toml).")
        raise _bad(path, _("there is no such file."), remedy) from None
    except (OSError, UnicodeDecodeError) as error:
        problem = _("cannot be read ({reason}).", reason=type(error).__name__)
        raise _bad(path, problem, _("Save it as a UTF-8 text file.")) from None
    except tomllib.TOMLDecodeError as error:
        problem = _("is not valid TOML: {reason}.", reason=str(error))
        raise _bad(path, problem, _("Correct that line.")) from None
    except RecursionError:
        raise _bad(path, _("nests too deeply."), _("Correct its brackets.")) from None


def _bad(path: Path, problem: Sayable, remedy: Sayable) -> BadInput:
    return BadInput([Fault(path.name, problem, remedy)])


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
        remedy = did_you_mean(path[-1], known, _("Remove it."))
        return Fault(name, _("is not a key of an office file."), remedy, column=column)
    if error["type"] == "missing":
        remedy = _("Add `{key} = ...` there.", key=path[-1])
        return Fault(name, _("is missing."), remedy, column=column)
    value = error["input"] if isinstance(error["input"], str | int | float | bool) else None
    return Fault(
        name,
        problem_of(error),
        _("See docs/office_file.md for what may stand there."),
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
