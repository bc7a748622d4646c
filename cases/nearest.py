"""What to say about a name that is not known: the one it may be a slip of."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from cases.language.messages import Sayable, _

ALIKE = 0.6  # difflib's measure from which one name may be a slip of another


def nearest(name: str, known: Iterable[str], alike: float = ALIKE) -> str | None:
    """The known name that is most like `name`; None if none is as much as `alike` (0 to 1).

    >>> nearest("case", ["unit", "case_id"])
    'case_id'
    """
    return next(iter(difflib.get_close_matches(name, list(known), n=1, cutoff=alike)), None)


def did_you_mean(name: str, known: Iterable[str], otherwise: Sayable) -> Sayable:
    """The remedy for a name that is not known: the nearest one, else what to do `otherwise`."""
    near = nearest(name, known)
    return otherwise if near is None else _("Did you mean `{name}`?", name=near)
