"""The plans whose reviews have begun, with their whole frames, as they lie in the office's home."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cases.errors import PlumblineError
from cases.integrity.manifest import check_folder
from cases.language.messages import Sayable, _, sentences
from policies.spot_check.verify import Kept
from serving.kept.begin import PLANS
from serving.kept.plan import read_plan
from serving.use_cases.context import ServiceContext
from serving.work.reviewing import Begun

MOST_KEPT = 24  # plans in memory; a folder is read once


@dataclass(frozen=True)
class WholePlans:
    """The plans that can be read, the newest first, and what is wrong with the others."""

    plans: Sequence[Kept]
    problems: Sequence[Sayable]


def plans_under_way(context: ServiceContext, home: Path) -> WholePlans:
    """Every plan whose reviews have begun, as it was when they began."""
    plans: list[Kept] = []
    problems: list[Sayable] = []
    begun = context.remembered.work.reviewing.plans.items()
    for plan_id, taken in sorted(begun, key=lambda one: -one[1].record):
        assert isinstance(taken.step, Begun)  # noqa: S101  what began is kept so
        try:
            plans.append(_read(home / PLANS / plan_id, taken.step.manifest))
        except PlumblineError:
            problem = _("The folder of plan {plan} is not as it was.", plan=plan_id)
            problems.append(sentences(problem, _("`triage verify` says what has changed.")))
    return WholePlans(plans, problems)


@lru_cache(MOST_KEPT)
def _read(folder: Path, manifest: str) -> Kept:
    """What a folder holds, if it has this manifest and every file is as that says."""
    check_folder(folder, manifest)
    return read_plan(folder)
