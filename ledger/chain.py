"""Whether stored records are a chain, the one that was signed; the first bad one is named."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
from bisect import bisect_right
from collections import deque
from collections.abc import Collection, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from itertools import chain, islice

from cases.language.messages import Sayable, _
from ledger.checkpoints import Checkpoint
from ledger.pieces import SIZE, Checked, Piece, Row, checked
from ledger.records import Record
from ledger.tree import Tree

ALONE = 4  # pieces that are checked before further processes are worth their start
AHEAD = 4  # pieces a process that are read in advance
ALTERED_BESIDE = _("has a text beside it that is not the one it was made with.")
GONE_BESIDE = _("has lost a text beside it, and no record says that it was erased.")
OTHER_ROOT = _("or one before it is not the one that the checkpoint was made of.")

Salted = Mapping[str, tuple[str, str]]  # by name: salt (hex) and text


@dataclass(frozen=True)
class Bad:
    """What is wrong, and at which record; `number` is None where it is of the whole ledger."""

    number: int | None
    problem: Sayable

    @property
    def sentence(self) -> Sayable:
        """The problem with the number of its record."""
        if self.number is None:
            return self.problem
        return _("Record {number:,} {problem}", number=self.number, problem=self.problem)


@dataclass(frozen=True)
class Verdict:
    """How far the records hold: the tree over those that do, the last of them, what came then.

    `covered` is how many records the checkpoints cover that were given from outside.
    """

    tree: Tree
    last: Record | None
    bad: Bad | None
    covered: int = 0


def verified(rows: Iterable[Row], checkpoints: Iterable[Checkpoint] = ()) -> Verdict:
    """Records from the first one on, compared with checkpoints of this ledger.

    Stops at the first record that is bad. Long ledgers are checked by several processes.
    """
    roots: dict[int, set[bytes]] = {}
    for checkpoint in checkpoints:
        roots.setdefault(checkpoint.size, set()).add(checkpoint.root)
    tree, last = Tree(), None
    with closing(_all_checked(_pieces(rows, sorted(roots)))) as pieces:
        for found in pieces:
            for size, part in found.trees.items():
                if roots.pop(size) != {tree.joined(part).root()}:
                    return Verdict(tree.joined(part), _read(found.last), Bad(size, OTHER_ROOT))
            tree, last = tree.joined(found.tree), found.last
            if found.problem is not None:
                return Verdict(tree, _read(last), Bad(tree.size + 1, found.problem))
    return Verdict(tree, _read(last), _missing(roots, tree))


def _pieces(rows: Iterable[Row], sizes: Sequence[int]) -> Iterator[Piece]:
    start, before, left = 0, None, iter(rows)
    while piece := list(islice(left, SIZE)):
        among = sizes[bisect_right(sizes, start) : bisect_right(sizes, start + len(piece))]
        yield Piece(start, before, piece, among)
        start, before = start + len(piece), piece[-1].line


def _all_checked(pieces: Iterator[Piece]) -> Generator[Checked]:
    """The pieces checked, in order: the first ones here, further ones by several processes."""
    yield from map(checked, islice(pieces, ALONE))
    count = os.cpu_count() or 1
    first = list(islice(pieces, 1))
    if not first or count == 1:
        yield from map(checked, chain(first, pieces))
        return
    with ProcessPoolExecutor(count, multiprocessing.get_context("spawn")) as pool:
        left = chain(first, pieces)
        waiting = deque(pool.submit(checked, piece) for piece in islice(left, count * AHEAD))
        try:
            while waiting:
                yield waiting.popleft().result()
                waiting.extend(pool.submit(checked, piece) for piece in islice(left, 1))
        finally:
            pool.shutdown(cancel_futures=True)


def _read(line: bytes | None) -> Record | None:
    return None if line is None else Record.read(line)


def _missing(roots: Mapping[int, set[bytes]], tree: Tree) -> Bad | None:
    """What is wrong where checkpoints are of more records than there are."""
    sizes = [size for size in roots if size > tree.size]
    if not sizes:
        return None
    problem = _(
        "A checkpoint was made of {size:,} records, and there are {count:,}: the last ones were "
        "taken away.",
        size=max(sizes),
        count=tree.size,
    )
    return Bad(None, problem)


def salted_hash(salt: str, text: str) -> str:
    """SHA-256 (hex) of a salt and a text that stands beside a record and can be erased."""
    return hashlib.sha256(f"{salt}\n{text}".encode("utf-8", "surrogatepass")).hexdigest()


def wrong_beside(record: Record, beside: Salted, erased: Collection[str]) -> Sayable | None:
    """What is wrong with the texts beside a record, those of the names `erased` left out."""
    said = record.content.get("beside", {})
    hashes = said if isinstance(said, Mapping) else {}
    if any(hashes.get(name) != salted_hash(*salted) for name, salted in beside.items()):
        return ALTERED_BESIDE
    return None if hashes.keys() <= {*beside, *erased} else GONE_BESIDE
