"""What drift means for the office, in English and Chinese: a sentence each, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cases.language.catalogues import Language
from cases.language.messages import _
from cases.language.texts import Text
from cases.office.model import Office
from evaluation.drift.drift import OWN_SCORE, Against, Drift
from evaluation.drift.shifts import Cell, Shift
from evaluation.statistics.metrics import Figure
from features.catalogue import catalogue
from features.feature import Feature
from models.reasons.wording import say_value

MOST = 5  # findings of a comparison that are put in words; they mostly tell of one cause
EARLIER: dict[Against, Text] = {
    "training": _("in the time trained on"),
    "previous": _("in the period before"),
}
SCORES = {
    "risk": _("estimated risk by the case's own facts"),
    "complexity": _("estimated probability of a complex case"),
}
NEXT = {
    "missing": _(
        "Look at the data: ask who fills this in and since when otherwise, before training."
    ),
    "input": _("Ask whether the cases changed or only how they are recorded."),
    "score": _("Look at the inputs that moved with it; the order of a plan follows the scores."),
    "rate": _("See below whether the model follows; if it does, nothing needs to be done."),
    "calibration": _("Do not read the probabilities as rates until the model is trained anew."),
}
ADVICE = {
    "data": _(
        "Look at the data first: values are missing otherwise than before. Do not retrain yet."
    ),
    "retrain": _(
        "Retrain: the cases have changed and the probabilities no longer hold. Run `triage train`, then compare ranking and calibration in the report."
    ),
    "recalibrate": _(
        "Recalibrate: the cases are made as before, only the level is off. `triage train` with the reviews of this period moves it."
    ),
    "watch": _(
        "Nothing to do to the model: something has changed, but its probabilities still hold. Look again next period."
    ),
    "review": _(
        "Review a random sample: something has changed, and too few outcomes are known to say whether the probabilities still hold."
    ),
    "nothing": _("Nothing to do: no change beyond chance."),
}


@dataclass(frozen=True)
class Finding:
    """Something that changed, and what to do next about it."""

    what: Text
    next: Text


def advice(drift: Drift) -> Text:
    """The one thing to do after all findings."""
    return ADVICE[_advised(drift)]


def _advised(drift: Drift) -> str:
    shifts = [shift for found in drift.alarms.values() for shift in found]
    if any(_unfilled(shift) for shift in shifts):
        return "data"
    if not drift.any_alarm:
        return "nothing"
    if drift.calibration is None:
        return "review"
    if drift.calibration.alarm:
        return "retrain" if shifts else "recalibrate"
    return "watch"


def findings(drift: Drift, office: Office) -> tuple[Finding, ...]:
    """A sentence for everything that raised an alarm, at most `MOST` inputs per comparison."""
    return (*_inputs(drift, office), *_rates(drift), *_calibration(drift))


def _inputs(drift: Drift, office: Office) -> Iterator[Finding]:
    features = catalogue(office)
    for against, shifts in drift.alarms.items():
        # Inputs that move by the very same cases are told by one of them.
        told = list({(one.before, one.now): one for one in reversed(shifts)}.values())[::-1]
        for shift in told[:MOST]:
            yield Finding(_moved(drift, shift, against, features), NEXT[_kind(shift)])
        more = len(told) - MOST
        if more > 0:
            en = f"Other inputs that differ from what they were {EARLIER[against].en}: {more}."
            zh = f"与{EARLIER[against].zh}不同的其他输入项：{more}个。"
            yield Finding(Text(en=en, zh=zh), NEXT["input"])


def _kind(shift: Shift) -> str:
    if shift.name == OWN_SCORE:
        return "score"
    return "missing" if _unfilled(shift) else "input"


def _unfilled(shift: Shift) -> bool:
    """Whether an attribute is filled in otherwise; a step that did not happen is no gap."""
    return shift.cell.is_a == "missing" and shift.name.startswith("attribute.")


def _moved(drift: Drift, shift: Shift, against: Against, features: dict[str, Feature]) -> Text:
    feature = features.get(shift.name)

    def say(language: Language) -> str:
        name = (feature.meaning if feature else SCORES[drift.question]).say(language)
        where = _where(shift.cell, feature, language)
        was, now = (_percent(share, language) for share in (shift.before, shift.now))
        if language == "zh":
            return f"{name}：{where}的案件占{now}，{EARLIER[against].zh}为{was}。"
        return f"{name}: {where} in {now} of the cases, {EARLIER[against].en} in {was}."

    return Text(en=say("en"), zh=say("zh"))


def _where(cell: Cell, feature: Feature | None, language: Language) -> str:
    if cell.is_a == "missing":
        return "无记录" if language == "zh" else "not recorded"
    if cell.is_a == "other":
        return "其他少见取值" if language == "zh" else "a rare value"
    if isinstance(cell.value, str) or (feature and feature.unit == "flag"):
        return say_value(feature, cell.value, language) if feature else str(cell.value)
    said = say_value(feature, cell.value, language) if feature else f"{cell.value:.2f}"
    return f"不超过{said}" if language == "zh" else f"at most {said}"


def _rates(drift: Drift) -> Iterator[Finding]:
    for against, change in drift.rates.items():
        if change.alarm:
            was, now = drift.windows[against].rate, drift.now.rate
            known = "" if drift.surveyed else " (not from random reviews alone)"
            of = "" if drift.surveyed else "（不限于随机抽查）"
            en = (
                f"The base rate{known} is {_interval(now, 'en')}; it was {_interval(was, 'en')} "
                f"{EARLIER[against].en}."
            )
            before, here = _interval(was, "zh"), _interval(now, "zh")
            zh = f"基准率{of}为{here}，{EARLIER[against].zh}为{before}。"
            yield Finding(Text(en=en, zh=zh), NEXT["rate"])


def _calibration(drift: Drift) -> Iterator[Finding]:
    found = drift.calibration
    if found is not None and found.alarm:
        ratio = found.ratio
        figures = f"{ratio.value:.2f} ({ratio.low:.2f}-{ratio.high:.2f})"
        en = (
            f"The model expected {found.expected:.0f} cases with the outcome and "
            f"{found.observed:.0f} had it: observed over expected {figures}."
        )
        zh = f"模型预计{found.expected:.0f}件，实际{found.observed:.0f}件：二者之比为{figures}。"
        yield Finding(Text(en=en, zh=zh), NEXT["calibration"])


def _interval(rate: Figure, language: Language) -> str:
    shown = [_percent(one or 0.0, language) for one in (rate.value, rate.low, rate.high)]
    if language == "zh":
        return f"{shown[0]}（{shown[1]}至{shown[2]}）"
    return f"{shown[0]} ({shown[1]} to {shown[2]})"


def _percent(share: float, language: Language) -> str:
    return f"{100 * share:.1f}{'' if language == 'zh' else ' '}%"
