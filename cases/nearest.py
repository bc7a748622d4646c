"""What to say about a name that is not known: the one it may be a slip of."""

from __future__ import annotations

import difflib
from bisect import bisect
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from cases.language.catalogues import SOURCE, Language
from cases.language.messages import Sayable, _

ALIKE = 0.6  # difflib's measure from which one name may be a slip of another
NEIGHBOURS = 20  # on either side of a name in alphabetical order
MOST_SLIPS = 5_000  # letters that are tried in the places of a name


class ManyNames:
    """Names among which few are worth comparing with a slip: thousands of ids of cases.

    Those that one letter too many, too few, wrong or swapped makes of each other (Norvig 2007, How
    to write a spelling corrector), and those next to it in the order of the names, and in that of
    the names read backwards.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self.names = set(names)
        self.letters = sorted(set().union(*self.names))
        self.forwards = sorted(self.names)
        self.backwards = sorted(name[::-1] for name in self.names)

    def around(self, name: str) -> list[str]:
        """The names that are most like `name`.

        >>> ManyNames(["2026-17", "2025-40"]).around("2026-71")
        ['2025-40', '2026-17']
        """
        alike = {*_neighbours(self.forwards, name)}
        alike |= {other[::-1] for other in _neighbours(self.backwards, name[::-1])}
        if (len(name) + 1) * len(self.letters) <= MOST_SLIPS:
            alike |= self.names & {*self._one_slip_from(name)}
        return sorted(alike)

    def _one_slip_from(self, name: str) -> Iterator[str]:
        for place in range(len(name) + 1):
            before, after = name[:place], name[place:]
            yield before + after[1:]
            yield before + after[1:2] + after[:1] + after[2:]
            for letter in self.letters:
                yield before + letter + after
                yield before + letter + after[1:]


def _neighbours(names: Sequence[str], name: str) -> Sequence[str]:
    place = bisect(names, name)
    return names[max(place - NEIGHBOURS, 0) : place + NEIGHBOURS]


def nearest(name: str, known: Iterable[str], alike: float = ALIKE) -> str | None:
    """The known name that is most like `name`; None if none is as much as `alike` (0 to 1).

    >>> nearest("case", ["unit", "case_id"])
    'case_id'
    """
    return next(iter(difflib.get_close_matches(name, list(known), n=1, cutoff=alike)), None)


@dataclass(frozen=True)
class DidYouMean:
    """The remedy for a name that is not known: the nearest one, else what to do `otherwise`.

    It is looked for where the remedy is shown: of a thousand faults most never are.
    """

    name: str
    known: Collection[str] = field(repr=False, compare=False)
    otherwise: Sayable

    @cached_property
    def _remedy(self) -> Sayable:
        near = nearest(self.name, self.known)
        return self.otherwise if near is None else _("Did you mean `{name}`?", name=near)

    def say(self, language: Language) -> str:
        """The remedy in `language`."""
        return self._remedy.say(language)

    def __str__(self) -> str:
        """In English."""
        return self.say(SOURCE)


def did_you_mean(name: str, known: Collection[str], otherwise: Sayable) -> Sayable:
    """The remedy for a name that is not known.

    >>> str(did_you_mean("case", ["unit", "case_id"], _("Remove it.")))
    'Did you mean `case_id`?'
    """
    return DidYouMean(name, known, otherwise)
