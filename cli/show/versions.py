"""The versions of an office's models: which there are, and back to an earlier one."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import takewhile

from cases.errors import Refused
from cases.office.model import Office
from cli.show.console import out
from models.registry import CHAMPION, Registry, Version, office_name


def show_versions(versions: tuple[Version, ...]) -> None:
    """A line per version, newest first, and beneath it what was decided, when and why."""
    for one in versions:
        made = f"{datetime.fromtimestamp(one.created / 1000, UTC):%Y-%m-%d}"
        champion = ", CHAMPION" if CHAMPION in one.aliases else ""
        knows = f", knows what was known by {one.trained_until[:10]}" if one.trained_until else ""
        out.print(f"Version {one.number}, made {made}{knows}{champion}", markup=False)
        for event in one.events:
            line = f"  {event.what} {event.at[:16].replace('T', ' ')}: {event.reason}"
            out.print(line, markup=False, soft_wrap=True)
        if not one.events:
            out.print("  no verdict is recorded")


def roll_back(registry: Registry, office: Office, to: int | None, reason: str) -> Version:
    """Make an earlier champion the champion again: `to`, or the one before the present one.

    The one before is that of history, not of number; what was rolled back from is passed over.
    Recorded with the reason. `Refused` if there is no such version, it was never promoted, is
    the champion already, or cannot be loaded.
    """
    versions = registry.versions(office_name(office))
    chosen = _before(versions) if to is None else _numbered(versions, to)
    registry.load(chosen, office)
    registry.promote(chosen)  # first: what is recorded has happened, even if interrupted between
    registry.record(chosen, "restored", reason)
    return chosen


def _before(versions: tuple[Version, ...]) -> Version:
    earlier = list(takewhile(lambda one: CHAMPION not in one.aliases, _champions(versions)))
    if not earlier:
        raise Refused("There is no earlier champion to go back to. See `triage models OFFICE`.")
    return earlier[-1]


def _champions(versions: tuple[Version, ...]) -> list[Version]:
    """Those made champion, in order of time, without those that were rolled back from."""
    decided = ((event, one) for one in versions for event in one.events)
    champions: list[Version] = []
    for event, one in sorted(decided, key=lambda each: each[0].at):
        if event.what == "restored":  # the way back: from what was made later
            champions = [each for each in champions if int(each.number) < int(one.number)]
        if event.what != "refused":
            champions.append(one)
    return champions


def _numbered(versions: tuple[Version, ...], number: int) -> Version:
    for one in versions:
        if one.number == str(number):
            if CHAMPION in one.aliases:
                raise Refused(f"Version {number} is the champion already.")
            if not one.was_promoted:
                raise Refused(
                    f"Version {number} was never promoted, so there is no way back to it."
                )
            return one
    raise Refused(f"There is no version {number}. See `triage models OFFICE`.")
