"""Back to an earlier champion."""

from __future__ import annotations

from itertools import takewhile

from cases.errors import Refused
from cases.language.messages import _
from cases.office.model import Office
from models.registry import CHAMPION, Registry, Version, office_name


def roll_back(registry: Registry, office: Office, to: int | None, reason: str) -> Version:
    """Make an earlier champion the champion again: `to`, or the one before the present one.

    The one before is that of history, not of number; what was rolled back from is passed over.
    Recorded with the reason. `Refused` if there is no such version, it was never promoted, is
    the champion already, or cannot be loaded.
    """
    if to is None:
        chosen = champion_before(registry.versions(office_name(office)))
    else:
        chosen = _former_champion(registry.version(office, to))
    registry.load(chosen, office)
    registry.promote(chosen)  # first: what is recorded has happened, even if interrupted between
    registry.record(chosen, "restored", reason)
    return chosen


def champion_before(versions: tuple[Version, ...]) -> Version:
    """The champion before the present one; `Refused` if there was none."""
    in_order = champions(versions)
    earlier = list(takewhile(lambda version: CHAMPION not in version.aliases, in_order))
    if not earlier:
        raise Refused(_("There is no earlier champion to go back to. See `triage models OFFICE`."))
    return earlier[-1]


def champions(versions: tuple[Version, ...]) -> list[Version]:
    """Those made champion, in order of time, without those that were rolled back from."""
    decided = ((event, version) for version in versions for event in version.events)
    made: list[Version] = []
    for event, version in sorted(decided, key=lambda decision: decision[0].at):
        if event.what == "restored":  # the way back: from what was made later
            made = [kept for kept in made if int(kept.number) < int(version.number)]
        if event.what != "refused":
            made.append(version)
    return made


def _former_champion(version: Version) -> Version:
    """The version; `Refused` if it cannot become champion again."""
    if CHAMPION in version.aliases:
        raise Refused(_("Version {number} is the champion already.", number=version.number))
    if not version.was_promoted:
        raise Refused(
            _(
                "Version {number} was never promoted, so there is no way back to it.",
                number=version.number,
            )
        )
    return version
