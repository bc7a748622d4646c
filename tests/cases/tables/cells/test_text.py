"""Letters that nobody sees: the same for a column of a table and for a text of a request."""

from __future__ import annotations

import sys
import unicodedata

import polars as pl

from cases.tables.cells.text import INVISIBLE, is_invisible
from cases.tables.specification.value_checks import BELOW, CUT, UNSEEABLE, no_name


def test_a_column_and_a_text_have_the_same_invisible_letters() -> None:
    """Every letter that Python's Unicode knows is seen by both or by neither."""
    letters = [chr(code) for code in range(sys.maxunicode + 1)]
    known = [one for one in letters if unicodedata.category(one) not in ("Cs", "Cn")]
    unseen = pl.Series(known).str.contains(INVISIBLE).to_list()
    assert [is_invisible(one) for one in known] == unseen


def test_what_no_table_takes_as_a_name_is_no_name() -> None:
    """A total is no case and no person, but may be a code."""
    assert no_name("a\u200b", of_cases_and_people=False) == UNSEEABLE
    assert no_name("2.1E+17", of_cases_and_people=False) == CUT
    assert no_name("total:", of_cases_and_people=True) == BELOW
    assert no_name("total:", of_cases_and_people=False) is None
    assert no_name("2024-17", of_cases_and_people=True) is None
