"""Tests of assignment: probabilities worked out by hand, limits that hold, a fair draw."""

from __future__ import annotations

from collections import Counter

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.errors import BadInput, Refused
from policies.assignment.assign import assign, usual_capacity
from policies.assignment.draw import draw_handlers
from policies.assignment.result import DrawnAssignment
from policies.assignment.verify import verify_assignment
from tests.factories.assignments import assigned, cases, chances, handlers, parameters, recusals

RAISE = "give the handler a working capacity above 0"
ONE = "case_id | kind\nc | k"


@pytest.mark.parametrize(
    ("loads", "floor", "expected"),
    [
        ("A | 0\nB | 1\nC | 2", 0.0, [1, 0, 0]),
        ("A | 0\nB | 1\nC | 2", 0.3, [0.8, 0.1, 0.1]),
        ("A | 0\nB | 1\nC | 2", 1.0, [0.3333, 0.3333, 0.3333]),
        ("A | 1\nB | 1\nC | 2", 0.0, [0.5, 0.5, 0]),
        ("A | 1\nB | 1\nC | 2", 0.3, [0.45, 0.45, 0.1]),
    ],
)
def test_one_case_goes_to_the_least_loaded_but_for_the_floor(
    loads: str, floor: float, expected: list[float]
) -> None:
    """The floor is a share of an even draw; the rest is the least loaded's, ties shared."""
    found = chances(assigned(ONE, f"handler | load\n{loads}", floor=floor))
    assert [found["c", who] for who in "ABC"] == expected


def test_load_counts_per_capacity() -> None:
    """Who can bear twice as much is the less loaded with the same work."""
    table = "handler | load | capacity\nA | 3 | 1\nB | 4 | 2\nC | 5 | -"
    assert usual_capacity(handlers(table)) == 1.5
    found = chances(assigned(ONE, table, floor=0.0))
    assert found["c", "B"] == 1  # (4 + 1/2) / 2, against 3.5 / 1 and 5.5 / 1.5


def test_a_batch_fills_the_valleys_first() -> None:
    """Three cases bring loads 0, 1, 3 to 2, 2, 3."""
    batch = "case_id | kind\na | k\nb | k\nc | k"
    found = assigned(batch, "handler | load\nA | 0\nB | 1\nC | 3", floor=0.0)
    assert found.loads["after"].to_list() == [2, 2, 3]
    assert found.loads["expected"].to_list() == pytest.approx([2, 2, 3])
    assert chances(found)["a", "A"] == pytest.approx(2 / 3, abs=1e-4)


def test_cases_alike_but_for_recusals_have_chances_as_even_as_can_be() -> None:
    """The draw and not the solver decides who gets which case."""
    batch = "case_id | kind\na | k\nb | k\nc | k"
    recused = "handler | case_id | party\nA | a | -"
    found = chances(assigned(batch, "handler\nA\nB\nC", recused, floor=0.0))
    assert found["a", "B"] == found["a", "C"] == 0.5
    assert found["b", "A"] == found["c", "A"] == 0.5
    assert found["b", "B"] == 0.25


def test_a_preferred_skill_weighs_as_much_as_one_usual_case() -> None:
    """Who has it is taken up to one case more; with two more, who lacks it."""
    case = "case_id | kind | prefers\nc | k | tax"
    near, far = (f"handler | load | skills\nA | {load} | tax\nB | 0 | -" for load in (0.9, 1.1))
    assert chances(assigned(case, near, floor=0.0))["c", "A"] == 1
    assert chances(assigned(case, far, floor=0.0))["c", "B"] == 1


def test_nobody_gets_more_open_cases_than_allowed() -> None:
    """Room for two of three cases: one is left, by random draw, and it says what would help."""
    batch = "case_id | kind\na | k\nb | k\nc | k"
    who = "handler | open_cases | most_open\nA | 2 | 3\nB | 0 | 1\nC | 5 | 5"
    left = set()
    for seed in range(30):
        found = assigned(batch, who, seed=str(seed))
        assert found.counts == {"drawn": 2, "designated": 0, "unassigned": 1}
        assert found.loads["open_after"].to_list() == [3, 1, 5]
        line = found.lines.filter(pl.col("how") == "unassigned").row(0, named=True)
        assert "raise most_open" in str(found.why[line["case_id"]])
        assert line["handler"] is None
        left.add(line["case_id"])
    assert left == {"a", "b", "c"}
    assert [str(note) for note in found.notes] == [
        "Handlers have too little room left; cases left unassigned: 1."
    ]
    assert chances(found)["a", None] == pytest.approx(1 / 3, abs=1e-4)


def test_the_floor_gives_way_where_room_is_short() -> None:
    """A handler with room for one case cannot keep a tenth of many cases; a note says so."""
    batch = "\n".join(["case_id | kind", *(f"c{i} | k" for i in range(40))])
    found = assigned(batch, "handler | load | most_open\nA | 99 | 1\nB | 0 | -")
    assert chances(found)["c0", "A"] == pytest.approx(1 / 40, abs=1e-4)
    assert "less than the floor: 1" in str(found.notes[0])


@pytest.mark.parametrize(
    ("who", "sentence"),
    [
        ("handler", "nobody is eligible: there are no handlers."),
        (
            "handler | capacity\nA | 0\nB | 0",
            "nobody is eligible: 2 with a working capacity of 0. Nearest is A: "
            + RAISE
            + ". Nearest is B: "
            + RAISE
            + ".",
        ),
        (
            "handler | unit | kinds\nA | - | j\nB | u | j\nC | v | -",
            (
                "nobody is eligible: 1 without a unit, 1 of another unit, 1 not taking this kind"
                ". Nearest is B: add k to the handler's kinds"
                ". Nearest is C: send the case to unit v."
            ),
        ),
    ],
)
def test_nobody_eligible_is_an_answer(who: str, sentence: str) -> None:
    """The case is returned unassigned, with who was kept away by what and what would help."""
    found = assigned("case_id | kind | unit\nc | k | u", who)
    assert str(found.why["c"]) == sentence
    assert found.counts["unassigned"] == 1


def test_a_designated_case_goes_where_it_was_designated() -> None:
    """It is marked with its reason and what spoke against it, and counts in the loads."""
    batch = "case_id | kind | effort | designated_handler | designation_reason\n"
    batch += "a | k | 5 | A | major case\nb | k | 1 | - | -"
    found = assigned(batch, "handler | kinds\nA | j;k\nB | j;k", floor=0.0)
    line = found.lines.row(0, named=True)
    assert (line["handler"], line["how"]) == ("A", "designated")
    assert str(found.why["a"]) == "designated: major case"
    assert found.designated_share == 0.5
    assert chances(found) == {("b", "A"): 0, ("b", "B"): 1}
    against = str(assigned(batch, "handler | kinds\nA | j\nB | k").why["a"])
    assert against.endswith("(although the handler does not take cases of kind k)")


def test_a_recused_handler_cannot_be_designated() -> None:
    """The recusal is the reason of the refusal."""
    batch = "case_id | kind | parties | designated_handler | designation_reason\n"
    batch += "a | k | Li | A | major case"
    with pytest.raises(Refused, match="a: A is recused from a party to this case"):
        assigned(batch, "handler\nA\nB", "handler | case_id | party\nA | - | Li")


def test_every_impossible_amount_is_listed() -> None:
    """Missing effort, effort of zero, and amounts of a handler below zero."""
    batch = "case_id | kind | effort\na | k | 1\nb | k | -\nc | k | 0"
    who = "handler | load | open_cases | capacity | most_open\nA | -1 | -2 | -3 | -4"
    with pytest.raises(BadInput) as caught:
        assigned(batch, who)
    assert Counter((str(f.where), f.column) for f in caught.value.faults) == Counter(
        [
            ("the cases", "effort"),
            ("the cases", "effort"),
            ("the handlers", "load"),
            ("the handlers", "open_cases"),
            ("the handlers", "capacity"),
            ("the handlers", "most_open"),
        ]
    )


DESIGNATED = "case_id | kind | designated_handler | designation_reason\n"


@pytest.mark.parametrize(
    ("batch", "who", "recused", "sentence"),
    [
        ("case_id | kind\na | k\na | k", "A", "", "every case_id is needed, and each once"),
        ("case_id | kind\n- | k", "A", "", "every case_id is needed, and each once"),
        (ONE, "A\nA", "", "every handler is needed, and each once"),
        (ONE, "A", "Y | c | -", "a handler of the recusals is not among the handlers"),
        (ONE, "A", "- | c | -", "a handler of the recusals is not among the handlers"),
        (ONE, "A", "A | - | -", "a recusal is from a case or from a party"),
        (DESIGNATED + "c | k | Z | x", "A", "", "a designated handler is not among the handlers"),
        (DESIGNATED + "c | k | A | -", "A", "", "a designation needs a reason"),
    ],
)
def test_what_those_who_read_the_tables_check_is_asserted(
    batch: str, who: str, recused: str, sentence: str
) -> None:
    """Cases, handlers and recusals that contradict each other never get here; if so, it says."""
    with pytest.raises(ValueError, match=sentence):
        assigned(batch, f"handler\n{who}", f"handler | case_id | party\n{recused}")


@pytest.mark.parametrize("effort", [0.001, 1.0, 1e6])
@pytest.mark.parametrize("load", [0.0, 1e6])
@pytest.mark.parametrize("capacity", [0.001, 1e6])
def test_amounts_of_any_size_are_shared_out(effort: float, load: float, capacity: float) -> None:
    """The extremes that are let in have chances that add up; beyond them is a fault."""
    batch = f"case_id | kind | effort\na | k | {effort}\nb | k | 1"
    who = f"handler | load | capacity\nA | {load} | {capacity}\nB | 0 | 1\nC | 5 | 0.5"
    assert assigned(batch, who).counts["drawn"] == 2
    for beyond in ("nan", "inf", "1e7", "0.0001"):
        with pytest.raises(BadInput, match="effort"):
            assigned(f"case_id | kind | effort\na | k | {beyond}", who)


def test_a_handlers_quality_history_is_not_read() -> None:
    """Columns that are not of the vocabulary change nothing, not even the input's hash."""
    who = handlers("handler | load\nA | 0\nB | 1")
    plain = assign(cases(ONE), who, recusals(), parameters())
    marked = who.with_columns(defect_rate=pl.Series([0.9, 0.0]), grade=pl.lit("bad"))
    assert_same(assign(cases(ONE), marked, recusals(), parameters()), plain)


def test_the_order_of_the_input_does_not_matter() -> None:
    """The same cases and handlers in another order are the same assignment."""
    batch = cases("case_id | kind\na | k\nb | k\nc | j")
    who = handlers("handler | load\nA | 0\nB | 1\nC | 1")
    plain = assign(batch, who, recusals(), parameters())
    assert_same(assign(batch.reverse(), who.reverse(), recusals(), parameters()), plain)


def assert_same(one: DrawnAssignment, other: DrawnAssignment) -> None:
    """Everything of two assignments is equal."""
    assert one.describe() == other.describe()
    for frame in ("lines", "chances", "excluded", "loads"):
        assert getattr(one, frame).equals(getattr(other, frame))


def test_each_case_has_its_chances() -> None:
    """Over 3,000 seeds no handler's share of a case is off by 4 standard deviations."""
    batch = "case_id | kind | effort\na | k | 1\nb | k | 3\nc | j | 2"
    who = "handler | load | kinds\nA | 0 | -\nB | 1 | k\nC | 2 | -"
    found = assigned(batch, who, floor=0.3)
    stated = chances(found)
    drawn: Counter[tuple[str, str | None]] = Counter()
    for seed in range(3000):
        drawn.update(draw_handlers(found.chances, str(seed)).items())
    for pair, chance in stated.items():
        spread = np.sqrt(chance * (1 - chance) / 3000)
        assert abs(drawn[pair] / 3000 - chance) <= 4 * spread + 1e-4


@st.composite
def offices(draw: st.DrawFn) -> tuple[str, str, str]:
    """Cases, handlers and recusals of a small office."""
    kinds = st.sampled_from(["k", "j"])
    efforts = st.sampled_from([0.2, 1, 1, 5])
    units = st.sampled_from(["u", "u", "v", "-"])
    amount = st.integers(0, 3)
    batch = [
        f"c{i} | {draw(kinds)} | {draw(units)} | {draw(efforts)} | {draw(st.sampled_from('-ab'))}"
        for i in range(draw(st.integers(0, 7)))
    ]
    number = draw(st.integers(0, 5))
    who = [
        f"H{i} | {draw(units)} | {draw(st.sampled_from(['k', 'k;j', '-']))} | {draw(amount)} "
        f"| {draw(amount)} | {draw(amount)} | {draw(st.sampled_from(['1', '3', '-', '-']))} | -"
        for i in range(number)
    ]
    pairs = draw(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 4)), max_size=4))
    recused = [f"H{h} | c{c} | -" for c, h in pairs if h < number]
    return (
        "\n".join(["case_id | kind | unit | effort | prefers", *batch]),
        "\n".join(
            ["handler | unit | kinds | load | open_cases | capacity | most_open | skills", *who]
        ),
        "\n".join(["handler | case_id | party", *recused]),
    )


@settings(max_examples=60)
@given(offices(), st.sampled_from([0.0, 0.1, 1.0]))
def test_what_every_assignment_keeps(office: tuple[str, str, str], floor: float) -> None:
    """Chances sum to one and keep the floor, the excluded get none, limits hold."""
    found = assigned(*office, floor=floor)
    listed = found.chances
    sums = listed.group_by("case_id").agg(pl.col("probability").sum())["probability"]
    assert np.allclose(sums, 1, atol=1e-8)
    pairs = found.excluded.select("case_id", "handler")
    assert listed.join(pairs, on=["case_id", "handler"]).is_empty()
    somebody = listed.drop_nulls("handler").with_columns(even=1 / pl.len().over("case_id"))
    if not any("floor" in str(note) for note in found.notes):
        assert (somebody["probability"] >= floor * somebody["even"] - 2e-8).all()
    limits = found.loads.join(handlers(office[1]).select("handler", "most_open"), on="handler")
    more = limits.filter(pl.col("open_after") > pl.col("open_before"))
    assert (more["open_after"] <= more["most_open"].fill_null(99)).all()
    number = found.lines.drop_nulls("handler").group_by("handler").len()
    expected = listed.group_by("handler").agg(pl.col("probability").sum())
    both = expected.join(number, on="handler", how="left").drop_nulls("handler")
    assert ((both["len"].fill_null(0) - both["probability"]).abs() < 1 + 1e-4).all()
    assert verify_assignment(found.describe(), found.chances, found.lines).matches
