"""Whatever is changed in a kept folder is found: a little of `benchmarks/tampering.py`."""

from __future__ import annotations

import random
import shutil
from itertools import product
from pathlib import Path

import polars as pl
import pytest

from benchmarks.rewrites import SECRET, VALUE, inputs_of, is_found, promise, rewrites, rewritten
from benchmarks.tampering import (
    ACTIONS,
    PARTS,
    Impossible,
    by_command,
    by_manifest,
    by_renewed,
    by_renewed_manifest,
    changed_copies,
    manifest_bytes,
    tamper,
    with_manifest,
)
from cases.errors import BadInput
from cases.integrity.manifest import read_manifest
from policies.spot_check.commitment import draw_seed
from serving.kept.checked import Reader
from serving.kept.plan_checks import check_plan

CONSISTENT = {"a case removed", "a case added", "a risk", "model", "capacity", "seed", "as-of day"}


@pytest.fixture(params=["plan_folder", "intake_folder"])
def folder(request: pytest.FixtureRequest) -> Path:
    """A kept plan, and a kept intake."""
    made: Path = request.getfixturevalue(request.param)
    return made


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
def test_every_kind_of_change_is_found(folder: Path, part: str, action: str) -> None:
    """By the manifest; if that is renewed, by its hash alone."""
    published = read_manifest(folder).hash
    assert not by_manifest(folder, published)
    for seed in range(5):
        copy = _changed(folder, part, action, seed)
        assert by_manifest(copy)
        assert not by_renewed_manifest(copy)
        assert by_renewed_manifest(copy, published)


def test_random_changes_are_found_by_the_command(folder: Path) -> None:
    """All with the manifest, or its hash; most where the manifest was renewed and no hash known."""
    assert not by_command(folder)
    changes, renewed = 32, 0
    published = ("--manifest", read_manifest(folder).hash)
    for kind, copy in changed_copies(folder, folder.parent, changes, random.Random(3)):  # noqa: S311
        assert by_command(copy), kind
        assert by_renewed(copy, *published), kind
        renewed += by_renewed(copy)
    assert renewed > changes / 2


@pytest.mark.parametrize(
    ("name", "found"),
    [("extra.csv", "extra.csv is not a file of such a folder."), ("frame.parquet", "risk_2")],
)
def test_an_added_file_or_column_is_named_whoever_renews_the_manifest(
    plan_folder: Path, tmp_path: Path, name: str, found: str
) -> None:
    """A file that no plan has, and a column that its frame does not have."""
    copy = Path(shutil.copytree(plan_folder, tmp_path / "copy"))
    frame = pl.read_parquet(copy / "frame.parquet").with_columns(risk_2="risk")
    if name == "frame.parquet":
        frame.write_parquet(copy / name)
    else:
        frame.write_csv(copy / name)
    with_manifest(copy, tmp_path / "renewed")
    try:
        said = [str(one) for one in check_plan(tmp_path / "renewed", Reader()).differences]
    except BadInput as error:
        said = [str(error)]
    assert len(said) == 1
    assert found in said[0]


def test_every_byte_of_the_manifest_counts(folder: Path) -> None:
    """Each alone, and afterwards all is as it was."""
    published = read_manifest(folder).hash
    found, size = manifest_bytes(folder, published)
    assert found == size > 100
    assert not by_manifest(folder, published)


@pytest.mark.parametrize("value", [None, VALUE])
def test_twelve_consistent_rewrites_are_found(plan_folder: Path, value: str | None) -> None:
    """By the commitment, with a beacon and without; to one who has neither most look right."""
    inputs = inputs_of(plan_folder, value)
    reader = Reader(commitment=promise(inputs, value), beacon_value=value)
    target = plan_folder.parent
    honest = rewritten(plan_folder, inputs, target / "honest")
    assert check_plan(honest, reader).differences == ()
    others = {
        name: rewritten(plan_folder, other, target / name) for name, other in rewrites(inputs)
    }
    assert len(others) == 12
    assert all(is_found(other, reader) for other in others.values())
    unseen = {name for name, other in others.items() if not is_found(other, Reader())}
    assert unseen >= CONSISTENT


def test_the_value_is_the_readers(plan_folder: Path) -> None:
    """What the folder says it was counts for nothing; without the reader's there is no answer."""
    inputs = inputs_of(plan_folder, VALUE)
    promised, honest = promise(inputs, VALUE), plan_folder.parent / "honest"
    rewritten(plan_folder, inputs, honest)
    assert inputs.parameters["seed"] == draw_seed(SECRET, VALUE)
    assert not is_found(honest, Reader(commitment=promised, beacon_value="3-7-12-31-40-8"))
    assert is_found(honest, Reader(commitment=promised, beacon_value="3 7 12 31 40 9"))
    assert is_found(honest, Reader(commitment=promised))
