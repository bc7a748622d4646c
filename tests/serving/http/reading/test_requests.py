"""Reading requests: what is taken, what is refused, and that nothing else can happen."""

from __future__ import annotations

import json
from datetime import datetime

import hypothesis.strategies as st
import pytest
from hypothesis import given
from pydantic import BaseModel

from cases.errors import BadInput, Fault
from policies.seeds import LONGEST_SEED
from serving.http.reading.payloads import FIRST_YEAR, LARGEST_CAPACITY, LAST_YEAR, LONGEST_TEXT
from serving.http.reading.requests import RequestModels, given_cases, read, request_models
from serving.use_cases.asked.faults import MOST_FAULTS
from tests.factories.client import case, request
from tests.factories.office import office

MODELS = request_models(office())

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
names = st.sampled_from([*request(), "cases", "case_ids", *case(), "at", "activity"]) | st.text()
documents = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=6),
    max_leaves=20,
)
moments = st.datetimes(datetime(FIRST_YEAR, 1, 1), datetime(LAST_YEAR - 1, 12, 31))


def _faults(model: type[BaseModel], body: bytes) -> tuple[Fault, ...]:
    try:
        read(model, body)
    except BadInput as error:
        return error.faults
    return ()


@given(st.binary(max_size=200) | documents.map(lambda part: json.dumps(part).encode()))
def test_any_bytes_are_either_a_request_or_faults(body):
    """Whatever is sent, reading it ends in a request or in sentences."""
    for model in (MODELS.spot_check, MODELS.score):
        faults = _faults(model, body)
        assert len(faults) <= MOST_FAULTS + 1
        assert all(str(fault.problem) and str(fault.remedy) for fault in faults)


@given(
    moments,
    st.integers(1, LARGEST_CAPACITY),
    st.none() | st.floats(0, 1),
    st.none() | st.text(min_size=1, max_size=LONGEST_SEED),
)
def test_everything_within_the_bounds_is_read_as_it_was_meant(as_of, capacity, share, seed):
    """The bounds are the ones stated, both ends included."""
    body = request(as_of=as_of.isoformat(), capacity=capacity, search_share=share, seed=seed)

    read_back = read(MODELS.spot_check, json.dumps(body).encode())

    assert (read_back.as_of, read_back.capacity) == (as_of, capacity)
    assert (read_back.search_share, read_back.seed) == (share, seed)


@given(
    st.integers(max_value=0) | st.integers(min_value=LARGEST_CAPACITY + 1),
    st.floats(max_value=0, exclude_max=True) | st.floats(min_value=1, exclude_min=True),
    st.text(min_size=LONGEST_TEXT - 1, max_size=LONGEST_TEXT + 9),
)
def test_nothing_beyond_the_bounds_is_read(capacity, share, text):
    """One request with three values out of bounds has three faults, each at its place."""
    body = request(capacity=capacity, search_share=share, cases=[case(case_id=f"a{text}z")])

    with pytest.raises(BadInput) as error:
        read(MODELS.spot_check, json.dumps(body).encode())

    assert {fault.column for fault in error.value.faults} == {
        "capacity",
        "search_share",
        "cases[0].case_id",
    }


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-06-30", datetime(2026, 6, 30, 23, 59, 59, 999999)),
        ("2026-06-30T00:00", datetime(2026, 6, 30)),
        ("2026-06-30 17:05:00.25", datetime(2026, 6, 30, 17, 5, 0, 250000)),
    ],
)
def test_a_bare_date_means_to_the_end_of_that_day(text, moment):
    """What was recorded on the day itself counts, as it does on the command line."""
    assert read(MODELS.spot_check, json.dumps(request(as_of=text)).encode()).as_of == moment


@pytest.mark.parametrize("text", ["1899-12-31", "2100-01-01", "2150-01-01T08:00"])
def test_years_are_those_of_the_tables(text):
    """A moment that no table may hold is refused in a request too."""
    with pytest.raises(BadInput, match="outside the years 1900 to 2099"):
        read(MODELS.spot_check, json.dumps(request(as_of=text)).encode())


def test_an_attribute_may_be_called_anything_an_office_file_allows():
    """Names that mean something to the models are still only names of attributes."""
    odd = ["copy", "json", "schema", "model_fields", "events", "dict"]
    meaning = {"en": "a number"}
    described = {one: {"type": "number", "known": "intake", "meaning": meaning} for one in odd}
    fitted: RequestModels = request_models(office(attributes=described))
    body = {"cases": [case(attributes=dict.fromkeys(odd, 1.5))]}

    (only,) = given_cases(read(fitted.score, json.dumps(body).encode()).cases or ())

    assert only.attributes == dict.fromkeys(odd, 1.5)


def test_of_very_many_faults_the_first_are_told_and_the_rest_counted():
    """An answer stays readable however broken the request is."""
    body = request() | {f"field_{number}": 1 for number in range(MOST_FAULTS + 20)}

    with pytest.raises(BadInput) as error:
        read(MODELS.spot_check, json.dumps(body).encode())

    assert len(error.value.faults) == MOST_FAULTS + 1
    assert error.value.faults[-1].problem.say("en") == "has 20 more faults."
