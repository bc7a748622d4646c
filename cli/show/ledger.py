"""How records of a ledger are shown on a terminal."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from cases.errors import BadInput, Fault
from cases.language.messages import Message, Sayable, _, listed, ngettext
from cli.console import Terminal
from ledger.ledger import Ledger
from ledger.records import Content, Kind, Record

SHORT = 12  # letters of a hash
HEADS = (_("Number"), _("When (UTC)"), _("Kind of record"), _("What"))

NAMES: Mapping[str, Message] = {
    Kind.OPENED: _("opened"),
    Kind.COMMITMENT: _("commitment"),
    Kind.PLAN: _("plan"),
    Kind.ESTIMATE: _("estimate"),
    Kind.INTAKE: _("intake"),
    Kind.TRAINING: _("training"),
    Kind.ROLLBACK: _("rollback"),
    Kind.REPORT: _("report"),
    Kind.FACTS: _("facts"),
    Kind.REQUEST: _("request"),
    Kind.ACCESS: _("access"),
    Kind.ERASURE: _("erasure"),
}

TABLES: Mapping[str, Message] = {
    "cases": _("cases"),
    "events": _("events"),
    "reviews": _("reviews"),
    "overrides": _("overrides"),
}


ACCESS: Mapping[str, Message] = {
    "user_added": _("user {about} was added, with the roles {roles}"),
    "roles_changed": _("user {about} has the roles {roles} now"),
    "user_disabled": _("user {about} was disabled"),
    "user_enabled": _("user {about} is let in again"),
    "password_reset": _("user {about} was given a one-time password"),
    "password_changed": _("user {about} chose a password"),
    "signed_in": _("user {about} signed in"),
    "sign_in_refused": _("a sign-in as {about} was refused"),
    "refused": _("{about} was refused {action}"),
    "key_made": _("key {about} was made, with the roles {roles}"),
    "key_revoked": _("key {about} was taken back"),
}


def show_records(terminal: Terminal, ledger: Ledger, last: int, *kinds: Kind) -> None:
    """The last records of these kinds (none given: all), the newest first, a line each."""
    records = ledger.newest(last, *kinds)
    if not records:
        terminal.show(_("There is no such record."))
    terminal.show(*map(_line, records))


def _line(record: Record) -> Sayable:
    number, at, kind, what = _row(record)
    return _("{number}  {at} UTC  {kind}: {what}", number=number, at=at, kind=kind, what=what)


def show_record(terminal: Terminal, ledger: Ledger, number: int) -> None:
    """Everything that a record says, and the texts beside it; `BadInput` if there is none."""
    record = ledger.record(number)
    if record is None:
        remedy = _("There are {count:,}.", count=ledger.size)
        problem = _("there is no such record.")
        raise BadInput([Fault("triage ledger", problem, remedy, value=str(number))])
    said = [(name, _text(value)) for name, value in record.content.items() if name != "beside"]
    beside = ledger.beside(number)
    erased = sorted(record.content.get("beside", {}).keys() - beside.keys())
    rows = [*zip(HEADS, _row(record), strict=True), *said, *beside.items()]
    rows += [(name, _("(erased)")) for name in erased]
    terminal.table((), [*rows, (_("Hash"), record.hash)])


def _row(record: Record) -> tuple[Sayable | str, ...]:
    """Number, time, kind and what a record says."""
    at = record.at[: len("2026-01-02T12:00:00")].replace("T", " ")
    kind = NAMES.get(record.kind, record.kind)
    return _("{number:,}", number=record.number), at, kind, _what(record)


def _what(record: Record) -> Sayable | str:
    """In a few words; records that say other things than we know are shown as they stand."""
    try:
        return WORDS[record.kind](record.content)
    except (LookupError, TypeError, ValueError, AttributeError):
        return _text(record.content)


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _plan(content: Content) -> Sayable:
    return _(
        "plan {plan}: {drawn:,} of {cases:,} cases drawn, as of {day}",
        plan=content["plan_id"],
        drawn=content["drawn"],
        cases=content["frame_cases"],
        day=str(content["as_of"])[: len("2026-01-02")],
    )


def _intake(content: Content) -> Sayable:
    count = content["cases"]
    return ngettext(
        "suggestions for {count:,} new case", "suggestions for {count:,} new cases", count
    )


def _facts(content: Content) -> Sayable:
    count = content["rows"]
    table = TABLES[content["table"]]
    return ngettext(
        "{count:,} row came in: {table}", "{count:,} rows came in: {table}", count, table=table
    )


def _request(content: Content) -> Sayable:
    if content["until"] is None:
        return _("a training is asked for")
    day = str(content["until"])[: len("2026-01-02")]
    return _("a training is asked for, on what was known by {day}", day=day)


def _training(content: Content) -> Sayable:
    version = content["version"]
    if content["promoted"]:
        return _("version {version} trained; it is the champion", version=version)
    return _("version {version} trained; it was refused", version=version)


def _access(content: Content) -> Sayable:
    roles = listed(json.loads(content.get("roles") or "[]"))
    about, action = content["about"], content.get("action", "")
    return ACCESS[content["what"]].filled(about=about, roles=roles, action=action)


WORDS: Mapping[str, Callable[[Content], Sayable]] = {
    Kind.OPENED: lambda content: _("ledger {name} begins", name=content["name"]),
    Kind.COMMITMENT: lambda content: _(
        "a draw is promised: {hash}", hash=content["commitment"][:SHORT]
    ),
    Kind.PLAN: _plan,
    Kind.ESTIMATE: lambda content: _("estimate from plans {plans}", plans=listed(content["plans"])),
    Kind.INTAKE: _intake,
    Kind.TRAINING: _training,
    Kind.FACTS: _facts,
    Kind.REQUEST: _request,
    Kind.ACCESS: _access,
    Kind.ROLLBACK: lambda content: _(
        "version {version} is the champion again", version=content["version"]
    ),
    Kind.REPORT: lambda content: _("report as {endings}", endings=listed(content["files"])),
    Kind.ERASURE: lambda content: _(
        "{name} beside record {number:,} erased", name=content["name"], number=content["number"]
    ),
}
