"""Whether something that was kept is what it says, in one sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from cases.language.messages import Sayable, _

OTHER_SEED = _("the seed is not the one whose commitment was published.")


@dataclass(frozen=True)
class Verified:
    """Whether what was kept is what its seed gives, and the sentence that says so."""

    matches: bool
    sentence: Sayable

    @classmethod
    def but(cls, difference: Sayable) -> Self:
        """It does not match; `difference` says where it first differs."""
        return cls(False, not_matching(difference))


def not_matching(difference: Sayable) -> Sayable:
    """The sentence for one difference."""
    return _("It does NOT match: {difference}", difference=difference)
