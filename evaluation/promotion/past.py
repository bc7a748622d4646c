"""What a candidate is held against: the champion, the best before it, and earlier attempts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

from cases.errors import Refused
from cases.language.messages import Sayable
from cases.office.model import Office
from evaluation.promotion.gate import Before, not_compared
from evaluation.promotion.rollback import champions
from evaluation.promotion.same_past import kept
from models.bundle.bundle import Bundle
from models.registry import CHAMPION, Registry, Version, office_name

LOST = "gate.auc.worse"  # by how much a champion was seen to be worse than the one before it


def before(
    registry: Registry, office: Office, bundle: Bundle, corrected: str = ""
) -> tuple[Before, Sayable | None]:
    """What `bundle` comes after; `corrected` says why the past may have changed, if it may.

    With it, why there is nothing to compare with, if there is a champion that cannot be loaded.
    """
    versions = registry.versions(office_name(office))
    attempt = 1 + refusals(versions, str(bundle.about["trained_until"]))
    if not any(CHAMPION in version.aliases for version in versions):
        return Before(attempt=attempt), None
    try:
        champion = registry.champion(office)
    except Refused as refused:
        return Before(attempt=attempt), not_compared(refused)
    best = next(_loadable(registry, office, best_first(registry, versions), champion), None)
    return Before(champion, best, attempt, kept(registry.home, champion), corrected), None


def refusals(versions: tuple[Version, ...], trained_until: str) -> int:
    """How many versions that know the same outcomes were refused."""
    return sum(
        version.trained_until == trained_until
        and any(event.what == "refused" for event in version.events)
        for version in versions
    )


def best_first(registry: Registry, versions: tuple[Version, ...]) -> list[Version]:
    """The champions before the present one, the best first by the figures the gate has kept."""
    order = champions(versions)
    steps = [registry.figures(version).get(LOST, 0.0) for version in order[1:]]
    return [order[place] for place in best_places(steps)]


def best_places(steps: Sequence[float]) -> list[int]:
    """The places of the champions before the last, the best first.

    Step k says by how much champion k + 1 was seen to be worse than champion k when it was
    promoted. Added up that is what has been lost since the first, in small losses too, each
    within the margin. The figures are of earlier cases, so that choosing by them does not
    flatter anyone on the cases a candidate is compared on. Of equals the earlier comes first.

    >>> best_places([0.01, -0.03, 0.02])
    [2, 0, 1]
    """
    lost = list(accumulate(steps, initial=0.0))
    return sorted(range(len(steps)), key=lambda place: (lost[place], place))


def _loadable(
    registry: Registry, office: Office, versions: list[Version], champion: Bundle
) -> Iterator[Bundle]:
    """Those that can be loaded, and are judged by the same question as the champion."""
    for version in versions:
        try:
            bundle = registry.load(version, office)
        except Refused:
            continue
        if champion.judged is not None and bundle.judged == champion.judged:
            yield bundle
