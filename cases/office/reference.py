"""The reference of the office file, made from the models and specifications that read it.

`python -m cases.office.reference` renews it in `docs/office_file.md`; a test fails
if the page is out of date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin

import polars as pl
from pydantic.fields import FieldInfo

from cases.language.texts import Text
from cases.office.model import Model, Office
from cases.tables.specification import SPECIFICATIONS
from cases.tables.specification.parts import Column, Link, TableSpec

PAGE = Path("docs/office_file.md")
START = "<!-- The rest is made by `python -m cases.office.reference`; do not edit it. -->\n"
WORDS = {
    str: "text",
    bool: "true or false",
    float: "number",
    int: "whole number",
    date: "date",
    Text: '`{ en = "…", <language> = "…" }`',
}
NEEDED = {"no": "no", "column": "yes; a row may leave it blank", "every row": "in every row"}


def reference() -> str:
    """The columns of every table, and every part of the office file with its keys."""
    tables = [_table(spec) for spec in SPECIFICATIONS.values()]
    parts = [_section(model, paths) for model, paths in _parts().items()]
    return "\n\n".join(["# The tables", *tables, "# The keys", *parts]) + "\n"


def renewed(page: str) -> str:
    """The page with everything from `START` on made again."""
    return f"{page.partition(START)[0]}{START}\n{reference()}"


def _table(spec: TableSpec) -> str:
    """What a table can hold."""
    header = "| Column | Holds | Needed | Meaning |\n|---|---|---|---|"
    rows = (_column(column) for column in spec.columns if column.in_file)
    links = (_named(link) for link in spec.links)
    every = ["Every office has it."] if spec.needed else []
    about = " ".join([spec.meaning, *every, *links])
    return "\n".join([f"## The table `{spec.name}`", "", about, "", header, *rows])


def _named(link: Link) -> str:
    """Which table's rows a column names."""
    instead = "" if link.or_to is None else f", or in the `{link.or_to}` table"
    return f"`{link.column}` must be in the `{link.to}` table{instead}."


def _column(column: Column) -> str:
    holds, needed = _holds(column.type), NEEDED[column.needed]
    return f"| `{column.name}` | {holds} | {needed} | {column.meaning} |"


def _holds(kind: pl.DataType) -> str:
    if isinstance(kind, pl.Datetime):
        return "date, or date and time"
    if kind == pl.Boolean():
        return "yes or no"
    return "number" if kind.is_numeric() else "text"


def _parts() -> dict[type[Model], list[str]]:
    """The models of an office file, outermost first, and the paths where each can stand."""
    paths: dict[type[Model], list[str]] = {}
    waiting: list[tuple[type[Model], str]] = [(Office, "")]
    while waiting:
        model, path = waiting.pop(0)
        paths.setdefault(model, []).append(path)
        if len(paths[model]) == 1:
            waiting += _below(model, path)
    return paths


def _below(model: type[Model], path: str) -> Iterator[tuple[type[Model], str]]:
    for name, field in model.model_fields.items():
        for inner, step in _models_of(field.annotation):
            yield inner, f"{path}.{name}{step}".lstrip(".")


def _models_of(annotation: Any) -> Iterator[tuple[type[Model], str]]:
    """The models in a type, and how a path goes on to reach them."""
    if isinstance(annotation, type) and issubclass(annotation, Model):
        yield annotation, ""
    step = {dict: ".<name>", tuple: "[]"}.get(get_origin(annotation), "")
    for part in get_args(annotation):
        for model, further in _models_of(part):
            yield model, step + further


def _section(model: type[Model], paths: list[str]) -> str:
    title = ", ".join(f"`{path}`" for path in paths if path) or "The whole file"
    about = (model.__doc__ or "").split("\n\n")[0].replace("\n    ", " ")
    rows = (_row(name, field) for name, field in model.model_fields.items())
    header = "| Key | Takes | If left out | Meaning |\n|---|---|---|---|"
    return "\n".join([f"## {title}", "", about, "", header, *rows])


def _row(name: str, field: FieldInfo) -> str:
    takes = _words(field.annotation)
    return f"| `{name}` | {takes} | {_default(field)} | {field.description} |"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**needed**"
    value = field.get_default(call_default_factory=True)
    if value is None or value in ((), {}, "") or isinstance(value, Model):
        return "nothing" if not isinstance(value, Model) else "its defaults"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{list(value) if isinstance(value, tuple) else value}`"


def _words(annotation: Any) -> str:
    """What a type takes, in words.

    >>> _words(tuple[str, ...])
    'list of text'
    """
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        parts = parts[:1]
    if origin is Literal:
        return " or ".join(f"`{part}`" for part in parts)
    if origin is tuple:
        return f"list of {_words(parts[0])}"
    if origin is dict:
        return f"{_words(parts[1])} by name"
    if parts:
        return " or ".join(_words(part) for part in parts if part is not NoneType)
    return WORDS.get(annotation) or _title(annotation)


def _title(model: type[Model]) -> str:
    """The name of a model as words: `WorkingHours` is "working hours"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", model.__name__).lower()


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
