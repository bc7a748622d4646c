"""What the case table says of the case itself, as known at the moment."""

from __future__ import annotations

from collections.abc import Iterator

import narwhals as nw

from cases.language.messages import Sayable, _
from cases.office.model import Attribute, Office
from features.as_of import column_of, known_when
from features.feature import (
    Feature,
    OfCase,
    days,
    lasting,
    same,
    stage,
)

MOMENT = OfCase("moment")
BUILT_IN = {
    "kind": _("kind of case"),
    "unit": _("unit"),
    "handler": _("handler"),
}


def features(office: Office) -> Iterator[Feature]:
    """One feature per built-in column and per attribute of the office.

    Not the attribute that counts as the effort: it is what is to be forecast.
    """
    for column, meaning in BUILT_IN.items():
        yield code(office, column, meaning)
    for column, attribute in office.attributes.items():
        if column != office.effort.attribute:
            yield of_attribute(office, column, attribute)


def code(office: Office, column: str, meaning: Sayable) -> Feature:
    """A code as it stands; the handler is a person."""
    return Feature(
        f"attribute.{column}",
        (OfCase(column_of(office, column)),),
        same,
        "code",
        meaning,
        type="code",
        known=stage(known_when(office, column)),
        personal=column == "handler",
    )


def of_attribute(office: Office, column: str, attribute: Attribute) -> Feature:
    """An attribute by its type: a date becomes the days from it to the moment."""
    name, known = f"attribute.{column}", stage(known_when(office, column))
    of_case = OfCase(column_of(office, column))
    if attribute.type == "code":
        return code(office, column, attribute.meaning)
    if attribute.type == "date":
        since = _("days since “{attribute}”", attribute=attribute.meaning)
        return Feature(name, (of_case, MOMENT), days_before, "days", since, known=known)
    meaning = attribute.meaning
    if attribute.type == "flag":
        return Feature(name, (of_case,), same, "flag", meaning, type="flag", known=known)
    return Feature(name, (of_case,), same, "value", meaning, known=known)


def days_before(date: nw.Expr, moment: nw.Expr) -> nw.Expr:
    """Days from the date to the moment; negative for a date still ahead."""
    return days(lasting(date, moment))
