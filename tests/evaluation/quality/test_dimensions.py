"""In what defective cases were found wanting: by hand, and from raw rows of a small office."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

import polars as pl
import pytest

from cases.tables.tables import Tables, rows
from evaluation.quality.dimensions import MOST_SHOWN, Dimensions, dimensions
from evaluation.quality.office_quality import office_quality
from features.as_of import closing_moments
from features.build import build
from features.catalogue import catalogue
from tests.factories.office import OFFICE, office
from tests.factories.office import rows as table
from tests.factories.raw import cases_by_id, first_reviews

UNTIL = datetime(2024, 12, 31)
DECLARED = {
    "facts": {"meaning": {"en": "facts", "zh": "事实"}},
    "documents": {"meaning": {"en": "documents", "zh": "法律文书"}},
}
COLUMNS: dict[str, pl.DataType] = {
    "moment": pl.Datetime("us"),
    "y": pl.Float64(),
    "inclusion_probability": pl.Float64(),
    "dimensions": pl.String(),
}

# Twelve defective cases of the last year (one names nothing), ten of the year before, and one
# without a defect. The lottery's are drawn with chance a half and count for two.
BY_HAND = """
moment     | y | inclusion_probability | dimensions
2024-12-31 | 1 | 1                     | documents
2024-11-01 | 1 | 1                     | documents
2024-10-01 | 1 | 1                     | documents; facts
2024-09-01 | 1 | 1                     | facts;facts
2024-08-01 | 1 | 0.5                   | documents
2024-07-01 | 1 | 0.5                   | documents;facts
2024-06-01 | 1 | 0.5                   | documents
2024-05-01 | 1 | 0.5                   | facts
2024-04-01 | 1 | 0.5                   | facts
2024-03-01 | 1 | 0.5                   | documents
2024-02-01 | 1 | 0.5                   | documents
2024-01-01 | 1 | 0.5                   | -
2024-01-02 | 0 | 0.5                   | facts
2023-12-31 | 1 | 0.5                   | documents
2023-11-01 | 1 | 0.5                   | facts
2023-10-01 | 1 | 0.5                   | facts
2023-09-01 | 1 | 0.5                   | facts
2023-08-01 | 1 | 0.5                   | facts
2023-07-01 | 1 | 0.5                   | facts
2023-06-01 | 1 | 0.5                   | facts
2023-05-01 | 1 | 0.5                   | facts
2023-04-01 | 1 | 0.5                   | facts
2023-01-01 | 1 | 0.5                   | facts
2022-12-31 | 1 | 0.5                   | documents
"""


def found_in(
    reviewed: pl.DataFrame, declared: dict[str, Any] | None = None, *, surveyed: bool = True
) -> Dimensions:
    """The dimensions of reviewed cases in an office that declares these."""
    words = OFFICE["reviews"] | {"dimensions": DECLARED if declared is None else declared}
    return dimensions(office(reviews=words), reviewed, UNTIL, surveyed=surveyed)


def test_weighted_shares_by_hand() -> None:
    """Certain cases count once, lottery cases twice; a year begins the day after the last."""
    found = found_in(table(BY_HAND, COLUMNS))
    assert (found.surveyed, found.defective, found.unnamed) == (True, 12, 1)
    documents, facts = found.found
    assert (documents.code, documents.cases, facts.code, facts.cases) == (
        "documents",
        8,
        "facts",
        5,
    )
    assert documents.share.value == pytest.approx((3 + 5 * 2) / (4 + 7 * 2))
    assert facts.share.value == pytest.approx((2 + 3 * 2) / (4 + 7 * 2))
    assert documents.before.value == pytest.approx(1 / 10)
    assert (documents.share.n, documents.before.n) == (11, 10)
    assert "a defect in documents: 72% (" in found.says.say("en")
    assert "In the year before, documents was at 10% (" in found.says.say("en")
    assert "The next is facts, 44% (" in found.says.say("en")
    assert "1 of 12 reviews name no dimension" in found.says.say("en")
    assert "质量问题最常出现在评查维度“法律文书”：占72%（" in found.says.say("zh")
    assert "picked" not in found.says.say("en")


def test_picked_cases_count_alike_and_are_said_to_be_picked() -> None:
    """Without known chances every case counts once, and the sentence says whom it is about."""
    reviewed = table(BY_HAND, COLUMNS).with_columns(inclusion_probability=pl.lit(None, pl.Float64))
    found = found_in(reviewed, surveyed=False)
    assert [one.share.value for one in found.found] == pytest.approx([8 / 11, 5 / 11])
    assert "These are picked cases only" in found.says.say("en")
    assert "仅基于挑选的案件" in found.says.say("zh")


def test_an_old_dimension_counts_as_a_present_one() -> None:
    """It has no line of its own, and a case that names both counts once."""
    old = {"papers": {"meaning": {"en": "papers"}, "maps_to": "documents"}}
    told = pl.col("dimensions").str.replace("documents; facts", "papers;documents;facts")
    found = found_in(table(BY_HAND, COLUMNS).with_columns(told), DECLARED | old)
    assert [(one.code, one.cases) for one in found.found] == [("documents", 8), ("facts", 5)]


@pytest.mark.parametrize(("count", "told"), [(9, False), (10, True)])
def test_too_few_are_withheld(count: int, told: bool) -> None:
    """Below ten defective cases whose reviews name any dimension there are no shares."""
    year = table(BY_HAND, COLUMNS).filter(pl.col("moment") > datetime(2024, 1, 31))
    found = found_in(year.head(count))
    assert all((one.share.value is not None) == told for one in found.found)
    assert all(one.before.absent == "too_few" for one in found.found)
    assert ("too few for shares" in found.says.say("en")) == (not told)
    assert "year before" not in found.says.say("en")


def test_undeclared_dimensions_are_called_by_their_code() -> None:
    """An office that declares none sees what its reviews name, as it stands there."""
    found = found_in(table(BY_HAND, COLUMNS), {})
    assert [one.meaning.say("en") for one in found.found] == ["documents", "facts"]


def test_no_more_than_a_table_can_show() -> None:
    """Of hundreds of names in a free column the most frequent are kept."""
    names = [f"other {place}" for place in range(100)]
    reviewed = table(BY_HAND, COLUMNS).with_columns(
        dimensions=pl.format("{};{}", "dimensions", pl.lit(";".join(names)))
    )
    found = found_in(reviewed.filter(pl.col("moment") > datetime(2024, 6, 15)), {})
    assert len(found.found) == MOST_SHOWN


def test_reviews_that_name_none() -> None:
    """An office whose reviews name no dimension has no table, and the sentence says so."""
    nothing = table(BY_HAND, COLUMNS).with_columns(dimensions=pl.lit(None, pl.String))
    found = found_in(nothing)
    assert (found.found, found.defective, found.unnamed) == ((), 12, 12)
    assert "no review of a defective case names a dimension" in found.says.say("en")


def test_shares_of_the_small_office_from_raw_rows(tables: Tables) -> None:
    """Counted again row by row; all its chances are alike, so weights fall out."""
    cases, counts, named = cases_by_id(tables), Counter[str](), 0
    for key, review in first_reviews(tables, UNTIL).items():
        closed = cases[key]["closed_at"]
        if review["y"] and review["dimensions"] and datetime(2023, 12, 31) < closed <= UNTIL:
            named += 1
            counts.update(set(review["dimensions"].split(";")))
    found = office_quality(tables, UNTIL).dimensions
    assert {one.code: one.cases for one in found.found} == counts
    for one in found.found:
        assert one.share.value == pytest.approx(counts[one.code] / named)
        assert (one.share.n, one.before.absent) == (named, "too_few")
    assert found.found[0].code == counts.most_common(1)[0][0]


def test_no_feature_reads_dimensions(tables: Tables) -> None:
    """Features are the same whatever reviews name: it is known of reviewed cases only."""
    other = Tables.of(
        tables.office,
        tables.case_rows,
        events=tables.event_rows,
        reviews=tables.review_rows.with_columns(dimensions=pl.lit("effect")),
    )
    one, two = (
        rows(
            build(
                each, closing_moments(each, after=None, until=UNTIL), list(catalogue(each.office))
            )
        )
        for each in (tables, other)
    )
    assert one.sort("case_id").equals(two.sort("case_id"))
