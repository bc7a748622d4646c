"""An office in which everything has happened once, so that every page has something to show.

Whatever people or tables can write goes through `text`, which makes hostile texts of names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from html import unescape
from itertools import count, cycle
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request

from cases.files import made_folder
from cases.integrity.canonical import Domain, stream_digest
from cases.language.kept import as_json
from cases.language.texts import Text
from evaluation.pages.cells import share_interval
from evaluation.pages.charts import rates
from evaluation.pages.exhibits import Exhibit
from evaluation.pages.kept_report import KeptExhibit, KeptReport, KeptSentences, Said
from evaluation.statistics.metrics import Figure
from serving.access.caller import Caller
from serving.access.directory import Directory
from serving.access.keys import make_key
from serving.access.rules import Role
from serving.access.sessions import Session
from serving.access.users import Grant, User, add_user
from serving.http.app import application
from serving.http.pages.rectifying.finding import path_of
from serving.http.pages.shell.rooms import Rooms
from serving.http.pages.watching.seen import path_of as path_of_alert
from serving.kept.home.reports import REPORTS, SHOWN, page_file
from serving.memory.current import Current
from serving.use_cases.context import ServiceContext
from serving.use_cases.recording.records import report_record
from serving.use_cases.rectifying.findings import findings
from serving.use_cases.remembered import name_of
from serving.use_cases.watching.standing import notices
from serving.use_cases.watching.watching import moment_of, watched
from serving.work.running import RunBegan, RunDone, RunFailed
from serving.work.step import step_entry
from tests.factories.client import OpenDoor
from tests.factories.fakes import FakeModel, InMemory
from tests.serving.http.pages.every_page.in_words import Words, plain, tables_of
from tests.serving.http.pages.visits import ASKED, CODE, MADE_FROM, Visitor

PAGE = (
    "<!DOCTYPE html><html lang='en'><head><title>Report</title><style>p { color: #000; }</style>"
    "</head><body><main><h1>Report</h1><p>Kept.</p></main></body></html>"
)


class Seated(OpenDoor):
    """Takes every request for one of a session of the same user."""

    def __init__(self, caller: Caller, shown: str) -> None:
        super().__init__(caller)
        grant = Grant(caller.roles)
        user = User(caller.id, "somebody", shown, grant, caller.person, None, None, disabled=False)
        self._session = Session("t", user)

    async def caller(self, request: Request) -> Caller:
        """Who asks, with a session."""
        request.state.session = self._session
        return await super().caller(request)


@dataclass
class Living:
    """The office: its folder, its ledger, its users, and how it calls things."""

    home: Path
    directory: Directory
    text: Words = plain
    ledger: InMemory = field(default_factory=InMemory)
    plan: str = ""
    lost: str = ""  # a case of which a reading was given back

    def __post_init__(self) -> None:
        self.context = replace(
            ServiceContext(tables_of(self.text), FakeModel(), tried=(Text(en=self.text("tried")),)),
            made_from=MADE_FROM,
        )

    def app(self, caller: Caller | None = None) -> Starlette:
        """Its service, for one caller, by default somebody who may do everything."""
        caller = caller or self.everything
        current = Current(self.context, self.ledger)
        door = Seated(caller, self.text("Shown"))
        return application(current, door, rooms=Rooms(self.home, self.directory))

    @property
    def everything(self) -> Caller:
        """Who has every role, and is a reviewer of the tables."""
        return Caller("everything", frozenset(Role), None, self.text("r1"))

    def person(self, name: str, *roles: Role) -> Caller:
        """Somebody who is in the tables by this name."""
        return Caller(f"u-{name}", frozenset(roles), None, self.text(name))

    def visitor(self, caller: Caller) -> Visitor:
        """Somebody at its pages."""
        visitor = Visitor(self.home, self.context, self.ledger, caller)
        visitor.__dict__["_app"] = self.app(caller)
        return visitor

    def sends(self, caller: Caller, path: str, **fields: str) -> str:
        """Fill in a form; where that leads."""
        answer = self.visitor(caller).post(path, **fields)
        assert answer.status_code == 303, (path, answer.status_code, answer.text)
        return answer.headers["location"]

    def sees(self, caller: Caller, path: str) -> httpx.Response:
        """A page."""
        return self.visitor(caller).get(path)

    @property
    def now(self) -> ServiceContext:
        """The office with all that is recorded."""
        return Current(self.context, self.ledger).context


@contextmanager
def living(home: Path, text: Words = plain) -> Iterator[Living]:
    """An office in which everything has happened."""
    ledger = InMemory()
    directory = Directory.at(home, ledger.append)
    seeds = (f"a seed of the tests, {number}" for number in count())
    try:
        one = Living(home, directory, text, ledger)
        with pytest.MonkeyPatch.context() as patched:  # so that the same is drawn every time
            for where in ("http.pages.planning.new", "use_cases.intake.suggesting"):
                patched.setattr(f"serving.{where}.fresh_seed", lambda: next(seeds))
            for happens in (
                *(_users, _plans, _grades, _rectifies, _intake, _watches, _runs, _reports),
            ):
                happens(one)
        yield one
    finally:
        directory.close()


def _users(office: Living) -> None:
    text, directory = office.text, office.directory
    units = [text("u1"), text("u2")]
    grant = Grant.of([Role.REVIEWER], units)
    add_user(directory, "bea", grant, shown=text("Bea")[:100], person=text("r2")[:200])
    make_key(directory, "loader", Grant.of([Role.CLERK], units), 30)


def _plans(office: Living) -> None:
    """One is drawn and its reviews begin, another one is promised."""
    every = office.everything
    asked = ASKED | {"capacity": "6", "search": "90", "do": "draw", "key": "k"}
    found = CODE.search(office.sends(every, "/plan/new", **asked))
    assert found is not None
    office.plan = found.group(1)
    promise = {"do": "promise", "key": "p", "source": office.text("beacon")[:200]}
    office.sends(every, "/plan/new", **asked | promise | {"time": "2036-01-01T00:00"})


def _grades(office: Living) -> None:
    """Of one case the reading has a draft, of one the second is given back; the others are graded.

    Of the cases that are read once the first has a defect; those read twice wait for one grade. One
    case is departed from.
    """
    given = office.now.remembered.work.reviewing.readings
    text = office.text
    rows = given.sort("reading", "case_id").to_dicts()
    twice = {row["case_id"] for row in rows if row["reading"] == "second"}
    once = [row for row in rows if row["case_id"] not in twice]
    lost = next(row for row in rows if row["reading"] == "second")
    office.lost = lost["case_id"]
    of_two = [row for row in rows if row["case_id"] in twice - {office.lost}]
    last, grades = once.pop(), cycle(("bad", "best", "good"))
    of_twice = {"first": "bad", "second": "good"}
    for row in [*once, *of_two]:
        reader = Caller(f"u-{row['reviewer']}", frozenset([Role.REVIEWER]), None, row["reviewer"])
        grade = of_twice[row["reading"]] if row["case_id"] in twice else next(grades)
        sent = {"grade": grade, "dimension-1": "yes", "remark-1": text("remark")[:900]}
        if grade != "bad":
            sent = {"grade": grade, "good": text("praise")[:900]}
        path = f"/case/grade?id={quote(row['case_id'])}&plan={office.plan}"
        office.sends(reader, path, **sent, reason=text("reason")[:900], hours="1", do="save")
    reader = Caller("everything", frozenset([Role.REVIEWER]), None, last["reviewer"])
    path = f"/case/grade?id={quote(last['case_id'])}&plan={office.plan}"
    office.sends(reader, path, reason=text("draft")[:900], do="draft")
    reader = Caller("u-lost", frozenset([Role.REVIEWER]), None, lost["reviewer"])
    path = f"/case/give-back?id={quote(office.lost)}&plan={office.plan}"
    office.sends(reader, path, reason=text("why not mine")[:900])
    drawn = set(given["case_id"])
    other = next(one for one in map(text, "abcdefgh") if one not in drawn)
    path = f"/case/override?id={quote(other)}&plan={office.plan}"
    office.sends(office.everything, path, reason=text("why not")[:900])


def _rectifies(office: Living) -> None:
    """A finding is answered, decided and given an owner."""
    now = office.now
    today = datetime.now().date()
    one = findings(now, today)[0]
    handler = Caller("u-h", frozenset([Role.HANDLER]), None, one.finding.handler)
    manager, text = office.person("m1", Role.MANAGER), office.text
    path = path_of(one)
    forms = [
        (handler, {"do": "answer", "answer": "no", "answer_text": text("answer")[:900]}),
        (manager, {"do": "decide", "decide": "yes", "decide_text": text("decided so")[:900]}),
    ]
    for who, fields in forms:
        office.sends(who, path, **fields)
    page = office.sees(manager, path)
    owner = _option(page.text, "owner")
    sent = {"do": "plan", "owner": owner, "due": today.isoformat()}
    office.sends(manager, path, **sent, measure=text("measure")[:900])


def _option(page: str, name: str) -> str:
    """The last choice of a list."""
    inside = page[page.index(f'<select id="{name}"') :]
    options = re.findall(r'<option value="([^"]+)"', inside[: inside.index("</select>")])
    return unescape(options[-1])


def _intake(office: Living) -> None:
    """Handlers are suggested, one is accepted and one designated."""
    text, every = office.text, office.everything
    office.sends(every, "/new-cases")
    office.sends(every, f"/new-case?id={quote(text('n1'))}", do="accept")
    path = f"/new-case?id={quote(text('n2'))}"
    fields = {"do": "designate", "handler": text("h4"), "key": "d"}
    office.sends(every, path, **fields, reason=text("knows it")[:900])


def _watches(office: Living) -> None:
    """Desks are notified, one alert is snoozed and one closed."""
    now, every, text = office.now, office.everything, office.text
    found = watched(now, moment_of(now.tables, datetime.now()))
    office.ledger.append(*notices(now.office, found.several, found.today))
    first, second = (path_of_alert(one.alert.key) for one in found.several[:2])
    sent = {"do": "snooze", "until": found.today.isoformat()}
    office.sends(every, first, **sent, snooze_reason=text("snoozed for")[:900])
    office.sends(every, second, do="close", close_reason=text("closed for")[:900])


def _runs(office: Living) -> None:
    """One run was done with an alarm, one failed; a training is asked for."""
    name, text = name_of(office.context.office), office.text
    said = (as_json(Text(en=text("said"))),)
    at = datetime(2026, 3, 1, 6)
    for run, code, what in (("1", "nightly", "read"), ("2", "monthly", "plan")):
        began = RunBegan(run=run, holder="x", schedule=code, what=what, at=at, seed="1")
        office.ledger.append(step_entry(name, began, None))
    done, failed = RunDone(run="1", said=said, alarms=said), RunFailed(run="2", said=said)
    office.ledger.append(step_entry(name, done, None), step_entry(name, failed, None))
    office.sends(office.everything, "/system", reason=text("train")[:900], until="")


def _reports(office: Living) -> None:
    """A report is kept and recorded."""
    folder = office.home / REPORTS / "one"
    made_folder(folder)
    said = Said.of(Text(en=office.text("said"), zh=office.text("said")))
    figure = Figure(0.1, 0.05, 0.2, 50)
    names = [office.text(name) for name in ("q1", "q2", "q3")]
    picture = rates((said, said), names, [figure] * 3)
    rows = tuple((name, share_interval(figure)) for name in names)
    exhibit = Exhibit(said, said, (said, said), rows, picture, (said,))
    shown = KeptReport(
        office=name_of(office.context.office),
        until=datetime(2026, 3, 1),
        data_hash="0" * 64,
        model="1",
        front=(KeptSentences(title=said, says=(said,)),),
        alarms=(said,),
        quality=(KeptExhibit.of(exhibit),),
    )
    (folder / SHOWN).write_text(shown.model_dump_json(), "utf-8")
    page_file(folder, "en").write_text(PAGE, "utf-8")
    hashes = {}
    for at, file in enumerate(sorted(folder.iterdir())):
        with file.open("rb") as opened:
            hashes[str(at)] = stream_digest(Domain.FILE, opened)
    office.ledger.append(report_record(hashes, "0" * 64, "0" * 64))
