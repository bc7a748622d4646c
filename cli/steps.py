"""The steps that several commands share: open an office, train on it, write what came out."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from cases.errors import BadInput, Fault, Refused
from cases.files import check_file
from cases.language.messages import _
from cases.language.texts import Text
from cases.office.loading import load_office
from cases.progress import Progress
from cases.tables.reading import paths_of
from cases.tables.tables import Tables
from cli.files.plan import read_plan
from evaluation.quality.estimate import Survey
from evaluation.quality.returned import OutsideReason, outside, returned
from evaluation.replay.results import Replay, replay
from models.bundle.bundle import Bundle
from models.registry import Registry
from policies.spot_check.plan import PlanParameters
from policies.spot_check.verify import Kept, verify
from serving.use_cases.spot_checks import ServiceContext, SpotChecks, spot_checks
from serving.workspace import Workspace

HINDSIGHT = _(
    "With hindsight: the model learnt from what was known by {day}, later than this plan."
)
BEYOND = _("The newest record in the tables is of {day}: what happened since is not in this plan.")


def workspace_of(
    office: Path, data: Path | None = None, set_aside: Path | None = None
) -> Workspace:
    """Where the office, its tables and its models are; `TRIAGE_HOME` may move the models."""
    home = os.environ.get("TRIAGE_HOME")
    return Workspace.of(office, data, Path(home) if home else None, set_aside)


def opened(place: Workspace, tell: Progress) -> tuple[Tables, Bundle]:
    """The office's tables and its champion; faults of the tables are told first."""
    tables = place.tables(tell)
    return tables, Registry(place.home).champion(tables.office)


def check_out(place: Workspace, target: Path, endings: tuple[str, ...]) -> None:
    """`BadInput` if a result could not be written to `target`, before the work for it is done."""
    reads = [place.data / path for path in paths_of(load_office(place.office))]
    if target.suffix not in endings:
        remedy = f"End it in {' or '.join(endings)}."
        raise BadInput([Fault(target.name, "has an ending that is not written here.", remedy)])
    if target.resolve() in {path.resolve() for path in reads}:
        raise BadInput([Fault(target.name, "is a table of the office.", "Name a new file.")])
    check_file(target)


def plan_cases(tables: Tables, bundle: Bundle, wish: PlanParameters) -> SpotChecks:
    """The plan for the office's own cases, with reasons for the cases drawn.

    Raises `BadInput` if there is nothing to draw from.
    """
    result = spot_checks(ServiceContext(tables, bundle), wish)
    if result.plan.frame.is_empty():
        problem = "finds no case closed by then that could be drawn."
        remedy = "Ask as of a later day, or of cases closed after an earlier one."
        raise BadInput([Fault("the plan", problem, remedy, value=f"{wish.as_of:%Y-%m-%d}")])
    notes = (*result.plan.notes, *_out_of_time(tables, bundle, wish.as_of))
    return replace(result, plan=replace(result.plan, notes=notes))


def _out_of_time(tables: Tables, bundle: Bundle, as_of: datetime) -> Iterator[Text]:
    """Notes on a plan that its model or its tables do not reach to."""
    trained, newest = str(bundle.about["trained_until"]), tables.latest_record
    if as_of < datetime.fromisoformat(trained):
        yield _dated(HINDSIGHT, trained[:10])
    if as_of.date() > newest.date():
        yield _dated(BEYOND, f"{newest:%Y-%m-%d}")


def _dated(note: Text, day: str) -> Text:
    return Text(en=note.en.format(day=day), zh=note.zh.format(day=day))


def replay_office(
    place: Workspace,
    tell: Progress,
    *,
    first: date,
    last: date,
    capacity: int | None,
    share: float | None,
    **how: Any,
) -> Replay:
    """The replay of an office's tables; `BadInput` if the wishes contradict each other."""
    faults = []
    if last < first:
        faults.append(Fault("triage replay", f"{last} is before {first}.", "Exchange them."))
    if capacity is not None and share is not None:
        faults.append(
            Fault("triage replay", "capacity and share say the same twice.", "Give one of them.")
        )
    if faults:
        raise BadInput(faults)
    tables = place.tables(tell)
    return replay(
        tables, first=first, last=last, capacity=capacity, share=share, progress=tell, **how
    )


def made_from(tables: Tables, bundle: Bundle) -> dict[str, Any]:
    """Of which data and model something was made, for whoever repeats it."""
    return {"data_hash": tables.data_hash, "model": bundle.about}


def survey_of(
    folder: Path, tables: Tables, until: datetime
) -> tuple[Survey, Counter[OutsideReason]]:
    """A kept plan with the reviews of its cases that are final by `until`.

    Also how many closed cases of its time its frame does not hold. `Refused` if the plan is
    not what its frame and seed give.
    """
    kept = verified_plan(folder)
    wish = PlanParameters.model_validate(kept.told["parameters"])
    survey = Survey(kept.frame, kept.listed, returned(tables, wish.as_of, until))
    return survey, Counter(outside(tables, kept.frame, wish))


def verified_plan(folder: Path) -> Kept:
    """A kept plan; `Refused` if it is not what its frame and seed give."""
    kept = read_plan(folder)
    verified = verify(kept)
    if not verified.matches:
        raise Refused(f"{folder.name}: {verified.sentence} Nothing is estimated from it.")
    return kept
