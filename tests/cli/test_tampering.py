"""The harness that changes kept files changes something each time, and the manifest shows it."""

from __future__ import annotations

import random
import shutil
from datetime import datetime
from itertools import product
from pathlib import Path

import pytest

from benchmarks.tampering import (
    ACTIONS,
    BEACON,
    PARTS,
    SECRET,
    VALUE,
    Impossible,
    by_manifest,
    by_renewed_manifest,
    manifest_bytes,
    rewrites,
    tamper,
    with_manifest,
)
from cases.integrity.canonical import Domain, digest
from policies.spot_check.commitment import PlanInputs, commit, draw_seed
from policies.spot_check.committed import check
from policies.spot_check.plan import PlanParameters
from tests.factories.frames import frame
from tests.factories.office import office

RULE = {
    "code": "acquittal",
    "meaning": {"en": "acquitted"},
    "when": [{"attribute": "appealed", "equals": True}],
}


@pytest.fixture
def kept(tmp_path: Path) -> tuple[Path, str]:
    """A folder with a manifest, as a plan's is, and the manifest's hash."""
    plain = tmp_path / "plain"
    plain.mkdir()
    cases = frame([0.1, 0.2, 0.3, 0.9], ruled={2})
    cases.write_parquet(plain / "frame.parquet")
    cases.write_csv(plain / "plan.csv")
    (plain / "plan.json").write_text('{"plan_id": "7d3e"}\n', "utf-8")
    return tmp_path / "kept", with_manifest(plain, tmp_path / "kept").hash


def _changed(folder: Path, part: str, action: str, seed: int) -> Path:
    """A copy with one change, by the first luck from `seed` on that changes anything."""
    for number in range(seed, seed + 100):
        copy = folder.parent / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(folder, copy)
        try:
            tamper(copy, part, action, random.Random(number))  # noqa: S311
        except Impossible:
            continue
        return copy
    raise AssertionError("no change was possible")


@pytest.mark.parametrize(("part", "action"), list(product(PARTS, ACTIONS)))
def test_every_kind_of_change_is_found(kept: tuple[Path, str], part: str, action: str) -> None:
    """By the manifest; if that is renewed, by its hash alone."""
    folder, published = kept
    assert not by_manifest(folder, published)
    for seed in range(5):
        copy = _changed(folder, part, action, seed)
        assert by_manifest(copy)
        assert not by_renewed_manifest(copy)
        assert by_renewed_manifest(copy, published)


def test_every_byte_of_the_manifest_counts(kept: tuple[Path, str]) -> None:
    """Each alone, and afterwards all is as it was."""
    folder, published = kept
    found, size = manifest_bytes(folder, published)
    assert found == size > 100
    assert not by_manifest(folder, published)


@pytest.mark.parametrize("value", [None, VALUE])
def test_twelve_consistent_rewrites_are_found(value: str | None) -> None:
    """By the commitment, with a beacon and without."""
    parameters = PlanParameters(
        as_of=datetime(2026, 6, 30),
        capacity=2,
        seed=SECRET if value is None else draw_seed(SECRET, value),
    )
    inputs = PlanInputs.of(
        frame([0.1, 0.2, 0.3, 0.9]),
        parameters,
        office(rules=[RULE]),
        digest(Domain.MODEL, "model"),
        "0.1.0",
    )
    promised = commit(inputs, SECRET, datetime(2026, 7, 1), BEACON if value else None)
    assert check(promised, inputs, SECRET, value) == []
    changed = dict(rewrites(inputs))
    assert len(changed) == 12
    assert all(check(promised, other, SECRET, value) for other in changed.values())
