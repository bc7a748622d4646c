"""What drift means for the office, in English and Chinese: a sentence each, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cases.office.model import Language, Office, Text
from evaluation.drift.drift import OWN_SCORE, Against, Drift
from evaluation.drift.shifts import Cell, Shift
from evaluation.statistics.metrics import Figure
from features.catalogue import catalogue
from features.feature import Feature
from models.reasons.wording import say_value

MOST = 5  # findings of a comparison that are put in words; they mostly tell of one cause
EARLIER: dict[Against, Text] = {
    "training": Text(en="in the time trained on", zh="训练期"),
    "previous": Text(en="in the period before", zh="上一时段"),
}
SCORES = {
    "risk": Text(en="estimated risk by the case's own facts", zh="按案件自身情况估计的风险"),
    "complexity": Text(en="estimated probability of a complex case", zh="复杂案件概率估计值"),
}
NEXT = {
    "missing": Text(
        en="Look at the data: ask who fills this in and since when otherwise, before training.",
        zh="先核查数据：训练之前，查明该项由谁填写、何时起有变化。",
    ),
    "input": Text(
        en="Ask whether the cases changed or only how they are recorded.",
        zh="查明是案件本身发生变化，还是登记方式发生变化。",
    ),
    "score": Text(
        en="Look at the inputs that moved with it; the order of a plan follows the scores.",
        zh="查看随之变化的输入项；评查计划的排序以该估计值为准。",
    ),
    "rate": Text(
        en="See below whether the model follows; if it does, nothing needs to be done.",
        zh="见下文：模型是否随之变化；若已随之变化，则无须处理。",
    ),
    "calibration": Text(
        en="Do not read the probabilities as rates until the model is trained anew.",
        zh="重新训练之前，不要把概率当作实际比例使用。",
    ),
}
ADVICE = {
    "data": Text(
        en="Look at the data first: values are missing otherwise than before. Do not retrain yet.",
        zh="先核查数据：缺失值的情况与以前不同。暂不要重新训练。",
    ),
    "retrain": Text(
        en="Retrain: the cases have changed and the probabilities no longer hold. Run `triage "
        "train`, then compare ranking and calibration in the report.",
        zh="重新训练：案件已发生变化，概率不再准确。运行 `triage train`，"
        "并在报告中比较排序与校准情况。",
    ),
    "recalibrate": Text(
        en="Recalibrate: the cases are made as before, only the level is off. `triage train` with "
        "the reviews of this period moves it.",
        zh="重新校准：案件构成未变，仅总体水平有偏差。"
        "用本时段的评查结果运行 `triage train` 即可调整。",
    ),
    "watch": Text(
        en="Nothing to do to the model: something has changed, but its probabilities still hold. "
        "Look again next period.",
        zh="模型无须处理：情况有变化，但概率仍然准确。下一时段再看。",
    ),
    "review": Text(
        en="Review a random sample: something has changed, and too few outcomes are known to say "
        "whether the probabilities still hold.",
        zh="随机抽查一批案件：情况有变化，而已知结果太少，无法判断概率是否仍然准确。",
    ),
    "nothing": Text(
        en="Nothing to do: no change beyond chance.",
        zh="无须处理：未发现超出偶然范围的变化。",
    ),
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
