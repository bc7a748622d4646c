"""What records of a ledger say, in words that people read: on a terminal and on a page."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping

from cases.language.messages import Message, Sayable, _, listed, ngettext
from ledger.chain import Verdict
from ledger.records import Content, Kind, Record
from serving.work.work import STEPS

SHORT = 12  # letters of a hash
NO_CHECKPOINT = _(
    "Whether records were taken off the end, or all of them written anew, can only be seen by a "
    "checkpoint that was kept outside: give it with --checkpoint."
)

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
    Kind.STEP: _("step"),
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


def said_of(record: Record) -> Sayable | str:
    """In a few words; records that say other things than we know are shown as they stand."""
    try:
        return WORDS[record.kind](record.content)
    except (LookupError, TypeError, ValueError, AttributeError):
        return as_text(record.content)


def kind_of(record: Record) -> Sayable | str:
    """The kind of a record in words."""
    return NAMES.get(record.kind, record.kind)


def when(record: Record) -> str:
    """When it was made, in UTC, to the second."""
    return record.at[: len("2026-01-02T12:00:00")].replace("T", " ")


def as_text(value: object) -> str:
    """A field of a record."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def holding(
    verdict: Verdict, *, with_checkpoint: bool, without: Sayable = NO_CHECKPOINT
) -> Iterator[Sayable]:
    """What is shown of a ledger in which no record is bad; `without` if there is no checkpoint."""
    root = b64encode(verdict.tree.root()).decode()
    yield _("All {count:,} records hold. Root: {root}", count=verdict.tree.size, root=root)
    if not with_checkpoint:
        yield without
    elif verdict.covered == verdict.tree.size:
        yield _("The checkpoint covers all of them.")
    else:
        yield _(
            "The checkpoint covers records 1 to {covered:,}. That later ones were taken off or "
            "written anew could not be seen: ask for a newer checkpoint.",
            covered=verdict.covered,
        )


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
    Kind.STEP: lambda content: STEPS[content["step"]].says,
    Kind.ACCESS: _access,
    Kind.ROLLBACK: lambda content: _(
        "version {version} is the champion again", version=content["version"]
    ),
    Kind.REPORT: lambda content: _("report as {endings}", endings=listed(content["files"])),
    Kind.ERASURE: lambda content: _(
        "{name} beside record {number:,} erased", name=content["name"], number=content["number"]
    ),
}
