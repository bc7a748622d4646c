"""Scores and contributions of trees, compiled for this machine by numba and kept on its disk.

Contributions are path-dependent TreeSHAP (Lundberg, Erion and Lee 2018, arXiv:1802.03888), exact.
Left open, the columns of a leaf make a game of products, whose Shapley values have a closed form:
column f of a leaf of value v adds

    v (o_f - s_f) * integral over t from 0 to 1 of  prod_{g != f} (t o_g + (1 - t) s_g)

for o_g whether the case goes the way of part g (0 or 1) and s_g its share (multilinear extension,
Owen 1972, Management Science 18). Under the integral is a polynomial of degree parts - 1, for
which Gauss-Legendre quadrature with half as many points is exact.

Of a block of cases many meet the same parts of a leaf: the values are computed once for
each pattern of parts that occurs.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import from_dtype, njit, types

from models.trees.forest import LEAF, NODE, PART, TREE

BLOCK = 1024  # cases
TABLE_PARTS = 12  # of more parts a leaf is computed for each case
ZERO = 1e-35  # LightGBM takes for zero what is no further from it
CODE, MISSING_LEFT, ZERO_IS_MISSING, NAN_IS_MISSING = 1, 2, 1, 2  # bits and kinds of a decision
LARGEST_CODE = 2147483647.0

MATRIX, LINE, COUNTS = types.float64[:, ::1], types.float64[::1], types.int64[::1]
TREES, NODES, LEAVES, PARTS = (from_dtype(each)[::1] for each in (TREE, NODE, LEAF, PART))
WORDS = types.uint32[::1]
CONTRIBUTIONS = types.void(
    MATRIX, TREES, NODES, LEAVES, PARTS, WORDS, MATRIX, MATRIX, types.int64, MATRIX
)


@njit
def goes_left(value: float, node: Any, words: Any) -> bool:
    """The way of a value at a node, as `Tree::Decision` of LightGBM."""
    decision = node.decision
    if decision & CODE:
        if not -1.0 < value <= LARGEST_CODE:  # nor if it is missing
            return False
        code = int(value)
        if code >> 5 >= node.words:
            return False
        return (words[node.word + (code >> 5)] >> np.uint32(code & 31)) & np.uint32(1) != 0
    missing = (decision >> 2) & 3
    if np.isnan(value):
        if missing == NAN_IS_MISSING:
            return decision & MISSING_LEFT != 0
        value = 0.0
    if missing == ZERO_IS_MISSING and -ZERO <= value <= ZERO:
        return decision & MISSING_LEFT != 0
    return value <= node.threshold


@njit
def leaf_value(values: Any, tree: int, trees: Any, nodes: Any, leaves: Any, words: Any) -> float:
    """What a tree adds to the score of a case."""
    first = trees[tree].node
    at = -1 if trees[tree + 1].node == first else 0  # a constant has no node
    while at >= 0:
        node = nodes[first + at]
        at = node.left if goes_left(values[node.column], node, words) else node.right
    return leaves[trees[tree].leaf - 1 - at].value


@njit(types.void(MATRIX, TREES, NODES, LEAVES, WORDS, LINE), cache=True, nogil=True)
def add_scores(matrix: Any, trees: Any, nodes: Any, leaves: Any, words: Any, out: Any) -> None:
    """Add the score of each row to `out`, shape (rows,), tree after tree as LightGBM does."""
    for row in range(len(matrix)):
        for tree in range(len(trees) - 1):
            out[row] += leaf_value(matrix[row], tree, trees, nodes, leaves, words)


@njit(
    types.void(
        MATRIX, TREES, NODES, LEAVES, WORDS, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS, LINE, LINE
    ),
    cache=True,
    nogil=True,
)
def changed_scores(
    matrix: Any,
    trees: Any,
    nodes: Any,
    leaves: Any,
    words: Any,
    readers: Any,
    reader_at: Any,
    of: Any,
    change_at: Any,
    column: Any,
    value: Any,
    out: Any,
) -> None:
    """Scores of rows of `matrix` with some values changed, into `out`, shape (asked,).

    Asked i is row `of[i]` with the `value` of each `column` from `change_at[i]` to
    `change_at[i + 1]`. Only the trees that read one of these are asked again: `readers` from
    `reader_at[column]` to `reader_at[column + 1]`. All are added up in their order, so that the
    sum is LightGBM's to the bit.
    """
    count = len(trees) - 1
    known = np.empty((len(matrix), count))
    for row in range(len(matrix)):
        for tree in range(count):
            known[row, tree] = leaf_value(matrix[row], tree, trees, nodes, leaves, words)
    values, added = np.empty(matrix.shape[1]), np.empty(count)
    for i in range(len(of)):
        values[:], added[:] = matrix[of[i]], known[of[i]]
        changes = range(change_at[i], change_at[i + 1])
        for change in changes:
            values[column[change]] = value[change]
        for change in changes:
            for tree in readers[reader_at[column[change]] : reader_at[column[change] + 1]]:
                added[tree] = leaf_value(values, tree, trees, nodes, leaves, words)
        total = 0.0
        for tree in range(count):
            total += added[tree]
        out[i] = total


@njit
def _ways(values: Any, nodes: Any, words: Any, ways: Any) -> None:
    """The ways of a block at the nodes of a tree: bit k is set where a case goes left at node k."""
    ways[:] = np.uint64(0)
    for k in range(len(nodes)):
        node, bit = nodes[k], np.uint64(k)
        column, threshold = values[node.column], node.threshold
        if node.decision & CODE or (node.decision >> 2) & 3 != NAN_IS_MISSING:
            for case in range(len(ways)):
                ways[case] |= np.uint64(goes_left(column[case], node, words)) << bit
        else:  # the same, in a loop without branches
            missing_left = node.decision & MISSING_LEFT != 0
            for case in range(len(ways)):
                value = column[case]
                left = (value <= threshold) | (missing_left & (value != value))  # noqa: PLR0124
                ways[case] |= np.uint64(left) << bit


@njit
def _patterns(ways: Any, asked: Any, pattern: Any) -> None:
    """Which parts of a leaf each case meets, as bits."""
    pattern[: len(ways)] = np.uint64(0)
    for part in range(len(asked)):
        nodes, left, bit = asked[part].nodes, asked[part].left, np.uint64(part)
        for case in range(len(ways)):
            pattern[case] |= np.uint64((ways[case] & nodes) == left) << bit


@njit
def _places(pattern: Any, place_of: Any, few_parts: bool, place: Any) -> int:
    """Number the patterns that occur and put them first, in place; where each case has its own."""
    count = 0
    if not few_parts:
        for case in range(len(pattern)):
            place[case] = case
        return len(pattern)
    for case in range(len(pattern)):
        found = pattern[case]
        if place_of[found] < 0:
            place_of[found] = count
            pattern[count] = found  # not after `case`
            count += 1
        place[case] = place_of[found]
    for at in range(count):
        place_of[pattern[at]] = -1
    return count


@njit(error_model="numpy")
def _values(
    pattern: Any,
    asked: Any,
    value: float,
    points: Any,
    weights: Any,
    meets: Any,
    product: Any,
    table: Any,
) -> None:
    """What each part of a leaf adds for each pattern, into `table`, shape (parts, patterns)."""
    count = len(pattern)
    for part in range(len(asked)):
        own, bit = meets[part], np.uint64(part)
        for at in range(count):
            own[at] = np.float64((pattern[at] >> bit) & np.uint64(1))
        table[part, :count] = 0.0
    for k in range(len(points)):
        t = points[k]
        product[:count] = value * weights[k]
        for part in range(len(asked)):
            own, without = meets[part], (1 - t) * asked[part].share
            for at in range(count):
                product[at] *= without + t * own[at]
        for part in range(len(asked)):
            own, adds, without = meets[part], table[part], (1 - t) * asked[part].share
            # 1 / (without + t * own), which takes two values.
            low = 1 / without
            more = 1 / (without + t) - low
            for at in range(count):
                adds[at] += product[at] * (low + more * own[at])
    for part in range(len(asked)):
        own, adds, share = meets[part], table[part], asked[part].share
        for at in range(count):
            adds[at] *= own[at] - share


@njit
def _add(adds: Any, place: Any, added: Any) -> None:
    """Add to each case what stands at its place."""
    for case in range(len(place)):
        added[case] += adds[place[case]]


@njit
def _values_of_one(
    ways: Any, asked: Any, value: float, points: Any, weights: Any, room: Any, adds: Any
) -> None:
    """What each part of a leaf adds for one case, into `adds`, shape (parts,)."""
    own, factor, before = room[0], room[1], room[2]
    for part in range(len(asked)):
        own[part] = np.float64((ways & asked[part].nodes) == asked[part].left)
        adds[part] = 0.0
    for k in range(len(points)):
        t, product = points[k], value * weights[k]
        for part in range(len(asked)):
            factor[part] = (1 - t) * asked[part].share + t * own[part]
            before[part] = product
            product *= factor[part]
        after = 1.0
        for part in range(len(asked) - 1, -1, -1):
            adds[part] += before[part] * after
            after *= factor[part]
    for part in range(len(asked)):
        adds[part] *= own[part] - asked[part].share


@njit(CONTRIBUTIONS, cache=True, nogil=True, error_model="numpy")
def add_contributions(
    matrix: Any,
    trees: Any,
    nodes: Any,
    leaves: Any,
    parts: Any,
    words: Any,
    points: Any,
    weights: Any,
    most_parts: int,
    out: Any,
) -> None:
    """Add what each column adds to a case's score to `out`, shape (rows, columns or more).

    `points[q]` and `weights[q]` are those of the quadrature with q points on [0, 1].
    """
    columns, size = matrix.shape[1], min(BLOCK, len(matrix))
    values, added = np.empty((columns, size)), np.empty((columns, size))
    ways, pattern = np.empty(size, np.uint64), np.empty(size, np.uint64)
    place = np.empty(size, np.int64)
    place_of = np.full(1 << min(most_parts, TABLE_PARTS), -1)
    meets, table = np.empty((most_parts, size)), np.empty((most_parts, size))
    product = np.empty(size)
    for start in range(0, len(matrix), BLOCK):
        cases = min(BLOCK, len(matrix) - start)
        for case in range(cases):
            values[:, case] = matrix[start + case]
        added[:] = 0.0
        for tree in range(len(trees) - 1):
            _ways(values, nodes[trees[tree].node : trees[tree + 1].node], words, ways[:cases])
            for leaf in leaves[trees[tree].leaf : trees[tree + 1].leaf]:
                asked = parts[leaf.part : leaf.part + leaf.parts]
                _patterns(ways[:cases], asked, pattern)
                count = _places(pattern[:cases], place_of, leaf.parts <= TABLE_PARTS, place)
                q = (leaf.parts + 1) // 2
                _values(
                    pattern[:count], asked, leaf.value, points[q, :q], weights[q, :q],
                    meets, product, table,
                )  # fmt: skip
                for part in range(leaf.parts):
                    _add(table[part], place[:cases], added[asked[part].column])
        for case in range(cases):
            for column in range(columns):
                out[start + case, column] += added[column, case]


@njit(CONTRIBUTIONS, cache=True, nogil=True)
def add_contributions_one_by_one(
    matrix: Any,
    trees: Any,
    nodes: Any,
    leaves: Any,
    parts: Any,
    words: Any,
    points: Any,
    weights: Any,
    most_parts: int,
    out: Any,
) -> None:
    """The same a case at a time, which is quicker for few."""
    room, adds = np.empty((3, most_parts)), np.empty(most_parts)
    for row in range(len(matrix)):
        for tree in range(len(trees) - 1):
            first, ways = trees[tree].node, np.uint64(0)
            for k in range(trees[tree + 1].node - first):
                node = nodes[first + k]
                left = goes_left(matrix[row, node.column], node, words)
                ways |= np.uint64(left) << np.uint64(k)
            for leaf in leaves[trees[tree].leaf : trees[tree + 1].leaf]:
                asked = parts[leaf.part : leaf.part + leaf.parts]
                q = (leaf.parts + 1) // 2
                _values_of_one(ways, asked, leaf.value, points[q, :q], weights[q, :q], room, adds)
                for part in range(leaf.parts):
                    out[row, asked[part].column] += adds[part]
