"""LightGBM's text format, checked before LightGBM reads it.

LightGBM trusts its input: a wrong index or a circle of nodes in a tampered file makes
it crash or never return. Here a file is a forest of binary trees over a known number of
columns, whose every index stays inside its own array, or it is refused.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

END = "end of trees\n"
MOST_LEAVES = 1000
PER_NODE = ("split_feature", "threshold", "decision_type", "left_child", "right_child")
PER_NODE_STATISTICS = ("split_gain", "internal_value", "internal_weight", "internal_count")
PER_LEAF_STATISTICS = ("leaf_weight", "leaf_count")
BOUNDLESS = "inf"  # the threshold of a split between missing and all numbers


def without_parameters(text: str) -> str:
    """The trees alone: LightGBM's list of settings and importances is not needed to score."""
    return text[: text.index(END) + len(END)]


def check_trees(text: str, columns: int) -> None:
    """`ValueError` unless `text` is a well-formed forest for a matrix of `columns` columns."""
    text.encode("ascii")
    _check_head(fields(text.partition("\nTree=")[0]), columns)
    for tree in trees_of(text):
        _check_tree(fields(tree), columns)


def trees_of(text: str) -> Iterator[str]:
    """The text of every tree, in order; `ValueError` where one is not in its place."""
    head, _separator, body = text.partition("\nTree=")
    # The head says how long each tree is: cut there, and nothing may stand between or after.
    sizes = [int(size) for size in fields(head).get("tree_sizes", "").split()]
    body, start = "Tree=" + body if body else "", 0
    for number, size in enumerate(sizes):
        tree, start = body[start : start + size], start + size
        if size < 1 or not tree.startswith(f"Tree={number}\n") or not tree.endswith("\n"):
            raise ValueError(f"tree {number} is not where the file says")
        yield tree
    if not sizes or body[start:] != END:
        raise ValueError("the trees do not end where the file says")


def _check_head(fields: Mapping[str, str], columns: int) -> None:
    wanted = {
        "version": "v4",
        "num_class": "1",
        "num_tree_per_iteration": "1",
        "max_feature_idx": str(columns - 1),
        "objective": "binary sigmoid:1",
    }
    for name, value in wanted.items():
        if fields.get(name) != value:
            raise ValueError(f"{name} of the trees is not {value}")
    for name in ("feature_names", "feature_infos"):
        if len(fields[name].split()) != columns:
            raise ValueError(f"{name} of the trees does not have {columns} entries")


def _check_tree(fields: Mapping[str, str], columns: int) -> None:
    leaves = int(fields["num_leaves"])
    if not 1 <= leaves <= MOST_LEAVES or fields["is_linear"] != "0":
        raise ValueError("a tree is too large or of another kind")
    # A tree of one leaf is a constant and has no nodes.
    _numbers(fields, "leaf_value", leaves)
    if leaves == 1:
        return
    for name in PER_LEAF_STATISTICS:
        _numbers(fields, name, leaves)
    for name in PER_NODE_STATISTICS:
        _numbers(fields, name, leaves - 1)
    feature, threshold, decision, left, right = (
        _numbers(fields, name, leaves - 1, BOUNDLESS if name == "threshold" else "")
        for name in PER_NODE
    )
    if not all(0 <= column < columns for column in feature):
        raise ValueError("a split is on a column that does not exist")
    _check_shape(left, right, leaves)
    # Bit 0 of the decision type marks a split on a code: its threshold numbers a set of codes.
    _check_levels(fields, [t for t, d in zip(threshold, decision, strict=True) if int(d) & 1])


def _check_shape(left: Sequence[float], right: Sequence[float], leaves: int) -> None:
    """Every node but the root, and every leaf, is the child of exactly one earlier node."""
    # Nodes are counted from 0 (the root), leaves as -1, -2, ...: each must occur once.
    children = sorted([*left, *right])
    if children != [*range(-leaves, 0), *range(1, leaves - 1)]:
        raise ValueError("the nodes of a tree do not form a tree")
    # A child with a larger number than its node cannot lead back to it.
    for node, pair in enumerate(zip(left, right, strict=True)):
        if any(0 <= child <= node for child in pair):
            raise ValueError("the nodes of a tree form a circle")


def _check_levels(fields: Mapping[str, str], thresholds: Sequence[float]) -> None:
    """Splits on codes point into the list of bit sets, which is as long as it says."""
    count = int(fields["num_cat"])
    if not all(0 <= number < count for number in thresholds):
        raise ValueError("a split is on a set of codes that does not exist")
    if count:
        # Set k is the bits between boundaries k and k + 1 of one long list.
        bounds = _numbers(fields, "cat_boundaries", count + 1)
        _numbers(fields, "cat_threshold", int(bounds[-1]))
        if bounds[0] != 0 or bounds != sorted(bounds):
            raise ValueError("the sets of codes overlap")


def fields(text: str) -> dict[str, str]:
    """What stands behind each `name=`; `ValueError` for a name that is no proper one."""
    pairs = [line.split("=", 1) for line in text.split("\n") if "=" in line]
    fields = dict(pairs)
    if len(fields) < len(pairs) or not all(name.replace("_", "").isalpha() for name in fields):
        raise ValueError("a field of the trees occurs twice or has no proper name")
    return fields


def _numbers(fields: Mapping[str, str], name: str, length: int, allowed: str = "") -> list[float]:
    """As many finite numbers; the word `allowed` may stand among them."""
    words = fields[name].split()
    values = list(map(float, words))
    finite = [
        word == allowed or math.isfinite(value) for word, value in zip(words, values, strict=True)
    ]
    if len(values) != length or not all(finite):
        raise ValueError(f"{name} of a tree is not {length} numbers")
    return values
