"""Whether a frame was drawn from more than once, as far as kept plans show it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from cases.language.messages import Sayable, _, listed


@dataclass(frozen=True)
class KeptDraw:
    """A kept plan by the name of its folder, with the hash of its frame and the seed drawn with."""

    name: str
    frame_hash: str
    seed: str


def redraws(draws: Iterable[KeptDraw]) -> list[Sayable]:
    """For each frame that was drawn from with several seeds, the plans of it, by name.

    Drawing until the result suits is what a plan's seed cannot show by itself. The same plan
    kept twice is no redraw.
    """
    by_frame: defaultdict[str, list[KeptDraw]] = defaultdict(list)
    for draw in sorted(draws, key=lambda draw: draw.name):
        by_frame[draw.frame_hash].append(draw)
    return [
        _(
            "The same frame was drawn from with different seeds: {plans}.",
            plans=listed(draw.name for draw in of_one_frame),
        )
        for of_one_frame in by_frame.values()
        if len({draw.seed for draw in of_one_frame}) > 1
    ]
