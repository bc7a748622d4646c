"""A grade as records: one append, and of two of one reading the first counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from cases.errors import BadInput, Refused
from serving.memory.current import Current
from serving.memory.grades import _key, record_grade
from serving.use_cases.context import ServiceContext
from serving.work.reviewing import Graded
from tests.factories.fakes import InMemory
from tests.serving.kept.forms import an_office
from tests.serving.use_cases.reviewing.office import Office, office_under_review

NOW = datetime(2026, 3, 20, 10, 0)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """With a plan under way."""
    return office_under_review(tmp_path)


def _step(office: Office, grade: str = "good", **changes: object) -> Graded:
    fields = {"case_id": "b", "reading": "first", "reviewer": "r1", "grade": grade} | changes
    return Graded(plan=office.plan.plan_id, **fields)


def _record(office: Office, step: Graded, now: Callable[[], ServiceContext] | None = None) -> None:
    latest = now or (lambda: office.context)
    record_grade(latest, office.current.record_all, step, NOW, 0.5, "u1")


def test_of_two_workers_that_record_one_reading_the_first_counts(office: Office) -> None:
    """Neither knew of the other when its grade was checked; the second is told."""
    stale = office.context
    _record(office, _step(office))

    def states() -> Iterator[ServiceContext]:
        yield stale
        yield office.context

    seen = states()
    with pytest.raises(Refused, match="graded already"):
        _record(office, _step(office, "bad"), lambda: next(seen))
    assert office.context.tables.review_rows.filter(case_id="b")["grade"].to_list() == ["good"]
    (taken,) = office.context.remembered.work.reviewing.graded["b"]
    assert taken.step.grade == "good"


def test_a_grade_that_is_there_is_not_recorded_again(office: Office) -> None:
    """It is refused before anything is written."""
    _record(office, _step(office))
    before = len(office.ledger.lines)
    with pytest.raises(Refused):
        _record(office, _step(office, "bad"))
    assert len(office.ledger.lines) == before


def test_a_consolidated_grade_is_one_whoever_gives_it(office: Office) -> None:
    """Two managers at once: the first one's counts."""
    case_id = office.twice()
    for reading in ("first", "second"):
        person = office.reader(case_id, reading)
        step = _step(office, case_id=case_id, reading=reading, reviewer=person)
        _record(office, step)
    one = _step(office, case_id=case_id, reading="consolidated", reviewer="m1")
    _record(office, one)
    with pytest.raises(Refused):
        _record(office, one.model_copy(update={"reviewer": "m2", "grade": "bad"}))


def test_a_row_that_a_file_would_be_refused_for_is_refused(office: Office) -> None:
    """A grade that is none, or a review before the closing."""
    with pytest.raises(BadInput):
        _record(office, _step(office, "no grade"))


def test_in_an_office_that_tells_its_checks_apart_a_grade_is_a_review() -> None:
    """Its row has the office's own word for one, without which it would not fit to the table."""
    current = Current(an_office(), InMemory())
    step = Graded(plan="p", case_id="a", reading="first", reviewer="r1", grade="good")
    record_grade(lambda: current.context, current.record_all, step, NOW, 0.5, "u1")
    assert current.context.tables.of_cases("reviews", ["a"])["kind"].to_list() == ["random"]


def test_no_request_takes_the_place_of_a_grade_by_its_key(office: Office) -> None:
    """Everybody can work out the parts of the key; a request cannot have such a key as a whole."""
    key = _key(_step(office))
    assert not key.isprintable()
