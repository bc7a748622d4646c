"""One demo office for all tests of it."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from cases.demo import make_demo
from cases.office.loading import load_office
from cases.tables.reading import read_tables
from cases.tables.tables import Tables


@pytest.fixture(scope="package")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo office of 6,000 cases."""
    folder = tmp_path_factory.mktemp("demo")
    make_demo(folder, cases=6_000, seed=1)
    return folder


@pytest.fixture(scope="package")
def tables(folder: Path) -> Tables:
    """Its tables, as every command reads them."""
    return read_tables(load_office(folder / "office.toml"), folder)


@pytest.fixture(scope="package")
def truth(folder: Path) -> pl.DataFrame:
    """What is kept from the office."""
    return pl.read_parquet(folder / "truth.parquet")
