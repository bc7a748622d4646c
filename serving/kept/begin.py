"""The reviews of a plan begin: its folder is kept, and for each reading a reviewer is drawn.

The plan is copied to `plans/<plan id>` and the draw kept in `reviewers/<plan id>`, each whole or
not at all, before the step is recorded. Who is stopped in between goes on with what is there: a
draw that was kept is never drawn anew, else one could draw until the result suits.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import polars as pl

from cases.errors import Refused
from cases.files import folder_in_place
from cases.integrity.document import plain_file
from cases.integrity.manifest import MANIFEST, Manifest, check_folder, read_manifest
from cases.language.catalogues import Language
from cases.language.messages import _
from cases.office.model import Office
from cases.tables.tables import Tables
from policies.reviewers.draw import DrawnReviewers, ReviewerParameters, draw_reviewers
from policies.reviewers.eligibility import CASES, REVIEWERS
from policies.spot_check.verify import Kept
from serving.access.caller import who_handled
from serving.kept.checked import Reader
from serving.kept.folders import OFFICE_FILE, json_object
from serving.kept.plan import read_plan
from serving.kept.plan_checks import check_plan
from serving.kept.reviewers.checks import NOTHING_BEGINS, verified_reviewers
from serving.kept.reviewers.folder import write_reviewers
from serving.use_cases.remembered import Remembered, name_of
from serving.work.readings import open_readings
from serving.work.reviewing import Assigned, Begun

PLANS, REVIEWERS_OF = "plans", "reviewers"  # folders in the office's home


@dataclass(frozen=True)
class Beginning:
    """What it takes to begin the reviews of a plan.

    `step` is to be recorded; None where they are under way already. `drawn` says who reviews
    what, and is None in an office without a reviewer table: any reviewer may take a case.
    """

    plan_id: str
    cases: int
    step: Begun | None
    drawn: DrawnReviewers | None


def begin(
    tables: Tables,
    remembered: Remembered,
    home: Path,
    folder: Path,
    language: Language,
    seed: str | None = None,
) -> Beginning:
    """Keep the plan in `folder` in the office's `home`, and draw reviewers for its cases.

    The reviewers are drawn with the `seed`, by default that of the plan; the list of who reviews
    what is in `language`. `Refused` for a folder that is not what its seed gives or is of another
    office, and where what is kept of a plan under way is not what was recorded; `BadInput` for
    files that cannot be read or written.
    """
    check_plan(folder, Reader()).require(folder, NOTHING_BEGINS)
    manifest, kept = read_manifest(folder), read_plan(folder)
    plan_id = str(kept.manifest["plan_id"])
    _check_ours(tables, folder, kept)
    under_way = remembered.work.reviewing.plans.get(plan_id)
    if under_way is None:
        _keep(folder, manifest, home / PLANS / plan_id)
    target = home / REVIEWERS_OF / plan_id
    if under_way is None and not target.exists() and not tables.reviewer_rows.is_empty():
        made = _draw(tables, remembered, kept, seed)
        folder_in_place(target, partial(write_reviewers, made, manifest.hash, language))
    drawn = verified_reviewers(target) if target.exists() else None
    step = _step(plan_id, manifest, drawn, kept)
    if under_way is None:
        return Beginning(plan_id, len(kept.listed), step, drawn)
    if step != under_way.step:
        raise Refused(_("What is kept of plan {plan} is not what was recorded.", plan=plan_id))
    return Beginning(plan_id, len(kept.listed), None, drawn)


def _check_ours(tables: Tables, folder: Path, kept: Kept) -> None:
    """`Refused` for the plan of another office, or of cases that are not in the tables."""
    of_plan = Office.model_validate(json_object(folder / OFFICE_FILE))
    if name_of(of_plan) != name_of(tables.office):
        raise Refused(_("The plan is of another office: {office}.", office=name_of(of_plan)))
    known = set(tables.known(kept.listed))
    for case_id in sorted(set(kept.listed) - known)[:1]:
        raise Refused(_("Case {case} of the plan is not in the case table any more.", case=case_id))


def _keep(folder: Path, manifest: Manifest, target: Path) -> None:
    """Copy a plan whole; `Refused` if something else is there, or it changes while copied."""

    def copy(to: Path) -> None:
        to.mkdir()
        for name in (*manifest.files, MANIFEST):
            with plain_file(folder / name) as (file, size):
                _write(to / name, file.read(size))
        check_folder(to, manifest.hash)

    folder_in_place(target, copy)
    check_folder(target, manifest.hash)


def _write(path: Path, content: bytes) -> None:
    """Write a file and see it onto the disk: the record that follows is there, too."""
    with path.open("wb") as file:
        file.write(content)
        os.fsync(file.fileno())


def _draw(tables: Tables, remembered: Remembered, kept: Kept, seed: str | None) -> DrawnReviewers:
    wanted = tables.office.reviewers
    parameters = ReviewerParameters(
        plan=str(kept.manifest["plan_id"]),
        as_of=max(kept.parameters.as_of, tables.latest_record),
        seed=seed or kept.parameters.seed,
        floor=wanted.floor,
        other_unit=wanted.other_unit,
    )
    reviewers = _reviewers(tables, remembered)
    return draw_reviewers(_cases(tables, kept), reviewers, _recusals(tables), parameters)


def _cases(tables: Tables, kept: Kept) -> pl.DataFrame:
    """The drawn cases of a plan, with all who worked on them (columns of `CASES`)."""
    listed, twice = kept.listed, set(kept.read_twice)
    worked = who_handled(tables, listed)
    cases = tables.of_cases("cases", listed).select("case_id", "kind", "unit")
    handled_by = [sorted(worked.get(case_id, ())) for case_id in cases["case_id"]]
    return cases.with_columns(
        pl.Series("handled_by", handled_by, CASES["handled_by"]),
        pl.Series("second_review", [case_id in twice for case_id in cases["case_id"]]),
    )


def _reviewers(tables: Tables, remembered: Remembered) -> pl.DataFrame:
    """The reviewers, with how many cases each still has to review (columns of `REVIEWERS`)."""
    still = open_readings(remembered.work, remembered.days, tables)
    many = still.group_by("reviewer").agg(open_cases=pl.len().cast(REVIEWERS["open_cases"]))
    known = tables.reviewer_rows.join(many, on="reviewer", how="left")
    return known.with_columns(pl.col("open_cases").fill_null(0))


def _recusals(tables: Tables) -> pl.DataFrame:
    """The recusals of reviewers."""
    of_reviewers = tables.reviewer_rows.select(handler="reviewer")
    return tables.recusal_rows.join(of_reviewers, on="handler", how="semi", maintain_order="left")


def _step(plan_id: str, manifest: Manifest, drawn: DrawnReviewers | None, kept: Kept) -> Begun:
    return Begun(
        plan=plan_id,
        manifest=manifest.hash,
        seed="" if drawn is None else drawn.parameters.seed,
        draw="" if drawn is None else drawn.draw_id,
        readings=() if drawn is None else tuple(_assigned(drawn)),
        twice=tuple(sorted(kept.read_twice)),
    )


def _assigned(drawn: DrawnReviewers) -> Iterator[Assigned]:
    for one in drawn.given:
        if one.reviewer is not None:
            yield Assigned(
                case_id=one.case_id,
                reading=one.reading,
                reviewer=one.reviewer,
                probability=one.probability,
            )
