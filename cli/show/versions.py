"""The versions of an office's models, as they are listed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from cases.language.messages import Message, Sayable, _, listed
from cli.console import Terminal
from models.registry import CHAMPION, Event, Version, What

DECIDED: dict[What, Message] = {
    "promoted": _("promoted"),
    "refused": _("refused"),
    "restored": _("restored"),
    "unreadable": _("unreadable"),
}


def show_versions(terminal: Terminal, versions: Iterable[Version]) -> None:
    """A line per version, newest first, and beneath it what was decided, when and why."""
    for version in versions:
        terminal.show(_headline(version), *_decisions(version.events))


def _headline(version: Version) -> Sayable:
    made = datetime.fromtimestamp(version.created / 1000, UTC).date()
    parts = [_("Version {number}", number=version.number), _("made {day}", day=made)]
    if version.trained_until:
        known = datetime.fromisoformat(version.trained_until).date()
        parts.append(_("knows what was known by {day}", day=known))
    if version.start is not None:
        parts.append(_("a start"))
    if CHAMPION in version.aliases:
        parts.append(_("CHAMPION"))
    return listed(parts)


def _decisions(events: Iterable[Event]) -> Iterator[Sayable]:
    """What was decided of a version."""
    decisions = [
        _(
            "  {what} {at}: {reason}",
            what=DECIDED[event.what],
            at=datetime.fromisoformat(event.at),
            reason=event.reason,
        )
        for event in events
    ]
    return iter(decisions or [_("  no verdict is recorded")])
