"""What the model itself says of a case with usual values in place of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
from scipy.special import expit

from cases.numeric import Floats, Ints
from models.estimators.scorer import Scorer
from models.matrix import Changes, Columns
from models.reasons.usual import Usual


def substituted(
    model: Scorer,
    matrix: Floats,
    usual: Mapping[str, Usual],
    rows: Ints,
    changed: Sequence[tuple[int, ...]],
) -> Floats:
    """The probability of each of the `rows` with the usual values in the columns `changed` of it.

    All else is as it is; shape (rows,), in one call of the model. Where no value of a code is
    usual, the mean over its stand-ins by their weights: what is to be expected of the case if
    nothing is known of this fact.
    """
    if not changed:
        return np.zeros(0)
    known = {columns: _scenarios(model.columns, columns, usual) for columns in set(changed)}
    found = [known[columns] for columns in changed]
    count = np.array([each.asked for each in found])
    asked_for = np.repeat(np.arange(len(found)), count)
    raw = model.changed(
        matrix,
        Changes(
            rows[asked_for],
            np.append(0, np.cumsum(np.repeat([len(columns) for columns in changed], count))),
            np.array(list(chain.from_iterable(each.column for each in found)), dtype=np.int64),
            np.array(list(chain.from_iterable(each.value for each in found)), dtype=np.float64),
        ),
    )
    weights = list(chain.from_iterable(each.weight for each in found))
    return np.bincount(asked_for, weights=expit(raw) * weights).astype(np.float64)


class _Scenarios(NamedTuple):
    """Rows that are asked for one substitution: what is changed, and what each answer counts.

    `column` and `value` have as many entries for each row as columns are changed.
    """

    asked: int
    column: tuple[int, ...]
    value: tuple[float, ...]
    weight: tuple[float, ...]


def _scenarios(
    columns: Columns, changed: tuple[int, ...], usual: Mapping[str, Usual]
) -> _Scenarios:
    names = [columns.names[column] for column in changed]
    if len(names) != 1:  # several are numbers about other cases: each has one usual value
        together = tuple(columns.cell(name, usual[name].value) for name in names)
        return _Scenarios(1, changed, together, (1.0,))
    values, weights = zip(*usual[names[0]].stand_ins, strict=True)
    cells = tuple(columns.cell(names[0], value) for value in values)
    return _Scenarios(len(cells), changed * len(cells), cells, weights)
