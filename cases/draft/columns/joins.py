"""Which column of one table holds the values of a column of another: by how many are the same."""

from __future__ import annotations

from collections.abc import Mapping

from cases.draft.columns.profile import Profile
from cases.draft.columns.shares import share_of
from cases.draft.words import squashed

ENOUGH = 0.5  # of the different values of a column, those that are in the other
SAMPLE = 5_000  # different values, evenly over a column, that are looked up
SAME_NAME = 0.6  # what a name that is the same is worth, where values fit alike


def overlap(column: Profile, to: Profile) -> float:
    """The share of the different values of a column that are among those of the column `to`."""
    sample = column.different.gather_every(max(1, column.distinct // SAMPLE))
    return share_of(sample.is_in(to.different.implode()))


def linking(columns: Mapping[str, Profile], to: Profile) -> tuple[Profile, float] | None:
    """The column that holds the values of `to`, with the share that does; None if none does.

    Numbers of rows overlap by chance: where two columns fit, the one called as `to` is meant.
    """
    shares = {
        name: overlap(profile, to)
        for name, profile in columns.items()
        if profile.type not in ("date", "flag", "blank", "time of day")
    }
    fitting = {name: share for name, share in shares.items() if share >= ENOUGH}
    if not fitting:
        return None

    def worth(name: str) -> float:
        same = squashed(name) == squashed(to.name)
        return fitting[name] + (SAME_NAME if same else 0.0)

    best = max(fitting, key=worth)
    return columns[best], fitting[best]


def refers(columns: Mapping[str, Profile], to: Profile) -> bool:
    """Whether the rows of a table name those of another by the column `to`.

    Row numbers do not: they are unique in both, or called something else.
    """
    found = linking(columns, to)
    return bool(found and (not found[0].unique or squashed(found[0].name) == squashed(to.name)))
