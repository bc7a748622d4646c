"""Plans of an office's own cases and of given ones, without HTTP."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from cases.errors import Refused
from cases.tables.tables import REVIEWS
from features.families.rule_of_thumb import points
from policies.spot_check.plan import PlanParameters, why
from serving.use_cases.asked.named import OUTSIDE
from serving.use_cases.context import ServiceContext
from serving.use_cases.spot_checks import ALREADY_REVIEWED, spot_checks
from tests.factories.fakes import THEFT_ONLY, FakeModel, context, given
from tests.factories.office import OFFICE, office, rows
from tests.factories.small_office import without_reviews
from training.run import train


def _parameters(as_of: datetime, capacity: int = 5) -> PlanParameters:
    return PlanParameters(as_of=as_of, capacity=capacity, search_share=1.0, seed="1")


class Recording(FakeModel):
    """A model that notes which cases it explained, and against which."""

    def __init__(self) -> None:
        self.explained: list[tuple[set[str], set[str]]] = []

    def explain(self, code, x, top, *, against=0, among=None):
        """Note the cases."""
        self.explained.append((set(x["case_id"]), set(among["case_id"])))
        return super().explain(code, x, top, against=against, among=among)


@pytest.mark.parametrize(
    ("cases", "frame"), [(None, {"a", "b", "d"}), ([given("x"), given("y")], {"x", "y"})]
)
def test_reasons_are_against_the_frame(cases, frame):
    """The cases drawn are explained, and compared with all that could have been drawn."""
    model = Recording()
    plan = spot_checks(context(model), _parameters(datetime(2026, 6, 1), 1), cases).plan
    assert plan.lines.height < len(frame)
    assert model.explained == [(set(plan.lines["case_id"]), frame)]


def test_a_large_frame_is_compared_with_a_part(monkeypatch):
    """Cases evenly over the frame stand for all of it; those drawn are explained all the same."""
    monkeypatch.setattr("serving.use_cases.spot_checks.MOST_COMPARED", 2)
    model = Recording()
    spot_checks(context(model), _parameters(datetime(2026, 3, 1)))
    assert model.explained == [({"a", "b", "d"}, {"a", "d"})]


def test_progress_is_told_while_cases_are_scored():
    """Of a large office that takes most of the time of a plan."""
    told = []
    spot_checks(context(), _parameters(datetime(2026, 3, 1)), progress=lambda *at: told.append(at))
    assert told == [("scoring", 1.0)]


def test_a_rule_sees_what_was_recorded_after_closing():
    """A case decided after it was closed falls under the rule once that is recorded."""
    rule = {"code": "decided", "meaning": {"en": "decided"}, "when": [{"event": "decided"}]}
    of = context(rules=[rule])

    before = spot_checks(of, _parameters(datetime(2026, 2, 28)))
    after = spot_checks(of, _parameters(datetime(2026, 3, 1)))

    assert before.plan.lines.filter(case_id="a")["selected_by"].item() == "search"
    assert after.plan.lines.filter(case_id="a")["selected_by"].item() == "mandatory"


def test_given_cases_that_cannot_be_drawn_are_left_out_with_the_reason():
    """Those the model is not for, and those already reviewed; the others are drawn."""
    cases = [given("x"), given("y", kind="fraud"), given("c")]

    drawn = spot_checks(context(risk=THEFT_ONLY), _parameters(datetime(2026, 6, 1)), cases)

    assert drawn.left_out == {"y": OUTSIDE, "c": ALREADY_REVIEWED}
    assert drawn.plan.frame["case_id"].to_list() == ["x"]


def test_when_every_given_case_is_left_out_the_plan_is_empty():
    """The reasons are the answer, not an error."""
    drawn = spot_checks(context(), _parameters(datetime(2026, 6, 1)), [given("c")])

    assert drawn.plan.lines.is_empty()
    assert drawn.left_out == {"c": ALREADY_REVIEWED}


def test_a_plan_of_no_case_is_refused():
    """Before the first closing there is nothing to plan, and it says when cases were closed."""
    with pytest.raises(Refused, match=r"No case came up for review \(closing\) by 31 January 2026"):
        spot_checks(context(), _parameters(datetime(2026, 1, 31)))


@pytest.mark.parametrize(
    ("as_of", "notes"),
    [
        (datetime(2026, 2, 15), []),
        (datetime(2026, 3, 2), ["The newest record in the tables is of 1 March 2026"]),
    ],
)
def test_a_plan_says_what_it_does_not_reach_to(as_of, notes):
    """Tables that end before the day of the plan are noted; the same for given cases."""
    for cases in (None, [given("x", closed_at=datetime(2026, 1, 5))]):
        plan = spot_checks(context(), _parameters(as_of), cases).plan
        assert [str(note).partition(":")[0] for note in plan.notes] == notes


RULE = {"rule_of_thumb": [{"points": 1, "when": [{"attribute": "suspects", "at_least": 4}]}]}


@pytest.mark.parametrize(
    ("risk", "kind", "why_drawn"),
    [
        (RULE, "points", "the more points by the rule of thumb, the higher the probability"),
        ({}, "equal", "all risks are equal"),
    ],
)
def test_a_plan_by_each_start(risk, kind, why_drawn):
    """Before the first review there is a plan, which says by what, why, and what was refused."""
    tables = without_reviews(200, complexity=None, risk=risk)
    of = ServiceContext(tables, train(tables, datetime(2024, 3, 1)), ("version 2 was refused.",))
    parameters = PlanParameters(as_of=datetime(2024, 3, 1), capacity=20, seed="1")

    opened, closed = datetime(2024, 1, 2), datetime(2024, 2, 1)
    facts = [{"suspects": i % 6 + 0.0, "charge": "theft", "appealed": False} for i in range(60)]
    sent = [
        given(f"x{i}", opened_at=opened, closed_at=closed, attributes=fact, events=())
        for i, fact in enumerate(facts)
    ]
    for cases in (None, sent):
        drawn = spot_checks(of, parameters, cases)
        assert drawn.plan.lines.height == 20
        assert drawn.risks_by == kind
        assert "describes no reviews" in str(drawn.plan.notes[0])
        assert str(drawn.plan.notes[1]) == "version 2 was refused."
        line = drawn.plan.lines.row(0, named=True)
        assert why_drawn in str(why(line, of.office, drawn.risks_by))
        assert (drawn.plan.frame["risk"].n_unique() > 1) is (kind == "points")
        riskiest = drawn.reasons[line["case_id"]]
        assert [reason.feature for reason in riskiest] == list(points(of.office))


def test_a_plan_of_before_the_training_is_marked():
    """With hindsight anyone draws well, so the plan says that its model had it."""
    of = context()
    late = type(of.model)()
    late.about = of.model.about | {"trained_until": "2026-02-20T00:00:00"}

    plan = spot_checks(context(late), _parameters(datetime(2026, 2, 15))).plan

    assert "With hindsight: the model learnt from what was known by 20 February 2026" in str(
        plan.notes[0]
    )


def test_a_split_plan_sees_the_checks_made_by_its_day():
    """a failed its self check, b a later verification; a check after the day does not count."""
    kinds = {"own": "self_check", "other": "verification", "random": "review"}
    of = context(rules=[])
    told_apart = office(reviews=OFFICE["reviews"] | {"kinds": kinds}).reviews
    own = of.tables.office.model_copy(update={"reviews": told_apart})
    made = rows(
        """
        case_id | reviewed_at      | kind   | grade
        a       | 2026-02-01T08:00 | own    | bad
        b       | 2026-02-03       | own    | good
        b       | 2026-02-04       | other  | bad
        c       | 2026-02-20       | random | good
        d       | 2026-03-01       | own    | bad
        """,
        REVIEWS,
    )
    of = replace(of, tables=replace(of.tables, office=own).with_rows(reviews=made))
    asked = _parameters(datetime(2026, 2, 15), capacity=2)
    plan = spot_checks(of, asked.model_copy(update={"failed_check_share": 0.5})).plan
    assert dict(plan.frame.select("case_id", "failed_check").rows()) == {
        "a": True,
        "b": True,
        "c": False,
        "d": False,
    }
    assert plan.lines["failed_check"].sum() == 1
    assert "failed_check" not in spot_checks(of, asked).plan.frame.columns
