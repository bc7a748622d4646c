"""A commitment leaves nothing to choose: every change of what a draw depends on is named."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.errors import BadInput
from cases.integrity.canonical import Domain, digest
from cases.office.loading import parse_office
from policies.spot_check.commitment import (
    Beacon,
    Commitment,
    PlanInputs,
    commit,
    draw_seed,
    office_hash,
    read_commitment,
    seed_hash,
)
from policies.spot_check.committed import check, worth
from policies.spot_check.plan import PlanParameters
from tests.factories.frames import frame
from tests.factories.office import office

SECRET, VALUE = "0123456789abcdef", "3 7 12 31 40 (8)"
MADE_AT = datetime(2026, 7, 1, 9)
BEACON = Beacon(source="Union Lotto, draw 2026075", time=datetime(2026, 7, 2, 21, 15))
RULE = {
    "code": "acquittal",
    "meaning": {"en": "acquitted"},
    "when": [{"attribute": "appealed", "equals": True}],
}
OFFICE = office(rules=[RULE])


def inputs(seed: str | None = None, **changes: Any) -> PlanInputs:
    """What a plan is drawn from; with the draw's own seed once it is known."""
    parameters = PlanParameters(
        as_of=datetime(2026, 6, 30),
        capacity=4,
        search_share=0.5,
        seed=draw_seed(SECRET, VALUE) if seed is None else seed,
    )
    made = PlanInputs.of(
        frame([0.1, 0.2, 0.3, 0.9], ruled={2}),
        parameters,
        OFFICE,
        digest(Domain.MODEL, {"risk.txt": "a"}),
        "0.1.0",
    )
    return replace(made, **changes)


def parameters(**changes: Any) -> dict[str, Any]:
    """The plain parameters of `inputs`, changed."""
    return dict(inputs().parameters) | changes


def said(commitment: Commitment, *made: Any) -> list[str]:
    """The differences in English."""
    return [problem.say("en") for problem in check(commitment, *made)]


PROMISED = commit(inputs("not known yet"), SECRET, MADE_AT, BEACON)


def test_a_draw_as_committed_differs_in_nothing() -> None:
    """With a beacon, and without one."""
    assert said(PROMISED, inputs(), SECRET, VALUE) == []
    alone = commit(inputs("not known yet"), SECRET, MADE_AT)
    assert said(alone, inputs(SECRET), SECRET) == []


def test_what_an_office_keeps_reads_back_to_the_same_hash() -> None:
    """The plain values of an office file make the same office again, now and as JSON."""
    plain = OFFICE.model_dump(mode="json")
    assert parse_office(plain, "office.json") == OFFICE
    assert office_hash(json.loads(json.dumps(plain))) == office_hash(plain)


def _rule_removed() -> dict[str, Any]:
    return OFFICE.model_copy(update={"rules": ()}).model_dump(mode="json")


WHOLE = inputs().frame
NOT_THE_FRAME = "The frame is not the one that was committed to."
NOT_THE_OFFICE = "The office file is not the one that was committed to."
REWRITES: dict[str, tuple[dict[str, Any], str]] = {
    "a case removed": (
        {"frame": WHOLE.head(3)},
        "The frame has 3 cases, the commitment 4.",
    ),
    "a case added": (
        {"frame": pl.concat([WHOLE, WHOLE.tail(1).with_columns(case_id=pl.lit("c9"))])},
        "The frame has 5 cases, the commitment 4.",
    ),
    "a case exchanged": (
        {"frame": WHOLE.with_columns(case_id=pl.Series(["c0", "c1", "c2", "c4"]))},
        NOT_THE_FRAME,
    ),
    "a risk": (
        {"frame": WHOLE.with_columns(risk=pl.Series([0.1, 0.2, 0.3, 0.001]))},
        NOT_THE_FRAME,
    ),
    "a rule in the frame": (
        {"frame": WHOLE.with_columns(rule=pl.lit(None, pl.String))},
        NOT_THE_FRAME,
    ),
    "order of the frame": ({"frame": WHOLE.reverse()}, NOT_THE_FRAME),
    "a rule of the office": ({"office": _rule_removed()}, NOT_THE_OFFICE),
    "a quota": (
        {"parameters": parameters(per_unit={"at_least": 1, "share": 0.0, "at_most": None})},
        (
            'The parameter per_unit is {"at_least": 1, "at_most": null, "share": 0.0}, '
            'the commitment says {"at_least": 0, "at_most": null, "share": 0.0}.'
        ),
    ),
    "capacity": (
        {"parameters": parameters(capacity=3)},
        "The parameter capacity is 3, the commitment says 4.",
    ),
    "search share": (
        {"parameters": parameters(search_share=0.9)},
        "The parameter search_share is 0.9, the commitment says 0.5.",
    ),
    "second readings": (
        {"parameters": parameters(second_share=True)},
        "The parameter second_share is true, the commitment says 0.0.",
    ),
    "as-of day": (
        {"parameters": parameters(as_of="2026-07-01T00:00:00")},
        'The parameter as_of is "2026-07-01T00:00:00", the commitment says "2026-06-30T00:00:00".',
    ),
    "a parameter that did not exist": (
        {"parameters": parameters(floor=0.1)},
        "The parameter floor is 0.1, the commitment says null.",
    ),
    "seed": (
        {"parameters": parameters(seed="2")},
        "The seed of the draw is not the one that the commitment leads to.",
    ),
    "model": ({"model": "b" * 64}, "The model is not the one that was committed to."),
    "program": ({"code": "0.2.0"}, "The program was version 0.2.0, the commitment says 0.1.0."),
}


@pytest.mark.parametrize("name", REWRITES)
def test_every_rewrite_is_named(name: str) -> None:
    """Each alone, however consistent the rewritten plan is with itself."""
    changes, sentence = REWRITES[name]
    assert said(PROMISED, inputs(**changes), SECRET, VALUE) == [sentence]


def test_another_secret_seed_is_named() -> None:
    """Also where the draw follows from it."""
    other = "fedcba9876543210"
    drawn = inputs(draw_seed(other, VALUE))
    assert said(PROMISED, drawn, other, VALUE) == [
        "The secret seed is not the one that was committed to."
    ]


def test_the_value_is_what_the_checker_knows() -> None:
    """Not what the office says it was; without it the seed cannot be checked."""
    chosen = inputs(draw_seed(SECRET, "another value"))
    assert said(PROMISED, chosen, SECRET, VALUE) == [
        "The seed of the draw is not the one that the commitment leads to."
    ]
    assert said(PROMISED, inputs(), SECRET) == [
        (
            "The commitment waits for Union Lotto, draw 2026075 of 2 July 2026 21:15; its value "
            "is needed to check the seed."
        )
    ]


def test_a_value_that_nobody_announced_counts_for_nothing() -> None:
    """A beacon named after the commitment is one of many that the office could name."""
    alone = commit(inputs("not known yet"), SECRET, MADE_AT)
    assert said(alone, inputs(), SECRET, VALUE) == [
        "The commitment names no beacon, but a value of one is given."
    ]


def test_a_beacon_of_the_past_is_refused_and_named() -> None:
    """When committing and, of a file that says so, when checking."""
    past = Beacon(source="an old draw", time=MADE_AT)
    with pytest.raises(BadInput, match="is not a time to come"):
        commit(inputs(), SECRET, MADE_AT, past)
    assert said(PROMISED.model_copy(update={"beacon": past}), inputs(), SECRET, VALUE) == [
        "The beacon's value could be known when the commitment was made."
    ]


@pytest.mark.parametrize("secret", ["", "2026", "x" * 101, "0123456789abcde\n"])
def test_a_seed_that_could_be_guessed_is_refused(secret: str) -> None:
    """Whoever finds it by trying knows the draw before it is made."""
    with pytest.raises(BadInput, match="is not a secret seed") as caught:
        commit(inputs(), secret, MADE_AT)
    assert not secret or secret not in str(caught.value)


@pytest.mark.parametrize("spelling", ["3 7 12 31 40 (8)", "3-7-12-31-40-8", " 3,7,12,31,40,８\n"])
def test_the_spelling_of_a_value_leaves_nothing_to_choose(spelling: str) -> None:
    """Spaces, punctuation and width do not count."""
    assert draw_seed(SECRET, spelling) == draw_seed(SECRET, VALUE)
    assert draw_seed(SECRET, "AB12") == draw_seed(SECRET, "ab12")


@given(
    st.tuples(st.text(min_size=1), st.integers(0)), st.tuples(st.text(min_size=1), st.integers(0))
)
def test_the_seed_of_a_draw_needs_both(left: tuple[str, int], right: tuple[str, int]) -> None:
    """Another secret or another value, another seed; no part runs into the other."""
    seeds = {draw_seed(secret, str(value)) for secret, value in (left, right)}
    assert len(seeds) == len({left, right})


@pytest.mark.parametrize("value", ["", " ", "-.,()"])
def test_a_value_without_letters_or_digits_is_refused(value: str) -> None:
    """It would make the seed from nothing."""
    with pytest.raises(BadInput, match=r"the beacon.*is not a value"):
        draw_seed(SECRET, value)


def test_the_secret_does_not_stand_in_what_is_published() -> None:
    """Nor a hash of it that another use would give."""
    assert SECRET not in PROMISED.text
    assert "seed" not in PROMISED.parameters
    assert PROMISED.seed == seed_hash(SECRET) != digest(Domain.DRAW_SEED, SECRET)


def test_a_commitment_is_read_back(tmp_path: Path) -> None:
    """As it was written, with the same hash."""
    path = tmp_path / "commitment.json"
    path.write_text(PROMISED.text, "utf-8")
    again = read_commitment(path)
    assert (again, again.hash) == (PROMISED, PROMISED.hash)


def test_every_part_changes_the_hash() -> None:
    """So that publishing the hash alone binds as well."""
    others = [
        PROMISED.model_copy(update={name: value})
        for name, value in {
            "made_at": datetime(2026, 7, 1, 10),
            "frame_cases": 5,
            "frame": "0" * 64,
            "parameters": {},
            "office": "0" * 64,
            "model": "0" * 64,
            "code": "1",
            "seed": "0" * 64,
            "beacon": None,
        }.items()
    ]
    assert len({PROMISED.hash, *(other.hash for other in others)}) == len(others) + 1


CHANGED_TEXTS: dict[str, Callable[[str], str]] = {
    "nothing": lambda _text: "",
    "a list": lambda _text: "[]",
    "nested deeply": lambda _text: "[" * 100_000,
    "another format": lambda text: text.replace('"format": 1', '"format": 2'),
    "no frame": lambda text: text.replace('"frame":', '"frames":'),
    "a hash that is none": lambda text: text.replace(PROMISED.frame, PROMISED.frame.upper()),
    "a number that is none": lambda text: text.replace("0.5", "NaN"),
    "a further blank": lambda text: text + " ",
    "a key twice": lambda text: text.replace("{", '{\n "code": "9",', 1),
    "far too long": lambda text: text + " " * 100_000,
    "a time with a zone": lambda text: text.replace("T21:15:00", "T21:15:00Z"),
}


@pytest.mark.parametrize("name", CHANGED_TEXTS)
def test_what_is_not_a_commitment_is_refused(tmp_path: Path, name: str) -> None:
    """In one sentence, whatever stands in it."""
    path = tmp_path / "commitment.json"
    path.write_text(CHANGED_TEXTS[name](PROMISED.text), "utf-8")
    with pytest.raises(BadInput, match=r"commitment\.json: is not a commitment\. Give the file"):
        read_commitment(path)


def test_a_file_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    """With its name."""
    with pytest.raises(BadInput, match=r"commitment\.json: is not there"):
        read_commitment(tmp_path / "commitment.json")


@given(st.binary(max_size=200))
def test_no_content_does_anything_else(tmp_path_factory: Any, content: bytes) -> None:
    """Only a sentence."""
    path = tmp_path_factory.mktemp("any") / "commitment.json"
    path.write_bytes(content)
    with pytest.raises(BadInput, match="is not a commitment"):
        read_commitment(path)


def test_what_a_draw_is_worth() -> None:
    """Nothing fixed, fixed by the office alone, and nothing left to choose."""
    alone = commit(inputs(), SECRET, MADE_AT)
    sentences = [worth(given).say("en") for given in (None, alone, PROMISED)]
    assert sentences[0].startswith("No commitment was published before the draw.")
    assert "could have tried several" in sentences[1]
    assert "before 2 July 2026 21:15, nothing was left to choose" in sentences[2]
