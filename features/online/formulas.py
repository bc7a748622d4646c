"""Formulas of a few cases: features that share one are computed together, one below the other."""

from __future__ import annotations

import operator
from collections.abc import Sequence

import narwhals as nw
import numpy as np

from cases.numeric import Floats
from cases.tables.tables import Frame
from features.feature import Feature
from features.online.arrays.columns import Traced
from features.online.arrays.expressions import TracedRows
from features.online.arrays.frames import TracedFrame, traced
from features.online.arrays.nodes import Node, node
from features.online.arrays.operations import Array
from features.online.quantities import Quantities, as_numbers

RESULT = "result"


def computed(features: Sequence[Feature], quantities: Quantities) -> tuple[Node, dict[str, Traced]]:
    """The features that are no codes, NaN for unknown, shape (features, cases); and the codes."""
    groups: dict[tuple[object, ...], list[Feature]] = {}
    codes = {}
    for feature in features:
        if feature.type == "code":
            codes[feature.name] = _traced([feature], quantities)
        else:
            kinds = (quantities.kind(part.column) for part in feature.inputs)
            groups.setdefault((feature.formula, *kinds), []).append(feature)
    found = (_traced(group, quantities) for group in groups.values())
    numbers = [node(as_numbers, values.values, values.null) for values in found]
    in_groups = [feature.name for group in groups.values() for feature in group]
    wanted = [feature.name for feature in features if feature.type != "code"]
    order = np.array([in_groups.index(name) for name in wanted], dtype=np.int64)
    return node(_in_order, quantities.count, order, *numbers), codes


def _traced(features: Sequence[Feature], quantities: Quantities) -> Traced:
    """These features, which share a formula, one below the other."""
    formula = features[0].formula
    columns = zip(*([part.column for part in each.inputs] for each in features), strict=True)
    inputs = {f"input {n}": quantities.below(below) for n, below in enumerate(columns)}
    rows = TracedRows(inputs, node(operator.mul, quantities.count, len(features)))
    frame: Frame = nw.from_native(TracedFrame(rows))
    kind = nw.String() if features[0].type == "code" else nw.Float64()
    value = formula(*map(nw.col, inputs)).cast(kind).alias(RESULT)
    return traced(frame.select(value)).columns[RESULT]


def _in_order(count: int, order: Array, *numbers: Floats) -> Floats:
    """The values of each feature, in this order."""
    if not numbers:
        return np.empty((0, count))
    return np.concatenate(numbers).reshape(len(order), count)[order]
