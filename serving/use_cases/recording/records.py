"""What is written into the ledger of each thing that was decided: hashes, days and counts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from cases.integrity.manifest import Manifest
from cases.office.model import Office
from ledger.ledger import Entry
from ledger.records import Kind, Record
from policies.spot_check.commitment import Commitment
from policies.spot_check.plan import SpotCheckPlan
from serving.use_cases.context import ServiceContext
from serving.use_cases.intake.suggesting import IntakeSuggestions
from serving.use_cases.remembered import name_of

MADE_FROM = ("data_hash", "model_hash", "code")


def commitment_record(promised: Commitment) -> Entry:
    """A commitment, by its hash."""
    return Entry(Kind.COMMITMENT, {"commitment": promised.hash, "frame_hash": promised.frame})


def plan_record(
    office: Office,
    plan: SpotCheckPlan,
    manifest: Manifest,
    made: Mapping[str, Any],
    promised: Commitment | None,
    by: str | None = None,
) -> Entry:
    """A drawn plan: which, of what, and the hash of everything that was written.

    `by` is the id of who asked for it on a page.
    """
    content = {
        "manifest": manifest.hash,
        "commitment": None if promised is None else promised.hash,
        **({} if by is None else {"by": by}),
        **_of_plan(office, plan),
        **_made_from(made),
    }
    return Entry(Kind.PLAN, content)


def answered_plan(plan: SpotCheckPlan, answer_hash: str, context: ServiceContext) -> Entry:
    """A plan that was asked of the service: all that it takes to draw it again."""
    parameters = plan.parameters
    content = {
        "answer": answer_hash,
        **_of_plan(context.office, plan),
        "seed": parameters.seed,
        **_answered_from(context),
    }
    return Entry(Kind.PLAN, content)


def _of_plan(office: Office, plan: SpotCheckPlan) -> dict[str, Any]:
    parameters = plan.parameters
    return {
        "office": name_of(office),
        "plan_id": plan.plan_id,
        "frame_hash": plan.frame_hash,
        "frame_cases": plan.frame.height,
        "drawn": plan.lines.height,
        "as_of": parameters.as_of.isoformat(),
        "closed_after": _moment(parameters.closed_after),
        "capacity": parameters.capacity,
        "search_share": repr(parameters.search_share),
        "margin": None if parameters.margin is None else repr(parameters.margin),
    }


def intake_record(
    office: Office,
    suggestions: IntakeSuggestions,
    manifest: Manifest,
    made: Mapping[str, Any],
    by: str | None = None,
) -> Entry:
    """Suggestions for new cases, and the hash of everything that was written.

    `by` is the id of who asked for them on a page.
    """
    content = {
        "manifest": manifest.hash,
        **({} if by is None else {"by": by}),
        **_of_intake(office, suggestions),
        **_made_from(made),
    }
    return Entry(Kind.INTAKE, content, _given(suggestions))


def answered_intake(
    suggestions: IntakeSuggestions, answer_hash: str, context: ServiceContext
) -> Entry:
    """Suggestions that were asked of the service."""
    content = {
        "answer": answer_hash,
        **_of_intake(context.office, suggestions),
        "seed": suggestions.inputs.seed,
        **_answered_from(context),
    }
    return Entry(Kind.INTAKE, content, _given(suggestions))


def _of_intake(office: Office, suggestions: IntakeSuggestions) -> dict[str, Any]:
    assignment = suggestions.assignment
    return {
        "office": name_of(office),
        "assignment_id": None if assignment is None else assignment.assignment_id,
        "cases": suggestions.cases.height,
    }


def _given(suggestions: IntakeSuggestions) -> dict[str, str]:
    """Beside the record: each case given to somebody, to whom, its effort (`remembered.GIVEN`)."""
    if suggestions.assignment is None:
        return {}
    efforts = dict(suggestions.cases[["case_id", "effort"]].iter_rows())
    lines = suggestions.assignment.lines[["case_id", "handler"]].iter_rows()
    rows = [(case, handler, efforts[case]) for case, handler in lines if handler is not None]
    return {str(at): json.dumps(row, ensure_ascii=False) for at, row in enumerate(rows)}


def estimate_record(plan_ids: Sequence[str], until: datetime | None, data_hash: str) -> Entry:
    """An estimate: of which plans, from which reviews."""
    content = {"plans": list(plan_ids), "until": _moment(until), "data_hash": data_hash}
    return Entry(Kind.ESTIMATE, content)


def training_record(
    office: Office,
    version: str,
    *,
    promoted: bool,
    until: datetime,
    data_hash: str,
    corrected: str = "",
) -> Entry:
    """A trained version, and whether it was promoted; beside it why the past was corrected."""
    content = {
        "office": name_of(office),
        "version": version,
        "promoted": promoted,
        "until": until.isoformat(),
        "data_hash": data_hash,
    }
    return Entry(Kind.TRAINING, content, {"corrected": corrected} if corrected else {})


def rollback_record(version: str, reason: str) -> Entry:
    """An earlier version that is the champion again; the reason stands beside the record."""
    return Entry(Kind.ROLLBACK, {"version": version}, {"reason": reason})


def report_record(files: Mapping[str, str], model_hash: str, data_hash: str) -> Entry:
    """A report: the hash of each of its files, by its ending."""
    content = {"files": dict(files), "model_hash": model_hash, "data_hash": data_hash}
    return Entry(Kind.REPORT, content)


def training_request(office: Office, until: datetime | None, reason: str) -> Entry:
    """That somebody asks for a training; why stands beside the record."""
    content = {"office": name_of(office), "asked": "training", "until": _moment(until)}
    return Entry(Kind.REQUEST, content, {"reason": reason})


class Asked(NamedTuple):
    """A training that was asked for, on what was known by `until` (None: all there is)."""

    until: datetime | None


def training_asked(office: Office, records: Iterable[Record]) -> Asked | None:
    """The last request for a training, of records in order; None if one was trained since then."""
    ours = [record for record in records if record.content.get("office") == name_of(office)]
    if not ours or ours[-1].kind != Kind.REQUEST:
        return None
    until = ours[-1].content["until"]
    return Asked(None if until is None else datetime.fromisoformat(until))


def _answered_from(context: ServiceContext) -> dict[str, Any]:
    """Model, program, data, and up to which record what came in was taken in."""
    made = {"data_hash": context.tables.data_hash, **context.made_from}
    position = context.remembered.position
    return {name: made.get(name) for name in MADE_FROM} | {"position": position}


def _made_from(made: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(made[name]) for name in MADE_FROM}


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
