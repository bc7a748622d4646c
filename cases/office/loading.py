"""Reading an office file: typed, or refused with every fault in it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError

from cases.errors import BadInput, Fault
from cases.files import read_office_file
from cases.language.messages import Sayable, _
from cases.nearest import did_you_mean
from cases.office.agreement.parts import disagreements
from cases.office.mistakes import problem_of
from cases.office.model import Model, Office
from cases.tables.cells.text import fold

LONGEST_NAME = 60
KEY = "[key]"  # by which pydantic says that the key itself is wrong
SEE = _("See docs/office_file.md for what may stand there.")


def load_office(path: Path) -> Office:
    """The office file at `path`, or `BadInput` with every fault in it."""
    return parse_office(read_office_file(path), path.name)


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
    path = [str(part) for part in error["loc"] if part != KEY]
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
        _renamed(path) if KEY in error["loc"] else SEE,
        column=column or None,
        value=None if value is None else str(value),
    )


def _renamed(path: list[str]) -> Sayable:
    """What to do about a key that is no name: another one, made from it."""
    name = "_".join(re.findall(r"[a-z0-9]+", fold(path[-1]).lower())).lstrip("_0123456789")
    name = name[:LONGEST_NAME] or "my_name"
    if path[0] != "attributes":
        return _("Call it, for example, `{name}`.", name=name)
    brackets = f'{{ {name} = "{path[-1]}" }}'
    return _(
        "Call it, for example, `{name}`, and say which column it is under [tables.cases]: "
        "`columns = {brackets}`.",
        name=name,
        brackets=brackets,
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
