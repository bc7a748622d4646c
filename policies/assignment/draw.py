"""Who is drawn, from published probabilities and a seed alone."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from cases.integrity.canonical import Domain, digest
from cases.numeric import Floats, Ints
from policies.assignment.rounding import UNIT, rounded
from policies.tickets import FORMAT, OLD, tickets_of

BLOCK = 64  # tickets read at a time


def draw_handlers(
    chances: pl.DataFrame, seed: str, draw_format: int = FORMAT
) -> dict[str, str | None]:
    """The handler of every case in `chances` (columns of `result.CHANCES`).

    Every case has exactly its probabilities, and no handler's number of cases differs from the
    expected one by more than rounding.
    """
    table = Chances.of(chances)
    cases = list(itertools.chain.from_iterable(table.cases))
    # Step 1: for each group and handler the expected number of cases is rounded up or down at
    # random (`rounding.py`, Cox 1987), on average to itself.
    numbers = rounded(table.expected, random_numbers(seed, cases, draw_format))
    # Step 2: each group's cases are shuffled by their tickets and dealt out, so that each of
    # them goes to each handler with the same probability.
    of_cases = tickets_of(draw_format, Domain.ASSIGNMENT_DRAW, seed, cases)
    ticket = dict(zip(cases, of_cases[:, 0], strict=True))
    drawn: dict[str, str | None] = {}
    for group, row in zip(table.cases, numbers.tolist(), strict=True):
        handlers = itertools.chain.from_iterable(
            itertools.repeat(handler, number)
            for handler, number in zip(table.handlers, row, strict=True)
        )
        shuffled = sorted(group, key=lambda case: (ticket[case], case))
        drawn |= dict(zip(shuffled, handlers, strict=True))
    return drawn


def random_numbers(seed: str, cases: Sequence[str], draw_format: int = FORMAT) -> Iterator[float]:
    """Numbers in [0, 1) that depend on the seed and on which cases are drawn together."""
    batch = _batch(draw_format, sorted(cases))
    for block in itertools.count():
        names = [f"{batch}:{number}" for number in range(block * BLOCK, (block + 1) * BLOCK)]
        tickets = tickets_of(draw_format, Domain.ASSIGNMENT_NUMBERS, seed, names)
        yield from tickets.ravel().tolist()


def _batch(draw_format: int, cases: list[str]) -> str:
    """The hash of which cases are drawn together."""
    if draw_format == OLD:
        return hashlib.sha256("\n".join(cases).encode()).hexdigest()
    return digest(Domain.ASSIGNMENT_NUMBERS, cases)


@dataclass(frozen=True)
class Chances:
    """The published probabilities as a table: groups of cases against handlers (None: nobody)."""

    cases: tuple[tuple[str, ...], ...]
    handlers: tuple[str | None, ...]
    expected: Ints  # numbers of cases in `UNIT`s

    @classmethod
    def of(cls, chances: pl.DataFrame) -> Chances:
        """Read from a frame; the order of its rows does not matter."""
        of_group: dict[int | None, set[str]] = {}
        of_row = chances["group"].to_list(), chances["case_id"].to_list()
        for group, case in dict.fromkeys(zip(*of_row, strict=True)):
            of_group.setdefault(group, set()).add(case)
        groups = sorted(of_group, key=lambda group: (group is not None, group))
        cases = tuple(tuple(sorted(of_group[group])) for group in groups)
        named = chances["handler"].to_list()
        names = set(named)
        handlers = (*sorted(names - {None}), *(names & {None}))
        # All cases of a group have the same probabilities: the first one's are read.
        row = {of_same[0]: number for number, of_same in enumerate(cases)}
        column = {handler: number for number, handler in enumerate(handlers)}
        units = np.zeros((len(row), len(column)), np.int64)
        each = zip(of_row[1], named, chances["probability"].to_list(), strict=True)
        for case, handler, probability in [one for one in each if one[0] in row]:
            units[row[case], column[handler]] = round(probability * UNIT)
        return cls(cases, handlers, units * np.array([len(group) for group in cases])[:, None])


def in_units(probabilities: Floats) -> Ints:
    """Probabilities in whole `UNIT`s, so that a kept table holds them exactly.

    Rows sum to one and to one `UNIT`. By largest remainder: each is rounded down, and what is
    missing goes to those that lost most.
    """
    exact = probabilities * UNIT
    units = np.floor(exact).astype(np.int64)
    missing = UNIT - units.sum(axis=1)
    order = np.argsort(-(exact - units), axis=1, kind="stable")
    ranks = np.empty_like(order)
    np.put_along_axis(ranks, order, np.arange(order.shape[1])[None, :], axis=1)
    whole: Ints = units + (ranks < missing[:, None])
    return whole
