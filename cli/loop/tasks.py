"""Reading new data, training through the gate, and the report."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path

from cases.files import made_folder
from cases.language.catalogues import languages
from cases.language.messages import Sayable, _, ngettext, sentences
from cli.files.report import summary_of, write_kept
from cli.loop.job import Job, Outcome
from evaluation.promotion.candidate import train_candidate
from evaluation.promotion.last_year import last_year_backtest
from evaluation.report.summary import ReportSummary
from ledger.records import Kind
from models.bundle.bundle import Bundle
from models.registry import CHAMPION, Registry, Version, office_name
from serving.kept.begin import PLANS
from serving.kept.folders import file_hashes
from serving.kept.home.reports import REPORTS
from serving.leases.lease import Lease
from serving.use_cases.recording.records import report_record, training_asked, training_record
from serving.use_cases.remembered import name_of

RENEWED = "renewed"  # the file that is touched when a service has something new to take in
MOST_OFFICES = 100  # trainings that are looked through: several offices can share a ledger
MOST_PLANS = 12  # of the last ones a report says what became of them


def read(job: Job) -> Outcome:
    """The tables are read and checked; services are told where there is something new."""
    tables = job.round.present().tables
    count, report = tables.case_rows.height, tables.report
    said = ngettext(
        "{count:,} case; the newest record is of {day}.",
        "{count:,} cases; the newest record is of {day}.",
        count,
        day=tables.latest_record.date(),
    )
    doubts = len(report.warnings) if report else 0
    doubtful = ngettext(
        "{count:,} thing looks doubtful: `triage check` shows it.",
        "{count:,} things look doubtful: `triage check` shows them.",
        doubts,
    )
    running = job.round.work.running
    last = running.done.get(job.due.schedule.code)
    is_new = last is None or last.made != tables.data_hash
    return Outcome(
        (said, *([doubtful] if doubts else []), *([] if is_new else [_("Nothing is new.")])),
        tables.data_hash,
        place=lambda: _renew(job) if is_new else None,
    )


def _renew(job: Job) -> None:
    """Touch the file by which a service manager knows that a running service is to take it in."""
    (job.round.home / RENEWED).touch()


def train(job: Job) -> Outcome:
    """A candidate is trained, and made champion if it passes the gate."""
    this, tables = job.round, job.round.present().tables
    if (asked := _asked(job)) is None and _has_learnt(job):
        return Outcome((_("There is nothing new to learn from."),))
    until = asked or min(tables.latest_record, job.due.at)
    registry = OwnedRegistry(this.home, this.lease)
    tried = _decided_before(job, registry, until)
    if tried is None:
        trained = train_candidate(tables, registry, until, this.tell)
        tried = registry.version(tables.office, int(trained.version.number))
    promoted, number = tried.was_promoted, tried.number
    entry = training_record(
        tables.office, number, promoted=promoted, until=until, data_hash=tables.data_hash
    )
    # Of an office that has only a start to plan by, a refusal goes without saying.
    has_model = registry.champion_version(tables.office).start is None
    refused = _("The gate refused model {number}.", number=number)
    alarms = (refused,) if has_model and not promoted else ()
    return Outcome((_verdict(tried),), number, alarms, (entry,), partial(_renew, job))


def _verdict(tried: Version) -> Sayable:
    """What the gate said of a version, and why."""
    if tried.was_promoted:
        result = _("Model {number} is promoted to champion.", number=tried.number)
    else:
        result = _("Model {number} is NOT promoted.", number=tried.number)
    return sentences(result, *(event.reason for event in tried.events[-1:]))


def _asked(job: Job) -> datetime | None:
    """Until when somebody asked for a training to learn; None if nobody has."""
    this = job.round
    asked = training_asked(this.office, this.ledger.records(Kind.REQUEST, Kind.TRAINING))
    return None if asked is None else asked.until or this.present().tables.latest_record


def _has_learnt(job: Job) -> bool:
    """Whether the last training had these very tables."""
    name = name_of(job.round.office)
    trainings = job.round.ledger.newest(MOST_OFFICES, Kind.TRAINING)
    last = next((one for one in trainings if one.content["office"] == name), None)
    return last is not None and last.content["data_hash"] == job.round.present().tables.data_hash


class OwnedRegistry(Registry):
    """A registry that keeps and promotes only while the lease is ours."""

    def __init__(self, home: Path, lease: Lease) -> None:
        super().__init__(home)
        self._lease = lease

    def log(self, bundle: Bundle, office_name: str, metrics: Mapping[str, float]) -> Version:
        """As every registry does."""
        with self._lease.owning():
            return super().log(bundle, office_name, metrics)

    def promote(self, version: Version) -> None:
        """As every registry does."""
        with self._lease.owning():
            super().promote(version)


def _decided_before(job: Job, registry: Registry, until: datetime) -> Version | None:
    """The version that an earlier run decided on and could not record; None if none has."""
    if job.before is None:
        return None
    this, tables = job.round, job.round.present().tables
    recorded = {record.content["version"] for record in this.ledger.records(Kind.TRAINING)}
    for version in registry.versions(office_name(tables.office)):
        is_new = version.number not in recorded
        is_decided = bool(version.events) or CHAMPION in version.aliases
        if is_new and is_decided and version.trained_until == until.isoformat():
            about = registry.load(version, tables.office).about
            return version if about.get("data_hash") == tables.data_hash else None
    return None


def report(job: Job) -> Outcome:
    """The report as values and as a page in each language, in a folder of its own."""
    this, tables = job.round, job.round.present().tables
    bundle = Registry(this.home).champion(tables.office)
    tried = last_year_backtest(this.home, tables, bundle, this.tell)
    plans = [this.home / PLANS / plan for plan in this.work.reviewing.plans][-MOST_PLANS:]
    summary = summary_of(this.home, tables, bundle, tried, plans, this.tell)
    name = f"{job.due.schedule.code}-{job.due.at:%Y-%m-%d}"
    made_folder(job.workplace)
    spoken = job.due.schedule.languages or tuple(languages())
    files = write_kept(summary, tables.latest_record, spoken, job.workplace)
    entry = report_record(file_hashes(files), bundle.content_hash, tables.data_hash)
    said = _("Report: {folder}", folder=name)
    place = partial(_replace, job.workplace, this.home / REPORTS / name)
    return Outcome((said,), name, tuple(_alarms(summary)), (entry,), place)


def _alarms(summary: ReportSummary) -> Iterator[Sayable]:
    """What changed, as the report says it."""
    for finding in summary.changes.findings if summary.changes else ():
        yield finding.what


def _replace(folder: Path, target: Path) -> None:
    """Put a folder in its place; one of a run that was stopped there is taken away."""
    made_folder(target.parent)
    shutil.rmtree(target, ignore_errors=True)
    folder.rename(target)
