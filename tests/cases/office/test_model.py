"""The office file is read, or every fault in it is said."""

from __future__ import annotations

import copy
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.errors import BadInput
from cases.office.loading import load_office, parse_office
from cases.office.model import Office
from tests.factories.office import OFFICE, office

KEYS = st.sampled_from([*Office.model_fields, "path", "sql", "known", "meaning", "é", "", "a.b"])
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=True)
    | st.text(max_size=8)
    | st.dates()
    | st.datetimes()
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=300)
@given(raw=st.dictionaries(KEYS, VALUES, max_size=4))
def test_any_toml_is_an_office_or_bad_input(raw: dict[str, Any]) -> None:
    """Whatever keys and values stand in the file, it ends with an office or with faults."""
    with suppress(BadInput):
        assert isinstance(parse_office(raw, "office.toml"), Office)


@settings(max_examples=300)
@given(data=st.data(), value=VALUES)
def test_one_wrong_value_is_an_office_or_bad_input(data: st.DataObject, value: Any) -> None:
    """One value of a valid file replaced by anything never ends in a traceback."""
    raw = copy.deepcopy(OFFICE)
    part: Any = raw
    while True:
        key = data.draw(st.sampled_from(sorted(part)) if isinstance(part, dict) else st.just(0))
        if not isinstance(part[key], dict | list) or data.draw(st.booleans()):
            break
        part = part[key]
    part[key] = value
    with suppress(BadInput):
        parse_office(raw, "office.toml")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(content=st.binary(max_size=100))
def test_any_bytes_are_an_office_or_bad_input(content: bytes, tmp_path: Path) -> None:
    """Whatever bytes the file holds, it ends with an office or with faults."""
    path = tmp_path / "office.toml"
    path.write_bytes(content)
    with suppress(BadInput):
        load_office(path)


def test_deep_nesting_is_bad_input(tmp_path: Path) -> None:
    """A file that nests without end is refused."""
    path = tmp_path / "office.toml"
    path.write_text("a = " + "[" * 20_000)
    with pytest.raises(BadInput):
        load_office(path)


@pytest.mark.parametrize("name", ["absent.toml", "folder"])
def test_an_office_file_that_cannot_be_opened(name: str, tmp_path: Path) -> None:
    """A missing file and a folder are faults with a remedy."""
    (tmp_path / "folder").mkdir()
    with pytest.raises(BadInput, match=name):
        load_office(tmp_path / name)


def test_an_office_file_that_is_too_long(tmp_path: Path) -> None:
    """A file far longer than any office file is not read."""
    path = tmp_path / "office.toml"
    path.write_bytes(b"#" * 1_000_001)
    with pytest.raises(BadInput, match=r"is 1,000,001 bytes long"):
        load_office(path)


def test_every_undeclared_name_is_found_at_once() -> None:
    """Attributes and activities that are used but not declared are all listed, with a guess."""
    raw = copy.deepcopy(OFFICE) | {
        "fairness": ["charges"],
        "handler_known": "acepted",
        "risk": {"among": [{"attribute": "suspect", "at_least": 1}], "similar_by": ["nothing"]},
        "rules": [
            {
                "code": "r",
                "meaning": {"en": "r"},
                "when": [{"event": "decided", "then": "returnd"}],
            }
        ],
    }
    with pytest.raises(BadInput) as refused:
        parse_office(raw, "office.toml")
    found = {fault.value: str(fault.remedy) for fault in refused.value.faults}
    assert set(found) == {"charges", "acepted", "suspect", "nothing", "returnd"}
    assert found["acepted"] == "Did you mean `accepted`?"


def test_fairness_compares_no_people() -> None:
    """The report compares groups of cases; an office file that names handlers is refused."""
    with pytest.raises(BadInput, match="cases are assessed, not those who handle them"):
        parse_office(copy.deepcopy(OFFICE) | {"fairness": ["handler"]}, "office.toml")


def test_old_grades_count_as_present_ones() -> None:
    """An old grade has the rank of the present one it maps to; ranks count from the best."""
    said = [("best", False, None), ("flawed", True, "poor"), ("poor", True, None)]
    grades = [
        {"code": code, "defect": defect, "maps_to": present, "meaning": {"en": code}}
        for code, defect, present in said
    ]
    found = office(reviews={"grades": grades})
    assert found.grade_ranks == {"best": 0, "flawed": 1, "poor": 1}
    assert found.present_grades == {"best": "best", "flawed": "poor", "poor": "poor"}
    assert found.defect_grades == {"flawed", "poor"}


def test_without_reviews_there_are_no_grades() -> None:
    """An office that has no reviews has no grades to rank."""
    raw = {key: part for key, part in OFFICE.items() if key != "reviews"}
    assert parse_office(copy.deepcopy(raw), "office.toml").grade_ranks == {}


def refused(**changes: Any) -> list[str]:
    """The faults of the test office with parts of its file replaced, as sentences."""
    with pytest.raises(BadInput) as caught:
        parse_office(copy.deepcopy(OFFICE) | changes, "office.toml")
    return [str(fault) for fault in caught.value.faults]


def dated() -> dict[str, Any]:
    """The test office's attributes with a date among them."""
    meaning = {"en": "day of arrest"}
    return OFFICE["attributes"] | {
        "arrested": {"type": "date", "known": "intake", "meaning": meaning}
    }


@pytest.mark.parametrize(
    ("condition", "operator", "remedy"),
    [
        ({"attribute": "appealed", "equals": "yes"}, "equals", "Write equals = true or equals"),
        ({"attribute": "appealed", "equals": 1}, "equals", "Write equals = true or equals"),
        ({"attribute": "appealed", "at_least": 1}, "at_least", "Write equals = true or equals"),
        ({"attribute": "charge", "equals": 1}, "equals", "with codes in quotes"),
        ({"attribute": "charge", "equals": True}, "equals", "with codes in quotes"),
        ({"attribute": "kind", "at_most": 2}, "at_most", "with codes in quotes"),
        ({"attribute": "suspects", "equals": "2"}, "equals", "a number without quotes"),
        ({"attribute": "suspects", "equals": True}, "equals", "a number without quotes"),
        ({"attribute": "suspects", "one_of": ["2"]}, "one_of", "a number without quotes"),
        ({"attribute": "days_open", "one_of": ["2"]}, "one_of", "a number without quotes"),
        ({"attribute": "arrested", "equals": "2024-01-01"}, "equals", "dates are not compared"),
        ({"attribute": "arrested", "at_least": 3}, "at_least", "dates are not compared"),
    ],
)
def test_a_condition_fits_the_type_of_its_attribute(
    condition: dict[str, Any], operator: str, remedy: str
) -> None:
    """An operator or a value that could never hold, or not be computed, is a fault."""
    (sentence,) = refused(attributes=dated(), risk={"among": [condition]})
    assert f"column risk.among.{operator}, value" in sentence
    assert remedy in sentence


@pytest.mark.parametrize("key", ["rules", "limits"])
def test_a_code_is_declared_once(key: str) -> None:
    """Two rules or two limits of one code are a fault, for one would hide the other."""
    part = {"code": "twice", "meaning": {"en": "x"}}
    own = {"rules": {"when": [{"event": "decided"}]}, "limits": {"days": 30}}[key]
    (sentence,) = refused(**{key: [part | own, part | own]})
    assert f'column {key}, value "twice": is declared twice.' in sentence


@pytest.mark.parametrize("quota", ["per_handler", "per_unit"])
def test_a_quota_does_not_contradict_itself(quota: str) -> None:
    """More at least than at most is a fault when the file is read, not when a plan is drawn."""
    (sentence,) = refused(spot_checks={quota: {"at_least": 3, "at_most": 2}})
    assert "`at_least` is more than `at_most`" in sentence


@pytest.mark.parametrize(
    ("similar", "problem"),
    [
        (["days_open"], "is not a code"),
        (["suspects"], "is not a code"),
        (["kind"], "is the name of another way of being similar"),
        (["charge", "charge"], "is the name of another way of being similar"),
        (["office"], "is the name of another way of being similar"),
        (["charge", "office_of", "charge_and_office_of"], "is the name of another way"),
    ],
)
def test_cases_are_similar_by_codes_with_a_name_of_their_own(
    similar: list[str], problem: str
) -> None:
    """What no feature can be made of, or a feature of the same name, is a fault."""
    code = OFFICE["attributes"]["charge"]
    names = ("office", "office_of", "charge_and_office_of")
    attributes = OFFICE["attributes"] | dict.fromkeys(names, code)
    (sentence,) = refused(attributes=attributes, risk={"similar_by": similar})
    assert problem in sentence


@pytest.mark.parametrize(
    ("subject", "problem"),
    [
        ("suspects", "is not a code. Name an attribute of type code, kind or unit."),
        ("days_open", "is not a code. Name an attribute of type code, kind or unit."),
        ("charg", "is not declared in this office file. Did you mean `charge`?"),
    ],
)
def test_a_subject_is_a_code(subject: str, problem: str) -> None:
    """What says which cases concern the same subject is a declared code, kind or unit."""
    (sentence,) = refused(reviews=OFFICE["reviews"] | {"same_subject": subject})
    assert f'column reviews.same_subject, value "{subject}": {problem}' in sentence
    for fit in ("charge", "kind", "unit"):
        parse_office(
            copy.deepcopy(OFFICE) | {"reviews": OFFICE["reviews"] | {"same_subject": fit}}, "o"
        )


def test_a_query_is_short() -> None:
    """A query so long that parsing it would end the process is not handed on."""
    sql = "SELECT 1" + "+1" * 20_000 + " FROM c"
    (sentence,) = refused(tables={"cases": {"files": {"c": "cases.csv"}, "sql": sql}})
    assert "has more than 10,000 letters." in sentence


@pytest.mark.parametrize("path", ["a\x00b.csv", "a\nb.csv", "\x7f.csv"])
def test_a_path_holds_no_control_character(path: str) -> None:
    """No file can be called that, so it is a fault here."""
    (sentence,) = refused(tables={"cases": {"path": path}})
    assert "must be a path within the data folder" in sentence


def test_risk_asks_about_what_is_known_at_its_moment() -> None:
    """At intake no event and no later fact; at an activity any event, no fact of the closing."""
    (sentence,) = refused(risk={"at": "acepted"})
    assert 'column risk.at, value "acepted": is not declared' in sentence
    appealed = [{"attribute": "appealed", "equals": True}]
    decided = [{"event": "decided"}]
    thumb = [{"points": 1, "when": decided}]
    (sentence,) = refused(risk={"at": "intake", "rule_of_thumb": thumb})
    assert 'column risk.rule_of_thumb, value "decided": is not known at intake.' in sentence
    (sentence,) = refused(risk={"at": "accepted", "among": appealed, "rule_of_thumb": thumb})
    assert 'column risk.among, value "appealed": is not known before closing.' in sentence
    (sentence,) = refused(
        risk={"at": "accepted", "among": [{"attribute": "days_open", "at_least": 1}]}
    )
    assert 'value "days_open": is not known before closing.' in sentence


def test_rules_of_intake_ask_about_facts_of_intake() -> None:
    """A track or a skill cannot depend on what only later facts say."""
    late = {"code": "late", "meaning": {"en": "late"}, "when": [{"event": "decided"}]}
    (sentence,) = refused(intake={"rules": [late]})
    assert 'column intake.rules.late.when, value "decided": is not known at intake.' in sentence
    appealed = [{"attribute": "appealed", "equals": True}]
    (sentence,) = refused(assignment={"skills": [late | {"when": appealed}]})
    assert "Ask about one of: kind, unit, suspects, charge." in sentence


@pytest.mark.parametrize("attribute", ["charge", "suspects", "appealed"])
def test_effort_is_a_number_known_at_closing(attribute: str) -> None:
    """Effort is not measured by a code, or by what is known before the work is done."""
    (sentence,) = refused(effort={"attribute": attribute})
    assert f'column effort.attribute, value "{attribute}": is not a number known' in sentence


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"handler_known": 1}, 'handler_known, value "1": is not text, which stands in quotes.'),
        ({"fairness": "charge"}, 'fairness, value "charge": is not a list.'),
        ({"intake": 1}, 'intake, value "1": is not a table of keys and values.'),
        ({"assignment": {"floor": 2}}, 'assignment.floor, value "2": is above 1.'),
        ({"assignment": {"floor": "low"}}, 'floor, value "low": is not a number.'),
        ({"spot_checks": {"capacity_share": 0}}, 'capacity_share, value "0": is not above 0.'),
        ({"spot_checks": {"margin": 1}}, 'spot_checks.margin, value "1": is not below 1.'),
        ({"working_hours": {"first_hour": -1}}, 'first_hour, value "-1": is below 0.'),
        ({"working_hours": {"first_hour": 8.5}}, 'value "8.5": is not a whole number.'),
        ({"risk": {"use_handler": "maybe"}}, 'value "maybe": is neither true nor false.'),
        ({"accepted_leaks": [{"column": "charge", "reason": ""}]}, 'reason, value "": is empty.'),
        ({"reviews": {"grades": []}}, "reviews.grades: has fewer than 2 entries."),
        (
            {"reviews": OFFICE["reviews"] | {"blind": True, "hidden_share": 0.5}},
            "`blind` hides the risk of every case, `hidden_share` of some.",
        ),
        ({"reviews": OFFICE["reviews"] | {"hidden_share": 1.5}}, "hidden_share, value"),
        ({"activities": {"a;b": {"meaning": {"en": "a"}}}}, 'value "a;b": is not a code: at most'),
        ({"attributes": {"A": {}}}, 'value "A": is not a name: small letters, digits and `_`'),
        (
            {"intake": {"rules": [{"code": "r", "meaning": {"en": "r"}, "track": "easy"}]}},
            'track, value "easy": is not one of: simple, complex.',
        ),
        (
            {"rules": [{"code": "r", "meaning": {"en": "r"}, "valid_from": "soon"}]},
            'valid_from, value "soon": is not a date such as 2026-06-30.',
        ),
        ({"office": {"name": {"english": "Test"}}}, 'value "english": is not a language code'),
        ({"office": {"name": {"en": "a", "self": "b"}}}, "office.name.self, value"),
        ({"office": {"name": {"en\n": "a"}}}, "is not a language code"),
        ({"office": {"name": {"en": "", "zh": " "}}}, "needs words in at least one language."),
        ({"office": {"name": {"en": "a" * 2_001}}}, "has more than 2,000 letters."),
        ({"office": {"name": {}}}, "needs words in at least one language."),
    ],
)
def test_a_wrong_value_has_its_sentence(changes: dict[str, Any], sentence: str) -> None:
    """What a value must be is said in our words, whatever pydantic calls it."""
    assert any(sentence in fault for fault in refused(**changes))


def test_a_mark_before_the_text_is_no_fault(tmp_path: Path) -> None:
    """As some editors put one there."""
    file = tmp_path / "office.toml"
    file.write_text('[office]\nname.en = "a"\n[tables.cases]\npath = "cases.csv"\n', "utf-8-sig")
    assert load_office(file).office.name.say("en") == "a"


def test_every_wrong_language_code_is_listed() -> None:
    """Not the first alone."""
    faults = refused(office={"name": {"english": "Test", "german": "Test"}})
    assert ["name.english" in faults[0], "name.german" in faults[1]] == [True, True]


def test_an_office_speaks_a_language_that_there_is() -> None:
    """A language without texts is refused, with those that have some."""
    (sentence,) = refused(office={"name": {"en": "Test office"}, "language": "xx"})
    assert 'column office.language, value "xx": is not a language of this program' in sentence
    assert "en" in sentence.partition("there are: ")[2]


def test_effort_is_in_days_unless_the_office_says_otherwise() -> None:
    """What is measured, and its unit, are words of the office or of the program."""
    assert office().effort.measured.say("en") == "days from opening to closing"
    assert office().effort.measured_in.say("en") == "days"
    hours = office(effort={"unit": {"en": "hours"}, "meaning": {"en": "hours worked"}}).effort
    assert (hours.measured.say("en"), hours.measured_in.say("en")) == ("hours worked", "hours")


@pytest.mark.parametrize(
    "address",
    [
        "https://cases.example/{case_id}",
        "http://cases.example:8080/show?id={case_id}&view=all",
        "https://cases.example/#/{case_id}",
    ],
)
def test_a_link_into_the_case_system(address: str) -> None:
    """An address with a place for the case id, which is encoded."""
    links = office(links={"case": address}).links
    assert links.of_case("2026/7?a#b") == address.replace("{case_id}", "2026%2F7%3Fa%23b")
    assert office().links.of_case("a") is None


@pytest.mark.parametrize(
    "address",
    [
        *("javascript:alert({case_id})", "data:text/html,{case_id}", "ftp://a.example/{case_id}"),
        *("//a.example/{case_id}", "cases/{case_id}", "https:///{case_id}", "", "{case_id}"),
        *("https://a.example/", "https://a.example/{case_id}/{case_id}", "https://{case_id}/a"),
        *("https://a.example{case_id}", "https://a.example/{id}", "https://a.example/{{case_id}}"),
        *("https://me:word@a.example/{case_id}", "https://a.example/\n{case_id}"),
        *('https://a.example/"{case_id}', "https://a.example/ {case_id}", "https://[a/{case_id}"),
        "https://a.example/" + "a" * 500 + "{case_id}",
    ],
)
def test_an_address_that_is_none_or_leads_elsewhere_is_refused(address: str) -> None:
    """Another scheme, a case id in the name of the server, a user name, a letter of markup."""
    (fault,) = refused(links={"case": address})
    assert "links.case" in fault
