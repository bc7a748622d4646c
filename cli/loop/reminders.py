"""Reminders: what people are to be told, as files and by mail; each thing once.

That they are told is recorded before the mail is sent, so that no mail is sent twice: where the
process is killed between the two, the files have what the mail does not bring. Where the mail
server refuses, the run fails, and the next one tells the same.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from cases.errors import BadInput
from cases.files import made_folder, replaced
from cases.language.catalogues import Language
from cases.language.messages import _, ngettext, say
from cases.tables.tables import Tables
from cli.files.ledger import record
from cli.loop.job import Job, Outcome
from cli.loop.mail import mail_of, send
from ledger.ledger import Entry
from serving.kept.begin import PLANS
from serving.kept.plan import read_plan
from serving.use_cases.rectifying.doing import reminders
from serving.use_cases.rectifying.findings import follow, found_in
from serving.use_cases.remembered import name_of
from serving.work.notices import Notice, notices
from serving.work.readings import to_make
from serving.work.running import Notified
from serving.work.step import step_entry

NOTICES = "notices"  # the folder of their files
SUBJECT = _("Reminders of {office}")


def remind(job: Job) -> Outcome:
    """Tell what is new of what there is to tell; nothing where nothing is."""
    this = job.round
    mail = mail_of(this.home)
    new = [notice for notice in _found(job) if notice.is_new]
    if not new:
        return Outcome((_("There is nothing new to tell."),))
    name = f"{job.due.schedule.code}-{job.due.at:%Y-%m-%dT%H}"
    text = text_of(new, this.language, this.public_url)

    def place() -> None:
        _write(this.home / NOTICES, name, new, text, this.language)
        told = Notified(run=job.name, keys=tuple(notice.key for notice in new))
        record(this.ledger, step_entry(name_of(this.office), told, None), *_reminded(job))
        if mail is not None:
            subject = SUBJECT.filled(office=this.office.office.name)
            send(mail, say(subject, this.language), text)

    count = len(new)
    said = ngettext("{count:,} thing was told.", "{count:,} things were told.", count)
    return Outcome((said,), name, place=place)


def _found(job: Job) -> tuple[Notice, ...]:
    """All that there is to tell; without what is due where the tables cannot be read."""
    this, tables = job.round, _tables(job)
    work = this.work
    return notices(
        this.office,
        work.reviewing,
        work.running,
        this.now,
        holder=this.lease.holder,
        waiting=None if tables is None else _waiting(tables, job),
        findings=None if tables is None else _findings(tables, job),
        alerting=work.alerting,
    )


def _waiting(tables: Tables, job: Job) -> dict[str, int]:
    """How many readings of each plan under way are still to be made."""
    home, remembered = job.round.home, job.round.present().remembered
    plans = remembered.work.reviewing.plans
    listed = {plan: read_plan(home / PLANS / plan).listed for plan in plans}
    return Counter(to_make(remembered.work, remembered.days, tables, listed)["plan"])


def _findings(tables: Tables, job: Job) -> dict[date, int]:
    """How many findings wait for something that is due or comes soon, by its day."""
    work, today = job.round.present().remembered.work, job.round.now.date()
    if tables.office.rectification is None:
        return {}
    followed = follow(found_in(tables), tables, work, today)
    waiting = [one.due for one in followed if one.is_overdue or one.is_due_soon]
    return dict(Counter(day for day in waiting if day is not None))


def _reminded(job: Job) -> list[Entry]:
    """That the owners of measures were reminded; once of each day on which one is due."""
    tables = _tables(job)
    if tables is None or tables.office.rectification is None:
        return []
    return reminders(tables, job.round.present().remembered.work, job.round.now.date())


def _tables(job: Job) -> Tables | None:
    try:
        return job.round.present().tables
    except BadInput:
        return None


def text_of(new: Sequence[Notice], language: Language, public_url: str | None) -> str:
    """What people are told, a line each, and where they find more."""
    return "".join(f"{line}\n" for line in _lines(new, language, public_url))


def _lines(new: Sequence[Notice], language: Language, public_url: str | None) -> Iterator[str]:
    for notice in new:
        yield f"- {say(notice.says, language)}"
    if public_url is not None:
        yield ""
        yield say(_("More: {url}", url=public_url), language)


def _write(folder: Path, name: str, new: Sequence[Notice], text: str, language: Language) -> None:
    """The same as text and as values for other programs."""
    made_folder(folder)
    values = [
        {
            "key": notice.key,
            "about": notice.about,
            "at": notice.at.isoformat(),
            "says": say(notice.says, language),
        }
        for notice in new
    ]
    lines = json.dumps(values, ensure_ascii=False, indent=2) + "\n"
    replaced(folder / f"{name}.txt", lambda path: path.write_text(text, "utf-8"))
    replaced(folder / f"{name}.json", lambda path: path.write_text(lines, "utf-8"))
