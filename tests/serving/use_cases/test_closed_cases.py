"""Why there is no case to check."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from serving.use_cases.closed_cases import none_to_check
from tests.factories.fakes import context

JUNE = datetime(2026, 6, 1)
OF_NONE = {"among": [{"attribute": "kind", "equals": "assault"}]}
OF_MANY_SUSPECTS = {"among": [{"attribute": "suspects", "at_least": 7}]}  # case c alone


@pytest.mark.parametrize(
    ("as_of", "after", "risk", "why"),
    [
        (
            datetime(2026, 1, 5),
            None,
            {},
            (
                "No case was closed by 5 January 2026. The tables hold closings from 1 February "
                "2026 to 4 February 2026."
            ),
        ),
        (
            JUNE,
            datetime(2026, 5, 1),
            {},
            "No case was closed after 1 May 2026 and by 1 June 2026. The tables hold closings",
        ),
        (JUNE, None, OF_NONE, "4 cases were closed in that time, and none is of the kinds"),
        (JUNE, None, OF_MANY_SUSPECTS, "The only case closed in that time whose risk is"),
    ],
)
def test_each_cause_has_its_own_words(
    as_of: datetime, after: datetime | None, risk: dict[str, Any], why: str
) -> None:
    """None closed in that time, none of the kinds, or all of them reviewed."""
    refused = none_to_check(context(risk=risk).tables, as_of, after)
    assert str(refused.message).startswith(why)


def test_an_office_without_a_closed_case_says_so() -> None:
    """There is no first or last closing to name."""
    tables = context().tables
    none = tables.with_rows(cases=tables.case_rows.clear())
    assert str(none_to_check(none, JUNE, None).message) == "The tables hold no closed case."
