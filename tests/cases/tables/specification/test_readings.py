"""The readings of a case in the review table: who reads second, and what a grade is made from."""

from __future__ import annotations

from pathlib import Path

import pytest

from cases.errors import BadInput
from tests.factories.files import OFFICE, load, write

HEAD = "case_id,reviewed_at,reviewer,grade,reading,risk_shown,inclusion_probability,kind\n"
FIRST = "a,2024-02-05,r1,good,first,yes,0.5,\n"
BLANK = "a,2024-02-05,r1,good,,no,0.5,\n"
SECOND = "a,2024-02-06,r2,bad,second,yes,0.5,\n"
AGREED = "a,2024-02-06,r1,bad,consolidated,,,\n"
CLOSED_AGAIN = "a,2024-03-06,r3,good,first,,,\na,2024-03-07,r1,bad,second,,,\n"
KINDS = '[reviews]\nkinds = { own = "self_check", random = "review" }\n'


def faults(folder: Path, *lines: str, office: str = OFFICE) -> list[str]:
    """The faults in the readings of a review table with these lines, by row."""
    files = {"reviews.csv": HEAD + "".join(lines), "office.toml": office}
    try:
        load(write(folder, **files))
    except BadInput as found:
        return [f"{fault.row}: {fault.problem}" for fault in found.faults]
    return []


@pytest.mark.parametrize("first", [FIRST, BLANK])
def test_a_case_is_read_twice_and_the_grades_are_consolidated(tmp_path: Path, first: str) -> None:
    """All in any order; the consolidated grade has the inclusion probability of its case."""
    files = {"reviews.csv": HEAD + AGREED + SECOND + first}
    reviews = load(write(tmp_path, **files)).review_rows
    assert reviews["inclusion_probability"].to_list() == [0.5, 0.5, 0.5]
    assert reviews["reading"].to_list() == ["consolidated", "second", first.split(",")[4] or None]
    assert reviews["risk_shown"].to_list() == [None, True, first == FIRST]


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ([FIRST, SECOND], []),
        ([SECOND], []),  # the second reader may be the quicker one
        ([FIRST, SECOND, CLOSED_AGAIN], []),
        ([SECOND.replace("r2", ""), FIRST], []),
        ([FIRST.replace("first", "third")], ["2: is not `first`, `second` or `consolidated`."]),
        ([FIRST, SECOND.replace("r2", "r1")], ["3: is a second reading by who made the first."]),
        (
            [SECOND, AGREED],
            ["3: is of a case that had no first and second reading by that day."],
        ),
        (
            [FIRST, AGREED],
            ["3: is of a case that had no first and second reading by that day."],
        ),
        (
            [FIRST, SECOND, AGREED.replace("02-06", "02-05")],
            ["4: is of a case that had no first and second reading by that day."],
        ),
        ([FIRST.replace("yes", "perhaps")], ["2: is not a flag."]),
    ],
)
def test_readings_that_do_not_fit_are_faults(
    tmp_path: Path, lines: list[str], fault: list[str]
) -> None:
    """A second reader is another person, and a grade is consolidated from two readings."""
    assert faults(tmp_path, *lines) == fault


def test_a_check_of_the_office_has_no_reading(tmp_path: Path) -> None:
    """Nor is it one of the two that a grade is consolidated from."""
    office = OFFICE.replace("[[reviews.grades]]", KINDS + "[[reviews.grades]]", 1)
    own, blank = (line.replace(",\n", ",own\n") for line in (FIRST, BLANK))
    second, agreed = (line.replace(",\n", ",random\n") for line in (SECOND, AGREED))
    assert faults(tmp_path, own, office=office) == [
        "2: is the reading of a check of the office's own; only a review has one."
    ]
    assert faults(tmp_path, blank, second.replace("r2", "r1"), office=office) == []
    assert faults(tmp_path, blank, second, agreed, office=office) == [
        "4: is of a case that had no first and second reading by that day."
    ]
