"""What truly makes a case go wrong, in log-odds of a defect."""

from __future__ import annotations

from datetime import datetime

from cases.demo.clock import day_of
from cases.demo.draws import Term, col, number

SELF_CHECK = datetime(2025, 7, 1)  # from then on every case is checked before it is archived

DAYS_A_YEAR, NOVEMBER = 365.25, 304

DEFECT = {
    "always": Term(-4.0, "every case"),
    "haste": Term(1.3, "how far into the last quarter of the limit, 0 to 1", col("haste")),
    "overload": Term(0.9, "the handler's new cases in 30 days / capacity - 1", col("overload")),
    "returns": Term(0.7, "returns for supplementary investigation", col("returns")),
    "extensions": Term(0.4, "extensions of the limit", col("extensions")),
    "reassigned": Term(0.7, "the case changed hands", number(col("reassigned"))),
    "few_interrogations": Term(
        0.9, "fewer interrogations than suspects", number(col("interrogated") < col("suspects"))
    ),
    "volume_rush": Term(
        0.45,
        "ln(evidence volumes / (days of work / limit))",
        (col("evidence_volumes") * col("limit") / col("days_worked")).log(),
    ),
    "suspects": Term(0.35, "ln(suspects)", col("suspects").log()),
    "cross_region": Term(0.4, "several regions", number(col("cross_region"))),
    "weak_bureau": Term(
        0.5, "from one of three police bureaus with weak files", number(col("weak_bureau"))
    ),
    "juvenile": Term(0.3, "a juvenile suspect", number(col("juvenile"))),
    "guilty_plea": Term(-0.5, "guilty-plea procedure", number(col("guilty_plea"))),
    "consulted": Term(-0.3, "consultations, at most 3", col("consulted").clip(0, 3)),
    "weakness": Term(0.25, "hidden weakness of the evidence (standard normal)", col("weakness")),
    "skill": Term(-0.15, "hidden skill of the handler (standard normal)", col("skill")),
    "self_check": Term(
        -0.35,
        "closed since 1 July 2025, when self-checks began",
        number(col("closed") >= day_of(SELF_CHECK)),
    ),
    "year_end": Term(
        0.3,
        "decided in November or December",
        number(col("decided") % DAYS_A_YEAR >= NOVEMBER),
    ),
}
