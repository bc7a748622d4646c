"""Watching running cases where the ledger is at hand: desks are notified, which is recorded."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from cases.errors import Refused
from cases.language.messages import Sayable, _, ngettext
from cases.office.model import Office
from cases.tables.tables import Tables
from cli.files.ledger import record
from ledger.ledger import Ledger
from models.bundle.bundle import Bundle
from models.registry import Registry
from serving.kept.watch import notes
from serving.memory.taking_in import work_of
from serving.use_cases.watching.standing import State, notices
from serving.use_cases.watching.watching import Raised, Watch, watch


def champion_of(home: Path, office: Office) -> tuple[Bundle | None, Sayable | None]:
    """The champion; where there is none, why nothing is predicted. Clocks and process need none."""
    try:
        return Registry(home).champion(office), None
    except Refused as none:
        return None, _("Nothing is predicted: {reason}", reason=none.message)


def notify(tables: Tables, ledger: Ledger, found: Raised, as_of: datetime) -> tuple[Watch, int]:
    """How alerts stand once the desks are notified of what is new, and of how many they are.

    Of what another process notified them meanwhile, this one does not.
    """
    office = tables.office
    before = watch(tables, work_of(office, ledger).alerting, found, as_of)
    entries = notices(office, before.several, as_of.date())
    if not entries:
        return before, 0
    record(ledger, *entries)
    after = watch(tables, work_of(office, ledger).alerting, found, as_of)
    new = sum(
        one.state is State.NEW and two.course.notified is not None
        for one, two in zip(before.several, after.several, strict=True)
    )
    return after, new


def said(watch: Watch, new: int) -> list[Sayable]:
    """What a command says of it: how many alerts there are, and how many of them are new."""
    told = ngettext(
        "Desks were notified of {count:,} new alert.",
        "Desks were notified of {count:,} new alerts.",
        new,
    )
    return [*notes(watch), told]
