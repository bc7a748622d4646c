"""Tests of who reviews what: who may, shares as published, two different readers, refusals."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.errors import BadInput
from policies.assignment.draw import draw_handlers
from policies.reviewers.draw import DrawnReviewers, Reading, eligible_for
from tests.factories.assignments import chances, readers

ONE = "case_id | kind | unit\nc | k | u"
ADD = "Add a reviewer to the reviewer table who may review it."
THREE = (
    "reviewer | unit | kinds | absent_until\nA | u | - | -\nB | - | j | -\nC | - | k | 2026-03-09"
)
TWICE = "case_id | kind | unit | second_review\nc | k | u | true"


def given_to(found: DrawnReviewers) -> Mapping[tuple[str, Reading], str | None]:
    """Who reads each case."""
    return {(one.case_id, one.reading): one.reviewer for one in found.given}


def why(found: DrawnReviewers, case_id: str = "c", reading: Reading = "first") -> str:
    """Why a reading goes where it goes."""
    return next(str(g.why) for g in found.given if (g.case_id, g.reading) == (case_id, reading))


@pytest.mark.parametrize(
    ("case_table", "who", "recused", "kept_away"),
    [
        ("case_id | kind | handled_by\nc | k | A;H", "reviewer\nA\nB", "", "handled"),
        (ONE, "reviewer\nA\nB", "A | c | -", "recused_case"),
        (ONE, "reviewer | unit\nA | u\nB | v", "", "same_unit"),
        (ONE, "reviewer | kinds\nA | j\nB | j;k", "", "kind"),
        (ONE, "reviewer | capacity\nA | 0\nB | -", "", "capacity"),
        (ONE, "reviewer | absent_from\nA | 2026-03-02\nB | 2026-03-03", "", "absent"),
        (ONE, "reviewer | absent_until\nA | 2026-03-02\nB | 2026-03-01", "", "absent"),
        (ONE, "reviewer | open_cases | most_open\nA | 3 | 3\nB | 2 | 3", "", "most_open"),
    ],
)
def test_who_may_not_review_a_case(case_table: str, who: str, recused: str, kept_away: str) -> None:
    """Each obstacle keeps A away and not B, and is said by its name; by hand as in the draw."""
    found = readers(case_table, who, f"handler | case_id | party\n{recused}", other_unit=True)
    assert given_to(found) == {("c", "first"): "B"}
    excluded = found.draws["first"].excluded.select("handler", "reason").rows()
    assert excluded == [("A", kept_away)]
    day = found.parameters.as_of.date()
    people = (found.cases, found.reviewers, found.recusals)
    assert eligible_for(*people, day, other_unit=True) == {"B"}
    assert eligible_for(*people, day, other_unit=True, first={"c": "B"}) == set()


def test_own_units_are_open_unless_the_office_closes_them() -> None:
    """Without `other_unit`, and where the reviewer or the case has no unit."""
    who = "reviewer | unit\nA | u"
    assert given_to(readers(ONE, who))["c", "first"] == "A"
    assert given_to(readers(ONE, who, other_unit=True))["c", "first"] is None
    assert given_to(readers(ONE, "reviewer\nA", other_unit=True))["c", "first"] == "A"
    no_unit = "case_id | kind\nc | k"
    assert given_to(readers(no_unit, who, other_unit=True))["c", "first"] == "A"


def test_work_is_balanced_and_everybody_keeps_the_floor() -> None:
    """Of four cases A, with three to review, gets none but for the floor of a tenth."""
    batch = "\n".join(["case_id | kind", *(f"c{i} | k" for i in range(4))])
    who = "reviewer | open_cases\nA | 3\nB | 0\nC | 0"
    found = readers(batch, who)
    first = chances(found.draws["first"])
    assert first["c0", "A"] == pytest.approx(0.1 / 3, abs=1e-4)
    assert first["c0", "B"] == first["c0", "C"] == pytest.approx((1 - 0.1 / 3) / 2, abs=1e-4)
    even = readers(batch, who, floor=1.0)
    assert chances(even.draws["first"])["c0", "A"] == pytest.approx(1 / 3, abs=1e-4)


def test_the_second_reader_is_another_one() -> None:
    """With two reviewers each reads what the other read first; the first reader is named."""
    for seed in range(8):
        found = readers(TWICE, "reviewer\nA\nB", seed=str(seed))
        assert {*given_to(found).values()} == {"A", "B"}
        first = given_to(found)["c", "first"]
        assert found.draws["second"].excluded.row(0)[1:3] == (first, "first_reader")


def test_what_the_first_draw_gave_counts_as_work_in_the_second() -> None:
    """Of three reviewers the one who reads nothing first is the least loaded one."""
    batch = "case_id | kind | second_review\na | k | true\nb | k | -"
    found = readers(batch, "reviewer\nA\nB\nC", floor=0.0)
    free = {"A", "B", "C"} - {given_to(found)["a", "first"], given_to(found)["b", "first"]}
    assert {given_to(found)["a", "second"]} == free
    assert found.draws["second"].loads["after"].to_list() == [1, 1, 1]


@pytest.mark.parametrize(
    ("case_table", "who", "reading", "sentence"),
    [
        (ONE, "reviewer", "first", "nobody is eligible: there are no reviewers. " + ADD),
        (
            ONE,
            THREE,
            "first",
            (
                "nobody is eligible: 1 of the case's unit, 1 not reviewing this kind, 1 absent. "
                "Nearest is B: add k to the reviewer's kinds. "
                "Nearest is C: wait for the reviewer's return (absent: … – 2026-03-09)."
            ),
        ),
        (
            "case_id | kind | handled_by\nc | k | A",
            "reviewer\nA",
            "first",
            "nobody is eligible: 1 who worked on the case. " + ADD,
        ),
        (
            TWICE,
            "reviewer\nA",
            "second",
            "nobody is eligible: 1 reviewing it first. " + ADD,
        ),
        (
            TWICE,
            "reviewer | capacity\nA | 0",
            "second",
            "nobody reviews it first yet, so nobody can review it second",
        ),
    ],
)
def test_nobody_eligible_is_an_answer(
    case_table: str, who: str, reading: Reading, sentence: str
) -> None:
    """It says who was kept away by what, and what would change it."""
    found = readers(case_table, who, other_unit=True)
    assert given_to(found)["c", reading] is None
    assert why(found, reading=reading).startswith(sentence)


def test_a_case_without_a_reviewer_does_not_stop_the_others() -> None:
    """One has nobody eligible, one finds no room: the third is drawn, and each says why."""
    batch = "case_id | kind | handled_by\na | k | A;B\nb | k | B\nc | k | B"
    found = readers(batch, "reviewer | most_open\nA | 1\nB | -")
    given = given_to(found)
    assert given["a", "first"] is None
    assert sorted([given["b", "first"] or "", given["c", "first"] or ""]) == ["", "A"]
    left = next(one for one in found.given if one.case_id != "a" and one.reviewer is None)
    assert "nobody has room left" in str(left.why)
    assert [str(note) for note in found.notes] == [
        "Reviewers have too little room left; readings without a reviewer: 1."
    ]


def test_a_recusal_from_a_party_is_not_passed_over_in_silence() -> None:
    """The parties of a closed case are not known: a note says that the cases are to be named."""
    found = readers(ONE, "reviewer\nA", "handler | case_id | party\nA | - | p1")
    assert [str(note)[:60] for note in found.notes] == [
        "Recusals of reviewers that name a party and no case: 1. Part"
    ]


def test_impossible_amounts_are_of_the_reviewers() -> None:
    """A capacity that cannot be compared is named with its row."""
    with pytest.raises(BadInput, match=r"the reviewers.*capacity"):
        readers(ONE, "reviewer | capacity\nA | 1e9")


def world(number: int) -> tuple[str, str, str]:
    """Cases, reviewers and recusals in which every obstacle occurs."""
    luck = random.Random(number)  # noqa: S311
    names = [f"R{i}" for i in range(8)]
    cases = ["case_id | kind | unit | handled_by | second_review"]
    for i in range(30):
        worked = ";".join(["H", *luck.sample(names, luck.choice([0, 0, 1, 2]))])
        twice = "true" if luck.random() < 0.4 else "false"
        cases.append(f"c{i:02d} | {luck.choice('jk')} | {luck.choice('uvw')} | {worked} | {twice}")
    people = ["reviewer | unit | kinds | capacity | most_open | open_cases | absent_until"]
    for name in names:
        unit, kinds = luck.choice(["u", "v", "-"]), luck.choice(["-", "-", "j", "j;k"])
        most, away = luck.choice(["-", "9"]), luck.choice(["-", "-", "-", "2026-04-01"])
        capacity = luck.choice([1, 2, 3])
        people.append(f"{name} | {unit} | {kinds} | {capacity} | {most} | 2 | {away}")
    recused = ["handler | case_id | party"]
    recused += [f"{luck.choice(names)} | c{luck.randrange(30):02d} | -" for _ in range(6)]
    return "\n".join(cases), "\n".join(people), "\n".join(recused)


@settings(max_examples=15)
@given(number=st.integers(0, 10_000), seed=st.text(min_size=1, max_size=20))
def test_draws_keep_every_rule_and_can_be_made_again(number: int, seed: str) -> None:
    """In any world: nobody excluded reads, readers differ, and the same seed draws the same."""
    tables = world(number)
    found = readers(*tables, seed=seed, other_unit=True)
    for drawn in found.draws.values():
        excluded = {*drawn.excluded.select("case_id", "handler").iter_rows()}
        pairs = drawn.lines.drop_nulls("handler").select("case_id", "handler").rows()
        assert excluded.isdisjoint(pairs)
        again = draw_handlers(drawn.chances, drawn.parameters.seed)
        assert {case: who for case, who in again.items() if who is not None} == dict(pairs)
    given_now = given_to(found)
    twice = [case for case, reading in given_now if reading == "second"]
    assert twice == found.cases.filter("second_review")["case_id"].to_list()
    for case in twice:
        assert given_now[case, "second"] is None or (
            given_now[case, "second"] != given_now[case, "first"] is not None
        )
    other = readers(*(_shuffled(table, number) for table in tables), seed=seed, other_unit=True)
    assert (other.draw_id, given_to(other)) == (found.draw_id, given_now)


def _shuffled(table: str, number: int) -> str:
    head, *body = table.splitlines()
    if head.startswith("handler"):  # the order of recusals is theirs
        return table
    random.Random(number).shuffle(body)  # noqa: S311
    return "\n".join([head, *body])


def test_shares_come_out_as_published() -> None:
    """Over 600 seeds each reviewer gets each reading as often as was published.

    The second readings given the first readers as they were drawn; tolerance four and a half
    standard errors.
    """
    batch, who, recused = world(4)
    found = readers(batch, who, recused, other_unit=True)
    for reading, drawn in found.draws.items():
        seeds = [found.parameters.model_copy(update={"seed": str(n)}) for n in range(600)]
        counts = Counter[tuple[str, str | None]]()
        for parameters in seeds:
            counts.update(draw_handlers(drawn.chances, parameters.of_reading(reading).seed).items())
        for case, reviewer, p in drawn.chances[["case_id", "handler", "probability"]].iter_rows():
            error = np.sqrt(p * (1 - p) / len(seeds))
            assert abs(counts[case, reviewer] / len(seeds) - p) <= 4.5 * error + 1e-6
