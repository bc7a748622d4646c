"""Scores and contributions of a forest, by the compiled kernels where there are any.

numba compiles them the first time, which takes half a minute, and keeps them beside this package
or, where that may not be written, in the user's cache. Where it cannot do so, or cannot be loaded,
there are no kernels, and LightGBM answers, more slowly.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

import numpy as np

from cases.numeric import Floats
from models.matrix import Changes
from models.trees.forest import MOST_NODES, Forest

FEW = 4  # cases: they are explained one by one


@lru_cache(maxsize=1)
def kernels() -> ModuleType | None:
    """The compiled kernels, compiled now if they never were; None where that does not work."""
    try:
        return import_module("models.trees.kernels")
    except Exception:  # noqa: BLE001  whatever numba or a missing numba says, LightGBM can answer
        return None


def are_kept() -> bool:
    """Whether compiled kernels lie beside this package."""
    return any((Path(__file__).parent / "__pycache__").glob("kernels.*.nbi"))


def at_hand() -> ModuleType | None:
    """The kernels where they are loaded or kept: nobody waits half a minute for a score."""
    return kernels() if kernels.cache_info().currsize or are_kept() else None


def scores(compiled: ModuleType, forest: Forest, matrix: Floats) -> Floats:
    """The score of each row, shape (rows,), to the bit as LightGBM's."""
    out = np.zeros(len(matrix))
    rows = np.require(matrix, np.float64, ["C", "W"])
    compiled.add_scores(rows, forest.trees, forest.nodes, forest.leaves, forest.words, out)
    return out


def contributions(compiled: ModuleType, forest: Forest, matrix: Floats) -> Floats:
    """What each column adds to the score of each row, shape (rows, columns + 1), the base last."""
    out = np.zeros((len(matrix), matrix.shape[1] + 1))
    out[:, -1] = forest.base
    few = len(matrix) < FEW
    add = compiled.add_contributions_one_by_one if few else compiled.add_contributions
    add(
        np.require(matrix, np.float64, ["C", "W"]),
        forest.trees,
        forest.nodes,
        forest.leaves,
        forest.parts,
        forest.words,
        *_quadratures(),
        forest.most_parts,
        out,
    )
    return out


def changed_scores(
    compiled: ModuleType, forest: Forest, matrix: Floats, changes: Changes
) -> Floats:
    """The score of each changed row, shape (asked,), to the bit as LightGBM's."""
    out = np.empty(len(changes.of))
    compiled.changed_scores(
        np.require(matrix, np.float64, ["C", "W"]),
        forest.trees,
        forest.nodes,
        forest.leaves,
        forest.words,
        *forest.readers,
        changes.of,
        changes.starts,
        changes.column,
        changes.value,
        out,
    )
    return out


@lru_cache(maxsize=1)
def _quadratures() -> tuple[Floats, Floats]:
    """Points on [0, 1] and weights of Gauss-Legendre quadrature; row q has q, then zeros."""
    most = (MOST_NODES + 1) // 2
    points, weights = np.zeros((2, most + 1, most))
    for q in range(1, most + 1):
        at, weight = np.polynomial.legendre.leggauss(q)
        points[q, :q], weights[q, :q] = (at + 1) / 2, weight / 2
    return points, weights
