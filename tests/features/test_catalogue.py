"""What holds of every feature of every office, without a line of its own."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any, get_args

import narwhals as nw
import polars as pl
import pytest

from cases.errors import BadInput
from cases.office.loading import load_office
from cases.tables.tables import Frame, Tables
from features.as_of import closing_moments
from features.build import build
from features.catalogue import catalogue, fingerprint, intake_features, risk_features
from features.feature import STAGES, Unit
from tests.factories import office as factories
from tests.features.example import page, worked_example

ROOT = Path(__file__).parents[2]
FEATURES = catalogue(worked_example.example().office)
CHARGE = "charge"
LIMIT = {"code": "hear", "days": 30, "meaning": {"en": "hearing"}}
GRADES = factories.OFFICE["reviews"]["grades"]
MANY = {"attribute": "suspects", "at_least": 2}
TRANSLATED = {"en": "a better word", "zh": "译文"}
CASE = "case_id | opened_at | closed_at\na | 2024-01-01 | 2024-02-01"


def changed(name: str, key: str, value: object) -> dict[str, Any]:
    """The attributes or activities of the test office with one key of one of them changed."""
    parts = factories.OFFICE["attributes" if name == CHARGE else "activities"]
    return parts | {name: parts[name] | {key: value}}


def built(tables: Tables, moments: Frame | None = None) -> pl.DataFrame:
    """Every feature at every closing, or at the moments given."""
    asked = closing_moments(tables, after=None, until=datetime(2030, 1, 1))
    frame = build(tables, asked if moments is None else moments, tuple(catalogue(tables.office)))
    return frame.collect("polars").to_native()


@pytest.mark.parametrize("name", FEATURES)
def test_every_feature_says_what_it_is(name: str) -> None:
    """A feature has a meaning in both languages, a unit, a stage and a family."""
    feature = FEATURES[name]
    assert feature.name == name
    assert feature.meaning.say("en")
    assert feature.meaning.say("zh")
    assert feature.unit in get_args(Unit)
    assert feature.known in STAGES
    families = {"attribute", "process", "workload", "history", "calendar", "rule_of_thumb"}
    assert feature.family in families
    assert feature.inputs


@pytest.mark.parametrize("name", FEATURES)
def test_every_feature_can_be_built_alone(name: str) -> None:
    """A feature needs no other to be asked for, and has its own type."""
    tables = worked_example.example()
    moments = closing_moments(tables, after=None, until=datetime(2030, 1, 1))
    frame = build(tables, moments, [name]).collect("polars").to_native()
    assert frame.columns == ["case_id", "moment", name]
    assert frame.height == 3
    assert frame.schema[name] == (pl.String if FEATURES[name].type == "code" else pl.Float64)


def test_features_of_an_empty_office() -> None:
    """Without a single case every feature still has its column."""
    tables = factories.tables("case_id | opened_at", **worked_example.OFFICE)
    assert built(tables).columns == ["case_id", "moment", *FEATURES]
    assert built(tables).is_empty()


@pytest.mark.parametrize("engine", factories.ENGINES)
def test_features_of_one_case(engine: str) -> None:
    """An office of one case without events or reviews gives one row, on every engine."""
    tables = factories.on_engine(factories.tables(CASE, **worked_example.OFFICE), engine)
    assert built(tables)["process.days_open"].to_list() == [31.0]


def test_one_row_per_moment() -> None:
    """A case can be asked about at several moments, and twice at the same."""
    times = [datetime(2024, 1, 15), datetime(2024, 2, 1), datetime(2024, 2, 1)]
    asked = pl.DataFrame({"case_id": ["a"] * 3, "moment": times})
    frame = built(factories.tables(CASE), nw.from_native(asked).lazy())
    assert sorted(frame["process.days_open"]) == [14.0, 31.0, 31.0]


def test_unknown_name() -> None:
    """A name that is not in the catalogue is a programming error that names the nearest."""
    tables = factories.tables(CASE)
    moments = closing_moments(tables, after=None, until=datetime(2030, 1, 1))
    with pytest.raises(KeyError, match=r"calendar\.weekday"):
        build(tables, moments, ["calendar.weekdy"])


def test_handlers_are_left_out_unless_switched_on() -> None:
    """A handler's identity and past are features only where the office file says so."""
    personal = {name for name, feature in FEATURES.items() if feature.personal}
    on = worked_example.example().office
    off = factories.office(**worked_example.OFFICE | {"risk": {"use_handler": False}})
    assert personal >= {"attribute.handler", "history.handler_defect_rate"}
    assert personal <= set(risk_features(on))
    assert not personal & {*risk_features(off), *intake_features(off)}


def test_the_closing_day_is_left_out_unless_switched_on() -> None:
    """Weekday and month of the closing are risk features only where the office file says so."""
    on = factories.office(risk={"use_calendar": True})
    days = {name for name in catalogue(on) if name.startswith("calendar.")}
    assert days <= set(risk_features(on))
    assert not days & set(risk_features(factories.office()))


@pytest.mark.parametrize("name", ["history", "attribute.charge"])
def test_an_office_leaves_out_features_or_families(name: str) -> None:
    """What it leaves out, and nothing else, is missing from the risk model."""
    whole, less = factories.office(), factories.office(risk={"leave_out": [name]})
    gone = set(risk_features(whole)) - set(risk_features(less))
    assert gone
    assert all(feature == name or feature.startswith(f"{name}.") for feature in gone)
    assert not [one for one in risk_features(less) if one == name or one.startswith(f"{name}.")]
    assert intake_features(less) == intake_features(whole)


def test_a_slip_in_what_is_left_out_is_a_fault() -> None:
    """An unknown name is named with the nearest, and so is a model left with nothing."""
    with pytest.raises(BadInput, match=r"risk\.leave_out.*`attribute\.charge`"):
        risk_features(factories.office(risk={"leave_out": ["attribute.charg"]}))
    families = sorted({feature.family for feature in catalogue(factories.office()).values()})
    with pytest.raises(BadInput, match="without any feature"):
        risk_features(factories.office(risk={"leave_out": families}))


def test_intake_features_are_known_at_intake() -> None:
    """Nothing that happens after opening is asked for at intake."""
    names = intake_features(worked_example.example().office)
    assert "attribute.suspects" in names
    assert "attribute.appealed" not in names
    assert all(name.startswith("attribute.") for name in names)


def test_activity_names_become_safe_and_distinct() -> None:
    """Codes of any characters give different feature names, also where they look alike."""
    meaning = {"meaning": {"en": "x"}}
    names = ("Send Fine", "send-fine", "send_fine_2", "受理", "#!", "%&")
    office = factories.office(activities=dict.fromkeys(names, meaning))
    counts = [name for name in catalogue(office) if name.startswith("process.count.")]
    assert len(set(counts)) == len(names)
    assert counts[0] == "process.count.send_fine"
    assert "process.count.受理" in counts


@pytest.mark.parametrize(
    "change",
    [
        {"activities": {"accepted": {"meaning": {"en": "taken on"}}}},
        {"risk": {"similar_by": ["charge"]}},
        {"attributes": {}},
        {"attributes": changed(CHARGE, "known", "closing")},
        {"activities": changed("decided", "rework", True)},
        {"activities": changed("decided", "family", "investigation")},
        {"handler_known": "intake"},
        {"limits": [LIMIT | {"days": 31}]},
        {"reviews": {"grades": [one | {"defect": not one["defect"]} for one in GRADES]}},
        {"reviews": {"grades": GRADES, "maturity_days": 30}},
        {"complexity": {"meaning": {"en": "x"}, "any_of": [MANY]}},
        {"risk": {"among": [MANY]}},
        {"risk": {"increasing": ["attribute.suspects"]}},
        {"risk": {"leave_out": ["attribute.charge"]}},
        {"risk": {"use_calendar": True}},
        {"working_hours": {"last_hour": 17}},
        {"reviews": {"grades": [GRADES[0] | {"code": "new"}, *GRADES[1:]]}},
        {"limits": [LIMIT | {"code": "other"}]},
    ],
)
def test_fingerprint_changes_with_the_definitions(change: dict[str, Any]) -> None:
    """Another set of features, another meaning or another definition has another fingerprint."""
    before = factories.office(limits=[LIMIT])
    assert fingerprint(before) == fingerprint(factories.office(limits=[LIMIT]))
    assert fingerprint(factories.office(**({"limits": [LIMIT]} | change))) != fingerprint(before)


@pytest.mark.parametrize(
    "change",
    [
        {"spot_checks": {"search_share": 0.5}},
        {"risk": {"rule_of_thumb": [{"points": 1, "when": [MANY]}]}},
        {"fairness": ["charge"]},
        {"attributes": changed(CHARGE, "meaning", TRANSLATED)},
        {"activities": changed("decided", "meaning", TRANSLATED)},
        {"reviews": {"grades": [one | {"meaning": TRANSLATED} for one in GRADES]}},
        {"reviews": factories.OFFICE["reviews"] | {"blind": True}},
        {"reviews": factories.OFFICE["reviews"] | {"hidden_share": 0.5}},
        {"links": {"case": "https://cases.example/{case_id}"}},
    ],
)
def test_fingerprint_stays_where_no_model_would_differ(change: dict[str, Any]) -> None:
    """How cases are drawn and reported on leaves a trained model as it is."""
    assert fingerprint(factories.office(**change)) == fingerprint(factories.office())


def test_when_a_clock_warns_changes_no_fingerprint() -> None:
    """No feature and no label reads it; other days of the limit they do."""
    before, warned, restarted = (
        factories.office(limits=[LIMIT | change])
        for change in ({}, {"warn_days": 7}, {"counts": "working_days"})
    )
    assert fingerprint(warned) == fingerprint(before) != fingerprint(restarted)


@pytest.mark.parametrize("path", sorted((ROOT / "offices").glob("*.toml")), ids=lambda p: p.stem)
def test_shipped_offices_have_a_catalogue(path: Path) -> None:
    """Every office file in offices/ yields features for closing."""
    assert len(risk_features(load_office(path))) > 10


def test_the_risk_model_reads_what_is_known_at_its_moment() -> None:
    """At intake neither the events nor what the closing tells; at an activity the events too."""
    read = {
        moment: risk_features(factories.office(risk={"at": moment}))
        for moment in ("intake", "accepted", "closing")
    }
    closing, events, intake = "attribute.appealed", "process.events", "attribute.suspects"
    assert {
        moment: [name in names for name in (intake, events, closing)]
        for moment, names in read.items()
    } == {
        "intake": [True, False, False],
        "accepted": [True, True, False],
        "closing": [True, True, True],
    }


def test_the_catalogue_of_one_office_is_made_once() -> None:
    """Asked again for the same office it is the same object; another office has its own."""
    one, other = factories.office(), factories.office()
    assert catalogue(one) is catalogue(one)
    assert catalogue(other) is not catalogue(one)


def test_docs_are_those_of_the_catalogue() -> None:
    """docs/features.md is what the catalogue says today."""
    assert (ROOT / "docs" / "features.md").read_text(encoding="utf-8") == page.page()
