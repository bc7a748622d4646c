"""What drift means for the office: a sentence for each finding, and what to ask about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cases.language.messages import Sayable, _, sentences
from cases.office.model import Office
from evaluation.drift.drift import OWN_SCORE, Against, Drift, QuestionCode
from evaluation.drift.shifts import Cell, Shift
from evaluation.statistics.saying import number, percent
from features.catalogue import catalogue
from features.feature import Feature
from models.reasons.wording import say_value

MOST = 5  # findings of a comparison that are put in words; they mostly have one cause
EARLIER: Mapping[Against, Sayable] = {
    "training": _("in the time trained on"),
    "previous": _("in the period before"),
}
SCORES: Mapping[QuestionCode, Sayable] = {
    "risk": _("estimated risk by the case's own facts"),
    "complexity": _("estimated probability of a complex case"),
}
NEXT: Mapping[str, Sayable] = {
    "missing": _(
        "Look at the data before training: ask who fills this in, and since when it is different."
    ),
    "input": _("Ask whether the cases changed or only how they are recorded."),
    "score": _("Look at the inputs that moved with it; the order of a plan follows the scores."),
    "rate": _("See below whether the model's probabilities follow."),
    "calibration": _("Do not read the probabilities as rates until the model is trained again."),
}


@dataclass(frozen=True)
class DriftFinding:
    """Something that changed, and what to do next about it."""

    what: Sayable
    next: Sayable


def findings(drift: Drift, office: Office) -> tuple[DriftFinding, ...]:
    """A sentence for everything that raised an alarm, at most `MOST` inputs per comparison."""
    return (*_inputs(drift, office), *_rates(drift), *_calibration(drift), *_since(drift))


def _inputs(drift: Drift, office: Office) -> Iterator[DriftFinding]:
    features = catalogue(office)
    for against, shifts in drift.alarms.items():
        # Inputs that move by the very same cases are one finding: the first of them stands for all.
        by_cases = {(shift.before, shift.now): shift for shift in reversed(shifts)}
        distinct = list(by_cases.values())[::-1]
        for shift in distinct[:MOST]:
            name = _name(drift, features.get(shift.name))
            yield DriftFinding(_moved(shift, against, name, features), NEXT[_kind(shift)])
        if distinct[MOST:]:
            yield DriftFinding(_others(len(distinct) - MOST, against), NEXT["input"])


def _name(drift: Drift, feature: Feature | None) -> Sayable:
    return feature.meaning if feature else SCORES[drift.question]


def _others(count: int, against: Against) -> Sayable:
    return _(
        "Other inputs that differ from what they were {earlier}: {count}.",
        earlier=EARLIER[against],
        count=count,
    )


def _kind(shift: Shift) -> str:
    if shift.name == OWN_SCORE:
        return "score"
    return "missing" if shift.unfilled else "input"


def _moved(
    shift: Shift, against: Against, name: Sayable, features: Mapping[str, Feature]
) -> Sayable:
    return _(
        "{name}: {value} in {now:.1%} of the cases, {earlier} in {before:.1%}.",
        name=name,
        value=_value(shift.cell, features.get(shift.name)),
        now=shift.now,
        earlier=EARLIER[against],
        before=shift.before,
    )


def _value(cell: Cell, feature: Feature | None) -> Sayable | str:
    """Which values a share of cases is of."""
    if cell.is_a == "missing":
        return _("not recorded")
    if cell.is_a == "other":
        return _("a rare value")
    if isinstance(cell.value, str) or (feature and feature.unit == "flag"):
        return say_value(feature, cell.value) if feature else str(cell.value)
    if feature:
        return _("at most {value}", value=say_value(feature, cell.value))
    return _("at most {value:.2f}", value=cell.value)


def _rates(drift: Drift) -> Iterator[DriftFinding]:
    for against, change in drift.rates.items():
        if change.alarm:
            rates = _(
                "The base rate is {now}; it was {before} {earlier}.",
                now=percent(drift.now.rate),
                before=percent(drift.windows[against].rate),
                earlier=EARLIER[against],
            )
            not_random = _("These are not random reviews alone.")
            says = rates if drift.surveyed else sentences(rates, not_random)
            yield DriftFinding(says, NEXT["rate"])


def _calibration(drift: Drift) -> Iterator[DriftFinding]:
    calibration = drift.calibration
    if calibration is not None and calibration.alarm:
        says = _(
            "The model expected {expected:.0f} cases with the outcome and {observed:.0f} had it: "
            "observed over expected {ratio}.",
            expected=calibration.expected,
            observed=calibration.observed,
            ratio=number(calibration.ratio),
        )
        yield DriftFinding(says, NEXT["calibration"])


def _since(drift: Drift) -> Iterator[DriftFinding]:
    since = drift.since
    if since is not None and since.alarm:
        says = _(
            "Of all {outcomes:,} outcomes known since training, looked at one after another, the "
            "first {shown_after:,} already showed that the level is off; observed over expected "
            "is {ratio:.2f}.",
            outcomes=since.outcomes,
            shown_after=since.shown_after,
            ratio=since.ratio,
        )
        yield DriftFinding(says, NEXT["calibration"])
