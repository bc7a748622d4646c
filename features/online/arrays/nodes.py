"""What is to be computed of NumPy arrays, as a graph that is written once and run for each request.

A node is a function of other nodes. The same function of the same nodes is the same node, so that
what many features share is computed once, and what nobody asks for is not computed at all. What
follows from constants alone is computed when the graph is written.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any
from weakref import WeakValueDictionary

import numpy as np

MOST_PROGRAMS = 256  # that are kept

Values = dict["Node", Any]  # what was computed so far, and what was given


class Node:
    """A function of other nodes; else `CONSTANT`, its `value`, or `GIVEN`, a function of a run.

    Compared by identity.
    """

    __slots__ = ("__weakref__", "function", "inputs", "value")

    def __init__(
        self, function: Callable[..., Any] | str, inputs: tuple[Node, ...] = (), value: Any = None
    ) -> None:
        self.function, self.inputs, self.value = function, inputs, value

    @property
    def constant(self) -> bool:
        """Whether its value is known before anything is given."""
        return self.function == CONSTANT


CONSTANT, GIVEN = "constant", "given"

# Those in use. A thread that is late to note one only computes it twice.
_nodes: WeakValueDictionary[Any, Node] = WeakValueDictionary()


def node(function: Callable[..., Any], *inputs: Any) -> Node:
    """A function of nodes; an input that is no node is a constant, which its text tells apart.

    The function is one with a name of its own, not made on the way, and changes nothing.
    """
    nodes = tuple(each if isinstance(each, Node) else constant(each) for each in inputs)
    key = (function, *nodes)
    found = _nodes.get(key)
    if found is None:
        found = Node(function, nodes)
        if all(each.constant for each in nodes):
            with np.errstate(all="ignore"):
                found = Node(CONSTANT, nodes, function(*(each.value for each in nodes)))
        _nodes[key] = found
    return found


def constant(value: Any) -> Node:
    """A value that is the same in each run."""
    array = isinstance(value, np.ndarray)
    said = (value.dtype, value.shape, value.tobytes()) if array else repr(value)
    key = (CONSTANT, type(value), said)
    found = _nodes.get(key)
    if found is None:
        found = _nodes[key] = Node(CONSTANT, value=value)
    return found


def given(value: Callable[[Any], Any]) -> Node:
    """What this function makes of the sources of each run."""
    return Node(GIVEN, value=value)


class Program:
    """How some nodes are computed from what is given: the steps in order."""

    def __init__(self, wanted: Sequence[Node]) -> None:
        self.wanted = wanted
        order = _in_order(wanted)
        self.constants = {each: each.value for each in order if each.constant}
        self.given = [each for each in order if each.function == GIVEN]
        self.steps = [
            (each, each.function, _getter(each.inputs)) for each in order if callable(each.function)
        ]

    def run(self, values: Values, sources: Any) -> list[Any]:
        """The wanted values; `values` keeps all that is computed."""
        values.update(self.constants)
        for each in self.given:
            if each not in values:
                values[each] = each.value(sources)
        for each, function, inputs in self.steps:
            if each not in values:
                values[each] = function(*inputs(values))
        return [values[each] for each in self.wanted]


@functools.lru_cache(MOST_PROGRAMS)
def program(*wanted: Node) -> Program:
    """The program for these nodes; those used last are kept."""
    return Program(wanted)


def _getter(inputs: Sequence[Node]) -> Callable[[Mapping[Node, Any]], Iterable[Any]]:
    """All the values of these nodes."""
    if len(inputs) == 1:
        (only,) = inputs
        return lambda values: (values[only],)
    return itemgetter(*inputs)


def _in_order(wanted: Iterable[Node]) -> list[Node]:
    """These nodes and all they need, each after its inputs."""
    order: dict[Node, None] = {}
    waiting = [(each, False) for each in wanted]
    while waiting:
        each, ready = waiting.pop()
        if each in order:
            continue
        if ready or not each.inputs or each.constant:
            order[each] = None
        else:
            waiting.append((each, True))
            waiting.extend((part, False) for part in each.inputs)
    return list(order)
