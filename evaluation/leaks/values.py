"""Values that stand for an outcome, in one column or in several that are parts of it.

Cases are compared with those of the same kind and quarter. A special value (blank, UNKNOWN, zero)
says nothing about a case, so it may raise or lower the odds of the outcome by little; a value that
says something, by more. The limits are odds ratios that honest values do not reach (docs/leaks.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from cases.errors import shorten
from cases.language.messages import Sayable, _, listed
from cases.numeric import Flags
from cases.office.model import INTAKE, Office
from cases.tables.values import TIME
from evaluation.leaks.areas import FALSE_ALARM
from evaluation.leaks.findings import BY_OUTCOME, Finding, Severity, finding
from evaluation.leaks.odds import TwoByTwo
from evaluation.leaks.power import LabelledQuestion, older
from evaluation.leaks.special import special_values
from features.as_of import known_when

SPECIAL, SPECIAL_BLATANT = 3.0, 6.0
ORDINARY = 20.0
VALUES = 20  # of a code that are looked at, the most frequent
FEWEST = 5  # labelled cases with the value, and without
WORTH = 0.01  # of the outcome's cases, less that share of the others, that a further part adds


@dataclass(frozen=True)
class Value:
    """A value of a column and the labelled cases that have it."""

    column: str
    name: Sayable | str
    special: bool
    cases: Flags


@dataclass(frozen=True)
class Compared:
    """The labelled cases of a question, in order of time, and what they are compared by."""

    rows: pl.DataFrame
    outcome: Flags
    stratum: pl.Series

    @classmethod
    def of(cls, cases: pl.DataFrame, question: LabelledQuestion) -> Compared:
        """The labelled among `cases`, compared within their kind and quarter of their moment."""
        joined = question.labels.join(cases, on="case_id", maintain_order="left")
        stratum = joined.select(pl.struct(pl.col("moment").dt.truncate("1q"), "kind").rank("dense"))
        return cls(joined, joined["y"].to_numpy() == 1, stratum.to_series())

    def counted(self, flags: Flags, among: Flags | None = None) -> TwoByTwo:
        """How often `flags` and the outcome go together, in the cases `among`."""
        if among is None:
            return TwoByTwo.of(flags, self.outcome, self.stratum)
        return TwoByTwo.of(flags[among], self.outcome[among], self.stratum.filter(among))


def standing_for_outcome(
    cases: pl.DataFrame, office: Office, question: LabelledQuestion
) -> Iterator[Finding]:
    """Columns with a value that stands for the outcome; then columns that do so together."""
    compared = Compared.of(cases, question)
    values = list(looked_at(compared.rows, scanned(office, question)))
    found = dict(_alone(compared, values, office, question))
    yield from found.values()
    yield from _together(
        compared, [value for value in values if value.column not in found], office, question
    )


def scanned(office: Office, question: LabelledQuestion) -> list[str]:
    """The attributes that the question's model may use, but for those that define the outcome."""
    defining = set[str | None]()
    if question.name == "complexity" and office.complexity is not None:
        defining = {test.attribute for test in office.complexity.any_of}
    used = [name for name in office.attributes if f"attribute.{name}" in question.features]
    return [name for name in used if name not in defining]


def looked_at(rows: pl.DataFrame, names: Sequence[str]) -> Iterator[Value]:
    """The special values of the columns, and their most frequent other values but for dates."""
    for name in names:
        special = np.zeros(rows.height, bool)
        for word, flags in special_values(rows[name]):
            cases = flags.to_numpy()
            special |= cases
            if _enough(cases):
                yield Value(name, word, special=True, cases=cases)
        if rows.schema[name] != TIME:
            for value in most_frequent(rows[name].filter(~special)):
                cases = (rows[name] == value).fill_null(value=False).to_numpy()
                if _enough(cases):
                    yield Value(name, _in_words(value), special=False, cases=cases)


def _enough(cases: Flags) -> bool:
    return FEWEST <= int(cases.sum()) <= cases.size - FEWEST


def _in_words(value: str | bool | float) -> str:
    return f"{value:g}" if isinstance(value, float) else shorten(str(value))


def most_frequent(column: pl.Series) -> list[str | bool | float]:
    """The values that stand most often, at most `VALUES`."""
    counts = column.drop_nulls().value_counts(name="::cases")
    ordered = counts.sort("::cases", column.name, descending=[True, False])
    return ordered[column.name].to_list()[:VALUES]


def _alone(
    compared: Compared, values: Sequence[Value], office: Office, question: LabelledQuestion
) -> Iterator[tuple[str, Finding]]:
    """Of each column the value that surely passes its limit and sets the outcome most apart."""
    levels = level_by_sort(values)
    ranked = []
    for value in values:
        table, level = compared.counted(value.cases), levels[value.special]
        severity = passes(table, level, value.special) or passes(
            table.against, level, value.special
        )
        if severity is not None:
            apart = abs(_youden(value.cases, compared.outcome))
            ranked.append((apart, value, severity))
    # The most telling comes last and so is the one that stays in a mapping by column.
    for _apart, value, severity in sorted(ranked, key=lambda found: found[0]):
        late = not value.special and known_when(office, value.column) != INTAKE
        said: Severity = "suspicious" if late else severity
        yield value.column, _found(compared, value, office, question, said)


def level_by_sort(values: Sequence[Value]) -> dict[bool, float]:
    """The level of a test of a value, in either direction, by whether it is special.

    Special values are few and the others many; half of the false alarms is for either sort.
    """
    special = sum(value.special for value in values)
    counts = {True: special, False: len(values) - special}
    return {sort: FALSE_ALARM / 2 / max(1, 2 * count) for sort, count in counts.items()}


def passes(table: TwoByTwo, level: float, special: bool) -> Severity | None:
    """What to make of a value by how it surely raises the odds."""
    if table.surely_above(SPECIAL_BLATANT if special else ORDINARY, level):
        return "blatant"
    return "suspicious" if special and table.surely_above(SPECIAL, level) else None


def _found(
    compared: Compared, value: Value, office: Office, question: LabelledQuestion, said: Severity
) -> Finding:
    evidence = _(
        "The value “{code}” stands in {inside:.1%} of {m:,} {group} and in {outside:.1%} of {n:,} "
        "{rest}.",
        code=value.name,
        **_shares(compared, value.cases, question),
    )
    return finding(office, value.column, said, evidence)


def _shares(compared: Compared, flags: Flags, question: LabelledQuestion) -> dict[str, object]:
    y, words = compared.outcome, BY_OUTCOME[question.name]
    return {
        "inside": float(flags[y].mean()),
        "m": int(y.sum()),
        "group": words.group,
        "outside": float(flags[~y].mean()),
        "n": int((~y).sum()),
        "rest": words.rest,
    }


def _together(
    compared: Compared, values: Sequence[Value], office: Office, question: LabelledQuestion
) -> Iterator[Finding]:
    """Columns of which any one gives the outcome: chosen on older cases, tried on later ones."""
    old = older(compared.outcome.size)
    parts = chosen(compared, values, old)
    columns = sorted({column for column, _flags in parts})
    if len(columns) < 2:  # noqa: PLR2004
        return
    union = np.logical_or.reduce([flags for _column, flags in parts])
    if compared.counted(union, ~old).surely_above(ORDINARY, FALSE_ALARM):
        evidence = _(
            "{columns} together stand for the outcome: at least one of them says so for "
            "{inside:.1%} of {m:,} {group} and for {outside:.1%} of {n:,} {rest}.",
            columns=listed(columns),
            **_shares(compared, union, question),
        )
        for column in columns:
            yield finding(office, column, "blatant", evidence)


def chosen(compared: Compared, values: Sequence[Value], among: Flags) -> list[tuple[str, Flags]]:
    """The parts of the outcome, each a column and which cases it marks; greedily, best first.

    A value marks its cases, or all others where it goes against the outcome. Those count that
    reach the limit by the look of it `among` these cases. A part is worth the share of the
    outcome's cases that it adds, less the share of other cases (Youden's index).
    """
    open_to = [
        (value.column, flags)
        for value in values
        for flags in (value.cases, ~value.cases)
        if compared.counted(flags, among).odds_ratio > ORDINARY
    ]
    y, parts, union = compared.outcome[among], [], np.zeros(int(among.sum()), bool)
    while open_to:
        worth = [_youden(union | flags[among], y) for _column, flags in open_to]
        best = int(np.argmax(worth))
        if worth[best] < _youden(union, y) + WORTH:
            break
        parts.append(open_to.pop(best))
        union |= parts[-1][1][among]
    return parts


def _youden(flags: Flags, y: Flags) -> float:
    return float(flags[y].mean() - flags[~y].mean())
