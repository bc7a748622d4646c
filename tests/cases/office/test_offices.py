"""The offices that come with the project."""

from __future__ import annotations

from pathlib import Path

import pytest

from cases.office.loading import load_office
from cases.tables.reading import read_tables
from tests.factories.real_data import DATA, needs_real_data

OFFICES = Path(__file__).parents[3] / "offices"


@pytest.mark.parametrize("path", sorted(OFFICES.glob("*.toml")), ids=lambda path: path.stem)
def test_every_office_file_is_valid(path: Path) -> None:
    """Each office file loads and speaks both languages."""
    office = load_office(path)
    texts = [office.office.name, *(a.meaning for a in office.attributes.values())]
    texts += [activity.meaning for activity in office.activities.values()]
    assert all(text.en and text.zh for text in texts)


@needs_real_data
def test_police_complaints() -> None:
    """The police office loads without a fault; its label is the one of the data's description."""
    tables = read_tables(load_office(OFFICES / "police_complaints.toml"), DATA)
    assert tables.case_rows["case_id"].n_unique() == tables.case_rows.height == 72_709
    assert tables.review_rows["case_id"].n_unique() == tables.review_rows.height == 43_122
    merits = tables.case_rows.filter("merits").join(tables.review_rows, on="case_id")
    assert merits.height == 38_262
    assert (merits["grade"] == "changed").sum() == 3_588
    at_opening = tables.event_rows.join(tables.case_rows, on="case_id").filter(activity="received")
    assert (at_opening["at"] == at_opening["opened_at"]).all()


@needs_real_data
def test_eu_state_aid() -> None:
    """The register loads without a fault; formal investigations are those of the register."""
    tables = read_tables(load_office(OFFICES / "eu_state_aid.toml"), DATA)
    assert tables.case_rows["case_id"].n_unique() == tables.case_rows.height == 33_697
    assert tables.case_rows["examined"].sum() == 11_974
    opened = tables.event_rows.filter(activity="investigation_opened")
    assert opened["case_id"].n_unique() == 1_175


@needs_real_data
def test_road_traffic_fines() -> None:
    """The event log loads without a fault; 2 % have an outcome of an appeal, 62.7 % dismissed."""
    tables = read_tables(load_office(OFFICES / "road_traffic_fines.toml"), DATA)
    assert tables.case_rows["case_id"].n_unique() == tables.case_rows.height == 150_370
    assert tables.event_rows.height == 561_470
    grades = dict(tables.review_rows["grade"].value_counts().rows())
    assert grades == {"overturned": 2_073, "upheld": 1_235}


@needs_real_data
@pytest.mark.parametrize(
    ("name", "cases", "events", "never_closed"),
    [
        ("permit_receipt", 1_434, 8_577 + 1_434, 105),
        ("bpic2020_requests", 6_760, 36_072, 0),
        ("bpic2020_prepaid", 2_007, 17_507, 0),
        ("bpic2020_permits", 6_426, 81_092, 0),
        ("road_traffic_fines_running", 150_370, 561_470, 0),
    ],
)
def test_logs_of_running_cases(name: str, cases: int, events: int, never_closed: int) -> None:
    """The logs load without a fault, whole; some permits had no end when theirs was taken."""
    tables = read_tables(load_office(OFFICES / f"{name}.toml"), DATA)
    assert tables.case_rows["case_id"].n_unique() == tables.case_rows.height == cases
    assert tables.event_rows.height == events
    assert tables.case_rows["closed_at"].null_count() == never_closed
    assert set(tables.event_rows["activity"]) <= set(tables.office.activities)
