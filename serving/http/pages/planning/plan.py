"""`/plan`: a drawn plan, what it buys, what binds it, and its files; `/plan/file` gives one."""

from __future__ import annotations

from collections.abc import Iterator

from cases.language.messages import Sayable, _, listed
from cases.language.values import Value
from evaluation.pages.plan.buys import HEADS, counted, rows
from serving.access.caller import may
from serving.access.rules import Action
from serving.http.pages.planning.drawn import begin_reviews
from serving.http.pages.planning.of_plan import plan_asked
from serving.http.pages.shell.rendering import address
from serving.http.pages.shell.visit import Download, GoTo, NotFound, Shown, Visit
from serving.kept.begin import PLANS
from serving.kept.home.described import DescribedPlan
from serving.kept.plan import PAGE_FILE, SHEET_FILE, SHEETS_FILE
from serving.use_cases.planning.knob import Knob
from serving.use_cases.planning.standing import STATES, Standing, state_of, still_to_review

TITLE = _("A plan")
Pair = tuple[Sayable, object]
FILES = {
    PAGE_FILE: (_("The list, to read and to print"), "text/html; charset=utf-8"),
    SHEET_FILE: (_("The list, with all columns"), "text/csv; charset=utf-8"),
    SHEETS_FILE: (_("A sheet a case, for reviewers on paper"), "text/html; charset=utf-8"),
    "grades.xlsx": (
        _("The sheet in which reviewers enter grades"),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    "manifest.json": (_("The manifest: every file with its hash"), "application/json"),
    "frame.parquet": (
        _("All cases that could be drawn, with their inclusion probability"),
        "application/vnd.apache.parquet",
    ),
    "commitment.json": (_("What was promised"), "application/json"),
}


def show(visit: Visit) -> Shown:
    """The plan, of its folder where the office keeps one, else of its record alone."""
    standing, kept = plan_asked(visit)
    plan_id = str(standing.plan_id)
    tables, remembered = visit.context.tables, visit.context.remembered
    listed = {} if kept is None else {plan_id: kept.listed}
    waiting = still_to_review(tables, remembered, listed).get(plan_id, 0)
    values = {
        "plan_id": plan_id,
        "state": STATES[state_of(standing, waiting)],
        "asked": list(_asked(standing, kept, waiting)),
        "bought": [] if kept is None else [row[:3] for row in rows(kept.outlook)],
        "heads": HEADS[:3],
        "notes": () if kept is None else kept.notes,
        "binds": list(_binds(visit, standing, kept)),
        "files": list(_files(plan_id, kept)),
        "kept": kept is not None,
        "records_of": list(_records(visit, standing)),
        "sees_ledger": may(visit.caller, Action.SEE_LEDGER),
        "under_way": standing.state == "under_way",
        "may_begin": standing.state == "drawn" and may(visit.caller, Action.PLAN),
    }
    return Shown("planning/plan.html", TITLE, values)


def file(visit: Visit) -> Download:
    """One of the files that people take with them; `NotFound` for any other."""
    standing, kept = plan_asked(visit)
    name = visit.query.get("name", "")
    if kept is None or name not in FILES or name not in (*kept.files, "manifest.json"):
        raise NotFound
    path = visit.rooms.home / PLANS / str(standing.plan_id) / name
    return Download(f"{standing.plan_id}-{name}", path.read_bytes(), FILES[name][1])


def act(visit: Visit) -> GoTo:
    """Begin its reviews."""
    standing, kept = plan_asked(visit)
    if kept is None:
        raise NotFound
    return begin_reviews(visit, str(standing.plan_id))


def _asked(standing: Standing, kept: DescribedPlan | None, waiting: int) -> Iterator[Pair]:
    """What was asked for and what came of it."""
    planned = standing.planned
    knob = None if planned is None else Knob.of(planned)
    if knob is not None:
        yield _("Asked for"), knob.says
    if kept is not None:
        parameters = kept.parameters
        yield _("As of"), Value(parameters.as_of.date())
        if parameters.closed_after is not None:
            yield _("Cases after"), Value(parameters.closed_after.date())
        yield _("Cases that could be drawn"), Value(kept.frame_cases, ",")
        yield _("Drawn"), listed(counted(kept.drawn))
        if standing.state == "under_way":
            reviewed = len(kept.listed) - waiting
            yield (
                _("Reviewed"),
                _("{reviewed:,} of {drawn:,}", reviewed=reviewed, drawn=len(kept.listed)),
            )
    elif planned is not None:
        yield _("Cases that could be drawn"), Value(int(planned.content["frame_cases"]), ",")
        yield _("Drawn"), Value(int(planned.content["drawn"]), ",")


def _binds(visit: Visit, standing: Standing, kept: DescribedPlan | None) -> Iterator[Pair]:
    """The hashes by which others know it again."""
    content = standing.planned.content if standing.planned else {}
    recorded = content.get("manifest")
    if recorded:
        yield _("Hash of the manifest, as it was recorded"), str(recorded)
    if kept is not None and recorded and kept.manifest != recorded:
        yield _("Hash of the manifest in the folder"), kept.manifest
    if kept is not None:
        yield _("Seed"), kept.parameters.seed
        yield _("Hash of the seed"), kept.seed_hash
    if content.get("commitment"):
        yield _("Hash of the commitment"), str(content["commitment"])
    if standing.by is not None and may(visit.caller, Action.SEE_LEDGER):
        yield _("Asked for by"), standing.by


def _records(visit: Visit, standing: Standing) -> Iterator[tuple[Sayable, int]]:
    """The records of the ledger that all of it rests on."""
    work = visit.context.remembered.work
    commitment = standing.planned.content.get("commitment") if standing.planned else None
    if commitment in work.planning.promised:
        yield _("promised"), work.planning.promised[str(commitment)].record
    for key, taken in work.planning.drawn.items():
        if taken.step.plan == standing.plan_id:
            yield _("ordered"), work.planning.ordered[key].record
    yield _("drawn"), standing.record
    begun = work.reviewing.plans.get(str(standing.plan_id))
    if begun is not None:
        yield _("its reviews began"), begun.record


def _files(plan_id: str | None, kept: DescribedPlan | None) -> Iterator[tuple[str, str, Sayable]]:
    """Address, name and meaning of each file."""
    there = () if kept is None else (*kept.files, "manifest.json")
    for name, (meaning, _type) in FILES.items():
        if name in there:
            yield address("/plan/file", id=plan_id, name=name), name, meaning
