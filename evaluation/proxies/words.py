"""What the proxy check found, in sentences."""

from __future__ import annotations

from collections.abc import Iterable

from cases.language.messages import Sayable, _, listed
from cases.office.model import Office
from evaluation.proxies.check import Proxies
from features.catalogue import catalogue

PEOPLE: dict[str, Sayable] = {
    "handler": _("handler"),
    "unit": _("unit"),
    "reviewer": _("reviewer"),
}


def most_telling(office: Office, found: Proxies) -> Sayable | None:
    """The features that do most; that it is a feature itself; None if none does much."""
    if found.given:
        return _("itself a feature of the model")
    return listed(called(office, found.features)) if found.features else None


def warning(office: Office, found: Iterable[Proxies]) -> Sayable | None:
    """What people must know before they use the model: its risks may be those of persons."""
    strong = [one for one in found if one.strong]
    if not strong:
        return None
    telling = dict.fromkeys(name for one in strong for name in one.features)
    return _(
        "Its features tell the {people} of a case beyond its kind, so that its risks may be "
        "those of persons. Most telling: {features}. Look at them and, if they are no facts of "
        "the case, leave them out (`leave_out` under [risk]).",
        people=listed(PEOPLE[one.people] for one in strong),
        features=listed(called(office, telling)) if telling else _("none alone"),
    )


def called(office: Office, names: Iterable[str]) -> list[Sayable]:
    """The features in words, with their names in the office file."""
    features = catalogue(office)
    return [_("{meaning} (`{name}`)", meaning=features[name].meaning, name=name) for name in names]
