"""Watching running cases where the ledger is at hand: desks are notified, which is recorded."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from cases.errors import Refused
from cases.language.messages import Sayable, _, ngettext
from cases.office.model import Office
from cases.tables.cells.zones import wall_clock
from cases.tables.tables import Tables
from cli.files.ledger import record
from ledger.ledger import Ledger
from models.bundle.bundle import Bundle
from models.registry import Registry
from serving.kept.watch import notes
from serving.memory.taking_in import work_of
from serving.use_cases.watching.standing import notices
from serving.use_cases.watching.watching import Raised, Watch, moment_of, watch


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
    mine = {one.number for one in record(ledger, *entries)}
    after = watch(tables, work_of(office, ledger).alerting, found, as_of)
    notified = (one.course.notified for one in after.several)
    return after, sum(one is not None and one.record in mine for one in notified)


def is_today(tables: Tables, as_of: datetime) -> bool:
    """Whether the moment is of the day on which cases are watched now; of it alone desks are told.

    A notice for a day to come would be taken for given on that day; one for a day that is past
    would rest on a model that knows what came after it.
    """
    now = wall_clock(tables.office.office.time_zone)
    return as_of.date() == moment_of(tables, now).date()


def said(watch: Watch, new: int) -> list[Sayable]:
    """What a command says of it: how many alerts there are, and how many of them are new."""
    told = ngettext(
        "Desks were notified of {count:,} new alert.",
        "Desks were notified of {count:,} new alerts.",
        new,
    )
    return [*notes(watch), told]
