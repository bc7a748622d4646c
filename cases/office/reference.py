"""The reference of the office file, made from the models that read it.

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

from pydantic.fields import FieldInfo

from cases.language.texts import Text
from cases.office.model import Model, Office

PAGE = Path("docs/office_file.md")
START = "<!-- The rest is made by `python -m cases.office.reference`; do not edit it. -->\n"
WORDS = {
    str: "text",
    bool: "true or false",
    float: "number",
    int: "whole number",
    date: "date",
    Text: '`{ en = "…", zh = "…" }`',
}


def reference() -> str:
    """Every part of the office file: its keys, what they take, what they mean."""
    return "\n\n".join(_section(model, places) for model, places in _parts().items()) + "\n"


def renewed(page: str) -> str:
    """The page with everything from `START` on made anew."""
    return f"{page.partition(START)[0]}{START}\n{reference()}"


def _parts() -> dict[type[Model], list[str]]:
    """The models of an office file, outermost first, and the places where each can stand."""
    places: dict[type[Model], list[str]] = {}
    waiting: list[tuple[type[Model], str]] = [(Office, "")]
    while waiting:
        model, place = waiting.pop(0)
        places.setdefault(model, []).append(place)
        if len(places[model]) == 1:
            waiting += _below(model, place)
    return places


def _below(model: type[Model], place: str) -> Iterator[tuple[type[Model], str]]:
    for name, field in model.model_fields.items():
        for inner, step in _models_of(field.annotation):
            yield inner, f"{place}.{name}{step}".lstrip(".")


def _models_of(annotation: Any) -> Iterator[tuple[type[Model], str]]:
    """The models in a type, and how a path goes on to reach them."""
    if isinstance(annotation, type) and issubclass(annotation, Model):
        yield annotation, ""
    step = {dict: ".<name>", tuple: "[]"}.get(get_origin(annotation), "")
    for part in get_args(annotation):
        for model, further in _models_of(part):
            yield model, step + further


def _section(model: type[Model], places: list[str]) -> str:
    title = ", ".join(f"`{place}`" for place in places if place) or "The whole file"
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
    return f"`{str(list(value) if isinstance(value, tuple) else value).lower()}`"


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
