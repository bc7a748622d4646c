"""In which dimensions the demo's defective cases have a defect."""

from __future__ import annotations

import numpy as np
import polars as pl

from cases.demo.draws import Term, col, number, total
from cases.demo.reviews.drawn import DEFECT_GRADES

# The share of defective reviews that name one dimension, two, three.
NAMED = (0.5, 0.35, 0.15)

# How much a dimension weighs, as a logarithm; `docs/demo_office.md` prints these.
DIMENSIONS = {
    "evidence": {
        "always": Term(0.0, "every case"),
        "returns": Term(0.8, "returns for supplementary investigation", col("returns")),
        "few_interrogations": Term(
            0.8, "fewer interrogations than suspects", number(col("interrogated") < col("suspects"))
        ),
        "weakness": Term(0.4, "hidden weakness of the evidence (standard normal)", col("weakness")),
    },
    "facts": {
        "always": Term(-0.5, "every case"),
        "suspects": Term(0.4, "ln(suspects)", col("suspects").log()),
    },
    "application_of_law": {
        "always": Term(-0.7, "every case"),
        "cross_region": Term(0.6, "several regions", number(col("cross_region"))),
    },
    "procedure": {
        "always": Term(-0.4, "every case"),
        "haste": Term(0.8, "how far into the last quarter of the limit, 0 to 1", col("haste")),
        "extensions": Term(0.6, "extensions of the limit", col("extensions")),
    },
    "documents": {
        "always": Term(-0.1, "every case"),
        "haste": Term(0.9, "how far into the last quarter of the limit, 0 to 1", col("haste")),
    },
    "explanation": {
        "always": Term(-1.0, "every case"),
        "guilty_plea": Term(0.4, "guilty-plea procedure", number(col("guilty_plea"))),
    },
    "effect": {
        "always": Term(-1.6, "every case"),
        "juvenile": Term(0.6, "a juvenile suspect", number(col("juvenile"))),
    },
    "responsibility": {
        "always": Term(-2.0, "every case"),
        "reassigned": Term(1.2, "the case changed hands", number(col("reassigned"))),
    },
    "business_system": {
        "always": Term(-1.0, "every case"),
        "overload": Term(0.5, "the handler's new cases in 30 days / capacity - 1", col("overload")),
    },
}


def with_dimensions(
    rng: np.random.Generator, reviews: pl.DataFrame, cases: pl.DataFrame
) -> pl.DataFrame:
    """`reviews` with `named`, drawn for each, and the same as `dimensions` where it found a defect.

    What a case is wanting in does not depend on whether that is found.
    """
    defect = col("grade").is_in(DEFECT_GRADES)
    named = draw_dimensions(rng, reviews, cases)
    return reviews.with_columns(named=named, dimensions=pl.when(defect).then(named))


def true_dimensions(
    rng: np.random.Generator, reviews: pl.DataFrame, cases: pl.DataFrame
) -> pl.Series:
    """The dimensions of each case's defect, if it has one: what its first review would name."""
    first = reviews.unique("case_id", keep="first").select("case_id", "named")
    known = cases.select("case_id").join(first, on="case_id", how="left", maintain_order="left")
    return known["named"].fill_null(draw_dimensions(rng, cases, cases))


def draw_dimensions(rng: np.random.Generator, rows: pl.DataFrame, cases: pl.DataFrame) -> pl.Series:
    """For each of `rows` (`case_id`) one to three dimensions of its case, separated by `;`.

    Several are drawn one after the other, each by its share of the weights of those left;
    the largest of log weight plus Gumbel noise are such a draw (Yellott 1977, Journal of
    Mathematical Psychology 15).
    """
    known = rows.select("case_id").join(
        cases.select("case_id", **{name: total(terms) for name, terms in DIMENSIONS.items()}),
        on="case_id",
        how="left",
        maintain_order="left",
    )
    log_weight = known.select(list(DIMENSIONS)).to_numpy()
    order = np.argsort(-(log_weight + rng.gumbel(size=log_weight.shape)), axis=1)
    count = rng.choice(np.arange(1, len(NAMED) + 1), size=rows.height, p=NAMED)
    names = np.array(list(DIMENSIONS))
    cells = [
        ";".join(names[np.sort(ranked[:most])]) for ranked, most in zip(order, count, strict=True)
    ]
    return pl.Series(cells, dtype=pl.String)
