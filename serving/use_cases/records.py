"""What is written into the ledger of each thing that was decided: hashes, days and counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from cases.integrity.manifest import Manifest
from ledger.ledger import Entry
from ledger.records import Kind
from policies.spot_check.commitment import Commitment
from policies.spot_check.plan import SpotCheckPlan
from serving.use_cases.intake import IntakeSuggestions

MADE_FROM = ("data_hash", "model_hash", "code")


def commitment_record(promised: Commitment) -> Entry:
    """A commitment, by its hash."""
    return Entry(Kind.COMMITMENT, {"commitment": promised.hash, "frame_hash": promised.frame})


def plan_record(
    plan: SpotCheckPlan, manifest: Manifest, made: Mapping[str, Any], promised: Commitment | None
) -> Entry:
    """A drawn plan: which, of what, and the hash of everything that was written."""
    parameters = plan.parameters
    content = {
        "plan_id": plan.plan_id,
        "manifest": manifest.hash,
        "commitment": None if promised is None else promised.hash,
        "frame_hash": plan.frame_hash,
        "frame_cases": plan.frame.height,
        "drawn": plan.lines.height,
        "as_of": parameters.as_of.isoformat(),
        "closed_after": _moment(parameters.closed_after),
        **_made_from(made),
    }
    return Entry(Kind.PLAN, content)


def intake_record(
    suggestions: IntakeSuggestions, manifest: Manifest, made: Mapping[str, Any]
) -> Entry:
    """Suggestions for new cases, and the hash of everything that was written."""
    assignment = suggestions.assignment
    content = {
        "assignment_id": None if assignment is None else assignment.assignment_id,
        "manifest": manifest.hash,
        "cases": suggestions.cases.height,
        **_made_from(made),
    }
    return Entry(Kind.INTAKE, content)


def estimate_record(plan_ids: Sequence[str], until: datetime | None, data_hash: str) -> Entry:
    """An estimate: of which plans, from which reviews."""
    content = {"plans": list(plan_ids), "until": _moment(until), "data_hash": data_hash}
    return Entry(Kind.ESTIMATE, content)


def training_record(version: str, *, promoted: bool, until: datetime, data_hash: str) -> Entry:
    """A trained version, and whether it was promoted."""
    content = {
        "version": version,
        "promoted": promoted,
        "until": until.isoformat(),
        "data_hash": data_hash,
    }
    return Entry(Kind.TRAINING, content)


def rollback_record(version: str, reason: str) -> Entry:
    """An earlier version that is the champion again; the reason stands beside the record."""
    return Entry(Kind.ROLLBACK, {"version": version}, {"reason": reason})


def report_record(files: Mapping[str, str], model_hash: str, data_hash: str) -> Entry:
    """A report: the hash of each of its files, by its ending."""
    content = {"files": dict(files), "model_hash": model_hash, "data_hash": data_hash}
    return Entry(Kind.REPORT, content)


def _made_from(made: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(made[name]) for name in MADE_FROM}


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
