"""Trees as arrays, read from LightGBM's text, with what each leaf asks of a case.

The conditions on the path to a leaf are merged by column (`PART`): a set of nodes, with the way to
be taken at each, and one share, that of the training cases which go this way where nothing is known
of the column. What a leaf adds to a score is its value times the product of its parts: each
is 1 or 0 for a case as it is, and that share with the column left open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cases.numeric import Ints
from models.trees.tree_text import fields, trees_of

MOST_NODES = 64  # of a tree: its nodes are the bits of one number

TREE = np.dtype([("node", np.int64), ("leaf", np.int64)])  # the first of each
NODE = np.dtype(
    [
        ("column", np.int64),
        ("decision", np.int64),  # LightGBM's bits, see `kernels.goes_left`
        ("threshold", np.float64),
        ("left", np.int64),  # a node, counted from the first of the tree; leaves are -1, -2, ...
        ("right", np.int64),
        ("word", np.int64),  # where the set of codes that go left begins in `words`
        ("words", np.int64),  # and how long it is
    ]
)
LEAF = np.dtype([("value", np.float64), ("part", np.int64), ("parts", np.int64)])
PART = np.dtype(
    [("column", np.int64), ("nodes", np.uint64), ("left", np.uint64), ("share", np.float64)]
)
Records = NDArray[Any]
Path = dict[int, tuple[int, int, float]]  # by column: nodes, those left at, share


@dataclass(frozen=True)
class Forest:
    """The trees, in order; the last row of `trees` says where the last tree ends.

    `words` hold sets of codes, 32 to a word. `base` is the mean score of the training cases.
    """

    trees: Records
    nodes: Records
    leaves: Records
    parts: Records
    words: NDArray[np.uint32]
    base: float

    @cached_property
    def most_parts(self) -> int:
        """Of any leaf."""
        return int(self.leaves["parts"].max(initial=0))

    @cached_property
    def readers(self) -> tuple[Ints, Ints]:
        """The trees that read each column, one column after the other, and where each begins."""
        tree = np.repeat(np.arange(len(self.trees) - 1), np.diff(self.trees["node"]))
        pairs = np.unique(np.stack([self.nodes["column"], tree]), axis=1)
        columns = int(pairs[0].max(initial=-1)) + 1
        return np.ascontiguousarray(pairs[1]), np.searchsorted(pairs[0], np.arange(columns + 1))


def forest(text: str) -> Forest | None:
    """The trees of a text that `check_trees` lets pass; None if one has too many nodes."""
    read = _Read()
    for tree in map(fields, trees_of(text)):
        if int(tree["num_leaves"]) - 1 > MOST_NODES:
            return None
        read.add(tree)
    return read.forest


@dataclass
class _Read:
    """What was read so far, as rows of the arrays."""

    trees: list[tuple[int, int]] = field(default_factory=lambda: [(0, 0)])
    nodes: list[tuple[Any, ...]] = field(default_factory=list)
    leaves: list[tuple[float, int, int]] = field(default_factory=list)
    parts: list[tuple[int, int, int, float]] = field(default_factory=list)
    words: list[int] = field(default_factory=list)
    base: float = 0.0

    @property
    def forest(self) -> Forest:
        """As arrays."""
        return Forest(
            np.array(self.trees, dtype=TREE),
            np.array(self.nodes, dtype=NODE),
            np.array(self.leaves, dtype=LEAF),
            np.array(self.parts, dtype=PART),
            np.array(self.words, dtype=np.uint32),
            self.base,
        )

    def add(self, tree: Mapping[str, str]) -> None:
        """One tree more, from its fields."""
        values = _numbers(tree, "leaf_value")
        if len(values) == 1:  # a constant
            self.leaves.append((values[0], len(self.parts), 0))
            self.base += values[0]
        else:
            cases = _numbers(tree, "leaf_count")
            self.base += float(np.dot(values, cases)) / _numbers(tree, "internal_count")[0]
            for value, path in zip(values, _paths(tree), strict=True):
                self.leaves.append((value, len(self.parts), len(path)))
                self.parts += [(column, *asked) for column, asked in path.items()]
            self.nodes += self._nodes(tree)
        self.trees.append((len(self.nodes), len(self.leaves)))

    def _nodes(self, tree: Mapping[str, str]) -> list[tuple[Any, ...]]:
        """The nodes of a tree as rows, their sets of codes kept with those of the others."""
        decisions = list(map(int, _numbers(tree, "decision_type")))
        thresholds = _numbers(tree, "threshold")
        bounds = list(map(int, _numbers(tree, "cat_boundaries")))
        sets = [
            (bounds[int(number)], bounds[int(number) + 1]) if decision & 1 else (0, 0)
            for decision, number in zip(decisions, thresholds, strict=True)
        ]
        before = len(self.words)
        self.words += map(int, _numbers(tree, "cat_threshold"))
        return list(
            zip(
                map(int, _numbers(tree, "split_feature")),
                decisions,
                thresholds,
                *_children(tree),
                [before + start for start, _end in sets],
                [end - start for start, end in sets],
                strict=True,
            )
        )


def _paths(tree: Mapping[str, str]) -> list[Path]:
    """What every leaf of a tree asks, by column."""
    columns = list(map(int, _numbers(tree, "split_feature")))
    left, right = _children(tree)
    inner, outer = _numbers(tree, "internal_count"), _numbers(tree, "leaf_count")
    to: dict[int, Path] = {0: {}}
    for node, column in enumerate(columns):  # a child stands after its node
        path = to.pop(node)
        nodes, lefts, share = path.get(column, (0, 0, 1.0))
        for child, bit in ((left[node], 1 << node), (right[node], 0)):
            cases = inner[child] if child >= 0 else outer[~child]
            part = nodes | 1 << node, lefts | bit, share * (cases / inner[node])
            to[child] = path | {column: part}
    return [to[~leaf] for leaf in range(len(outer))]


def _children(tree: Mapping[str, str]) -> tuple[list[int], list[int]]:
    left, right = (_numbers(tree, name) for name in ("left_child", "right_child"))
    return list(map(int, left)), list(map(int, right))


def _numbers(tree: Mapping[str, str], name: str) -> list[float]:
    return list(map(float, tree.get(name, "").split()))
