"""New cases: track, effort and handler, worked out by hand and over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import polars as pl
import pytest

from cases.errors import BadInput
from cases.tables.tables import RECUSALS, Tables, new_case_columns
from policies.assignment.who_may import who_may
from serving.use_cases.context import ServiceContext
from serving.use_cases.intake.staff import given_away, staff
from serving.use_cases.intake.suggesting import IntakeSuggestions, intake
from serving.use_cases.remembered import GIVEN
from tests.factories.client import ask
from tests.factories.fakes import FakeModel, context
from tests.factories.office import rows

NEW = """
case_id | opened_at        | kind  | unit | suspects | charge | parties
n1      | 2026-03-02T09:00 | fraud | u2   | 1        | theft  | -
n2      | 2026-03-02T10:00 | fraud | u2   | 3        | theft  | p1; p9
n3      | 2026-03-03T10:00 | theft | u1   | 8        | theft  | -
n4      | 2026-03-03T11:00 | fraud | u2   | 2        | bribe  | -
"""
BRIBES = {
    "rules": [
        {
            "code": "bribes",
            "meaning": {"en": "crimes of office", "zh": "职务犯罪"},
            "when": [{"attribute": "charge", "equals": "bribe"}],
        }
    ]
}


def new(text: str = NEW) -> pl.DataFrame:
    """New cases of the office."""
    return rows(text, new_case_columns(context().office))


def suggested(of: ServiceContext | None = None, text: str = NEW) -> IntakeSuggestions:
    """What is suggested for them, by a known seed."""
    return intake(of or context(intake=BRIBES), new(text), seed="s")


def test_tracks_follow_rules_first_and_cut_offs_then() -> None:
    """Below the lower cut-off simple, from the upper one on complex, between a person decides."""
    suggestions = suggested()
    cases = suggestions.cases
    assert cases["case_id"].to_list() == ["n1", "n2", "n3", "n4"]
    assert cases["track"].to_list() == ["simple", "person", "complex", "complex"]
    assert cases["rule"].to_list() == [None, None, None, "bribes"]
    assert str(suggestions.why["n4"]) == "Rule bribes: crimes of office."
    assert suggestions.why["n4"].say("zh") == "规则bribes：职务犯罪。"


def test_a_track_that_a_rule_settles_needs_no_other_reason() -> None:
    """Reasons are of the estimate; where a rule decides, the rule is the reason."""
    assert set(suggested().reasons) == {"n1", "n2", "n3"}


def test_loads_are_the_work_left_in_open_cases() -> None:
    """Open at the moment are c (h1), d and e (h2); nobody else carries any."""
    found = staff(context(), datetime(2026, 2, 2, 12)).select("handler", "load", "open_cases")
    assert found.sort("handler").rows() == [
        ("h1", 4.5, 1),
        ("h2", 2.0, 2),
        ("h3", 0.0, 0),
        ("h4", 0.0, 0),
        ("h5", 0.0, 0),
    ]


def test_what_was_given_since_counts_in_full_and_once() -> None:
    """Of cases given since the tables were read each counts once, unless the tables have it."""
    given = pl.DataFrame(
        [("n8", "h3", 2.5), ("n9", "h3", None), ("n9", "h2", 1.0), ("e", "h3", 9.0)],
        schema=GIVEN,
        orient="row",
    )
    given = given_away(context(), given)
    found = staff(context(), datetime(2026, 3, 2), given).select("handler", "load", "open_cases")
    assert found.sort("handler").rows()[1:3] == [("h2", 2.0, 2), ("h3", 2.5, 1)]


def test_who_may_take_a_case_and_who_may_not() -> None:
    """Unit, kind, absence and recusal each exclude, with the reason; the rest have chances."""
    assignment = suggested().assignment
    assert assignment is not None
    who = {case: group for group in who_may(assignment) for case in group.case_ids}
    assert {handler for handler, _probability in who["n1"].eligible} == {"h2", "h3"}
    assert [handler for handler, _probability in who["n2"].eligible] == ["h2"]
    excluded = {str(group.says): group.handlers for group in who["n2"].excluded}
    assert excluded["is recused from a party to this case"] == ("h3",)
    assert excluded["does not take cases of kind fraud"] == ("h4",)
    assert excluded["is absent: 2026-03-01 – 2026-03-31"] == ("h5",)
    assert [handler for handler, _probability in who["n3"].eligible] == ["h1"]
    assert who["n1"].case_ids == ("n1", "n4")


class Unable(FakeModel):
    """A model of an office where neither complexity nor effort could be trained."""

    codes = ("risk",)


def test_recusals_of_reviewers_are_no_part_of_an_intake() -> None:
    """Nobody of that name is among the handlers."""
    of = context()
    recusals = rows("handler | case_id | party\nh3 | - | p1\nr1 | a | -", RECUSALS)
    among = ServiceContext(of.tables.with_table("recusals", recusals), of.model)
    assert suggested(among).inputs.recusals["handler"].to_list() == ["h3"]


def test_without_models_people_decide_and_cases_count_the_same() -> None:
    """Rules still hold, handlers are still drawn, and two notes say what is not estimated."""
    found = suggested(context(Unable(), intake=BRIBES))
    assert found.cases["track"].to_list() == ["person", "person", "person", "complex"]
    assert found.cases["effort"].null_count() == 4
    assert len(found.notes) == 2
    assert found.assignment is not None
    loads = found.assignment.loads
    assert loads["after"].sum() - loads["before"].sum() == pytest.approx(4)
    assert "a person decides" in str(found.why["n1"])


def test_an_office_without_a_handler_table_gets_tracks_only() -> None:
    """Nobody is suggested, and a note says why."""
    whole = context(intake=BRIBES)
    bare = Tables.of(whole.office, whole.tables.case_rows)
    found = suggested(ServiceContext(bare, whole.model))
    assert (found.assignment, len(found.notes)) == (None, 1)
    assert found.cases["track"].to_list() == ["simple", "person", "complex", "complex"]


def test_a_moment_before_the_cases_came_in_is_bad_input() -> None:
    """What happens later than the moment asked about is not assigned."""
    with pytest.raises(BadInput, match="as_of: is before some of the cases were opened"):
        intake(context(), new(), datetime(2026, 3, 2, 9, 30))


def sent(**changes: Any) -> dict[str, Any]:
    """A new case as a request sends it."""
    return {
        "case_id": "n1",
        "opened_at": "2026-03-02T09:00",
        "kind": "fraud",
        "unit": "u2",
        "attributes": {"suspects": 3},
        "parties": ["p1"],
    } | changes


def test_the_service_answers_with_track_effort_and_handler() -> None:
    """The document has what is suggested, why, and everything needed to draw again."""
    answer = ask("POST", "/v1/intake", json={"cases": [sent()], "seed": "s"})
    assert answer.status_code == 200, answer.text
    told = answer.json()
    (case,) = told["cases"]
    assert (case["track"], case["effort"], case["handler"]) == ("person", 3.0, "h2")
    assert (case["how"], case["probability"]) == ("drawn", 1.0)
    assert case["reasons"][0]["sentence"] == "en: n1"
    assert told["who"][0]["eligible"] == [{"handler": "h2", "probability": 1.0}]
    load = {one["handler"]: (one["before"], one["after"]) for one in told["loads"]}
    assert load["h2"] == (1.0, 4.0)
    again = ask("POST", "/v1/intake", json={"cases": [sent()], "seed": "s"}).json()
    assert again == told


def test_cases_of_an_earlier_answer_count_in_the_next() -> None:
    """A caller says what was given since, so that the next case does not go by stale loads."""
    given = [{"case_id": "n0", "handler": "h2", "effort": 40}]
    told = ask("POST", "/v1/intake", json={"cases": [sent()], "given": given}).json()
    assert {one["handler"]: one["before"] for one in told["loads"]}["h2"] == 41.0


def test_what_was_given_is_not_given_again() -> None:
    """A case that was drawn once, and a handler nobody knows, are faults of `given`."""
    given = [{"case_id": "n1", "handler": "h2"}, {"case_id": "n0", "handler": "h9"}]
    answer = ask("POST", "/v1/intake", json={"cases": [sent()], "given": given})
    assert answer.status_code == 422
    problems = [fault["problem"] for fault in answer.json()["faults"]]
    assert problems == [
        "has been given to a handler already.",
        "is not a handler of the handler table.",
    ]


def test_blanks_around_an_id_make_no_other_case() -> None:
    """An id is what is between the blanks, so that no recusal and no check goes by it."""
    told = ask("POST", "/v1/intake", json={"cases": [sent(case_id=" n1 ")]}).json()
    assert told["cases"][0]["case_id"] == "n1"
    assert ask("POST", "/v1/intake", json={"cases": [sent(case_id="e ")]}).status_code == 422


def test_a_designation_is_kept_with_its_reason() -> None:
    """A chief's choice is told as such; its reason stands in the answer."""
    named = {"handler": "h4", "reason": "knows the matter"}
    told = ask("POST", "/v1/intake", json={"cases": [sent(designated=named)]}).json()
    assert (told["cases"][0]["handler"], told["cases"][0]["how"]) == ("h4", "designated")
    assert told["cases"][0]["how_so"].startswith("designated: knows the matter")
    assert told["designated_share"] == 1.0


def test_a_recused_handler_cannot_be_designated() -> None:
    """The request is refused and says who is recused."""
    named = {"handler": "h3", "reason": "free"}
    answer = ask("POST", "/v1/intake", json={"cases": [sent(designated=named)]})
    assert answer.status_code == 409
    assert "h3 is recused" in answer.json()["detail"]


BROKEN = [
    ({"kind": "frod"}, "cases[0].kind", "Did you mean `fraud`?"),
    ({"unit": "u9"}, "cases[0].unit", "Correct it"),
    ({"case_id": "a"}, "cases[0].case_id", "Leave it out."),
    ({"case_id": "e"}, "cases[0].case_id", "Leave it out: it is not a new case."),
    ({"designated": {"handler": "h9", "reason": "x"}}, "cases[0].designated.handler", "Corr"),
    ({"designated": {"handler": "h4"}}, "cases[0].designated.reason", "Add it."),
    ({"parties": ["p1;p2"]}, "cases[0].parties[0]", "Send one code per entry."),
    ({"attributes": {"appealed": True}}, "cases[0].attributes.appealed", "Remove it."),
    ({"closed_at": "2026-04-01"}, "cases[0].closed_at", "Did you mean `opened_at`?"),
]


@pytest.mark.parametrize(("change", "field", "remedy"), BROKEN)
def test_a_faulty_request_is_told_by_field(change: dict[str, Any], field: str, remedy: str) -> None:
    """Each fault names the field and what to do."""
    answer = ask("POST", "/v1/intake", json={"cases": [sent(**change)]})
    assert answer.status_code == 422, answer.text
    (fault,) = answer.json()["faults"]
    assert fault["field"] == field
    assert remedy in fault["remedy"]


def test_a_case_sent_twice_is_told() -> None:
    """Two cases of one id are a fault of the second."""
    answer = ask("POST", "/v1/intake", json={"cases": [sent(), sent()]})
    assert answer.json()["faults"][0]["field"] == "cases[1].case_id"


def test_nobody_eligible_is_an_answer() -> None:
    """Where every capacity is zero the case is unassigned, with what would change that."""
    none = context(handlers="handler | unit | capacity\nh2 | u2 | 0\nh3 | u2 | 0")
    (case,) = ask("POST", "/v1/intake", none, json={"cases": [sent()]}).json()["cases"]
    assert (case["handler"], case["how"]) == (None, "unassigned")
    assert case["how_so"].startswith("nobody is eligible: ")
    assert "give the handler a working capacity above 0" in case["how_so"]
