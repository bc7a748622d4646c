"""A plan's list with further columns of the cases, in an order that the office asks for."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from cases.errors import BadInput
from cases.integrity.manifest import has_manifest
from cases.office.spot_checks import OF_EVERY_LIST
from policies.spot_check.plan import PlanParameters
from serving.kept.checked import Reader
from serving.kept.plan import SHOWN_FILE, plan_sheet, write_plan
from serving.kept.plan_checks import check_plan
from serving.use_cases.context import ServiceContext
from serving.use_cases.spot_checks import spot_checks
from tests.cli.files.conftest import MADE_FROM
from tests.factories.fakes import context
from tests.factories.files import FILES, load, write
from tests.factories.office import office

ADDRESSES = {"c1": "7 Mill Lane", "c2": "1 High Street"}


def showing(**spot_checks: object) -> ServiceContext:
    """An office whose lists show an address, blank for most cases."""
    of = context()
    ids = of.tables.case_rows["case_id"].to_list()
    addresses = pl.Series([ADDRESSES.get(case) for case in ids], dtype=pl.String)
    shown = pl.DataFrame({"case_id": ids, "address": addresses})
    asked = office(spot_checks={"columns": ["address"], **spot_checks})
    return replace(of, tables=replace(of.tables, office=asked, shown=shown))


def written(of: ServiceContext, folder: Path) -> pl.DataFrame:
    """The list of a plan of all cases, as it was written into `folder`."""
    parameters = PlanParameters.of(of.office, as_of=datetime(2026, 2, 15), capacity=4, seed="s")
    write_plan(spot_checks(of, parameters), of.tables, "en", MADE_FROM, folder)
    return pl.read_csv(folder / "plan.csv", infer_schema=False)


def test_the_list_shows_them_and_verifies(tmp_path: Path) -> None:
    """They stand last, are bound by the manifest, and are compared cell by cell."""
    sheet = written(showing(), tmp_path / "plan")
    assert sheet.columns[-1] == "address"
    found = dict(sheet.select("case_id", "address").iter_rows())
    assert found == {case: ADDRESSES.get(case) for case in found}
    assert has_manifest(tmp_path / "plan")
    assert check_plan(tmp_path / "plan", Reader()).differences == ()


def test_a_changed_address_is_found(tmp_path: Path) -> None:
    """In the file that keeps it."""
    written(showing(), tmp_path / "plan")
    shown = pl.read_parquet(tmp_path / "plan" / SHOWN_FILE)
    other = shown.with_columns(pl.lit("elsewhere").alias("address"))
    other.write_parquet(tmp_path / "plan" / SHOWN_FILE)
    assert check_plan(tmp_path / "plan", Reader()).differences


@pytest.mark.parametrize("by", ["unit", "address"])
def test_the_list_is_sorted_as_asked(by: str, tmp_path: Path) -> None:
    """Within a unit, or a street, in the order of checking."""
    sheet = written(showing(list_by=by), tmp_path / "plan")
    rank = pl.col("rank").cast(pl.Int64)
    assert sheet.equals(sheet.sort(by, rank, nulls_last=True))
    assert sorted(sheet["rank"].cast(pl.Int64)) == [1, 2, 3, 4]
    assert check_plan(tmp_path / "plan", Reader()).differences == ()


def test_the_names_of_the_list_are_taken() -> None:
    """No further column may be called as one that every list has."""
    of = context()
    parameters = PlanParameters.of(of.office, as_of=datetime(2026, 2, 15), capacity=3, seed="s")
    every = plan_sheet(spot_checks(of, parameters), of.office, "en").columns
    assert {*every, "failed_check"} == OF_EVERY_LIST
    with pytest.raises(BadInput, match="every office has"):
        office(spot_checks={"columns": ["rank"]})
    with pytest.raises(BadInput, match="can be sorted by"):
        office(spot_checks={"list_by": "street"})


def test_they_are_read_from_the_case_table(tmp_path: Path) -> None:
    """As text, kept apart from what features are made of."""
    asked = 'spot_checks = { columns = ["kept_in"] }\n' + FILES["office.toml"]
    cases = FILES["cases.csv"].replace("detained\n", "detained,kept_in\n")
    cases = cases.replace(",yes", ",yes,007").replace(",2,", ",2,,")
    tables = load(write(tmp_path, **{"office.toml": asked, "cases.csv": cases}))
    assert tables.shown is not None
    assert tables.shown.rows() == [("a", "007"), ("b", None)]
    assert "kept_in" not in tables.case_rows.columns
