"""What is said of a replay on the terminal as on its page: heads of columns, and notes."""

from __future__ import annotations

from collections.abc import Iterator

from cases.language.messages import Sayable, _
from evaluation.replay.results import Replay

WAY = _("Way to choose")
FOUND = _("Defects found")
OF_TOP = _("× top of the list")
OF_RANDOM = _("× random")
COVERED = _("Years whose interval holds the truth")


def notes(result: Replay) -> Iterator[Sayable]:
    """What must be known before a figure is read."""
    yield _(
        "A way to choose sees the outcome of a case it drew at the end of the case's period, or "
        "when the review became final if that was later. It never sees any other outcome."
    )
    yield _(
        "{features} features that read earlier reviews are left out: they would give away "
        "outcomes nobody had seen. Rules that make reviews mandatory are left out too.",
        features=result.left_out,
    )
    yield _(
        "The top of the list says nothing about the rest. Its rate is the naive one of the cases "
        "it reviewed."
    )
    if result.world.unknown:
        yield _("{cases:,} cases without a known outcome are left out.", cases=result.world.unknown)
