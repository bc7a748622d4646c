"""A finding of the leak finder, and the sentences that findings are told in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from cases.office.model import Office, Text

Severity = Literal["blatant", "suspicious"]


@dataclass(frozen=True)
class Finding:
    """A column that seems to know too much: which, how surely, why that is said, what to do.

    `column` is a column of the case table as the office file calls it, else a feature.
    """

    column: str
    severity: Severity
    evidence: Text
    remedy: Text


OUTCOMES = {
    "risk": Text(en="whether a review finds a defect", zh="评查是否发现质量问题"),
    "complexity": Text(en="whether they prove complex", zh="是否属于复杂案件"),
}
WITH = {
    "risk": Text(en="cases with a defect", zh="有质量问题的案件"),
    "complexity": Text(en="complex cases", zh="复杂案件"),
}
WITHOUT = {
    "risk": Text(en="reviewed cases without one", zh="评查无质量问题的案件"),
    "complexity": Text(en="other closed cases", zh="其他已结案件"),
}
REVIEWED = Text(en="reviewed cases", zh="已评查案件")
UNREVIEWED = Text(
    en="closed cases of the same kind and quarter without a review",
    zh="同类同季度未评查的已结案件",
)
OPEN = Text(en="open cases", zh="未结案件")
CLOSED = Text(
    en="closed cases of the same kind and opening quarter that took longest",
    zh="同类同季度受理且办理时间最长的已结案件",
)

ALONE = Text(
    en="Alone it ranks later cases by {outcome} with an AUC of {value:.2f} (at least {low:.2f}); "
    "the {others} other columns together reach {joint:.2f} (it is better by {more:.2f} at least).",
    zh="仅凭此项按“{outcome}”对较晚案件排序，AUC 为 {value:.2f}（至少 {low:.2f}）；"
    "其余 {others} 项合计为 {joint:.2f}（此项至少高 {more:.2f}）。",
)
FILLED = Text(
    en="It is filled in for {inside:.1%} of {m:,} {group} and for {outside:.1%} of {n:,} {rest}.",
    zh="{m:,} 件{group}中有 {inside:.1%} 填有此项，{n:,} 件{rest}中有 {outside:.1%}。",
)
VALUED = Text(
    en="The value “{code}” stands in {inside:.1%} of {m:,} {group} and in {outside:.1%} of "
    "{n:,} {rest}.",
    zh="{m:,} 件{group}中有 {inside:.1%} 取值为“{code}”，{n:,} 件{rest}中有 {outside:.1%}。",
)
TOLD_APART = Text(
    en="By it alone {m:,} open cases can be told from {n:,} {rest}: AUC {value:.2f} "
    "(at least {low:.2f}; a fact known at intake gives about 0.5).",
    zh="仅凭此项即可区分 {m:,} 件未结案件与 {n:,} 件{rest}：AUC 为 {value:.2f}"
    "（至少 {low:.2f}；受理时即知的事实约为 0.5）。",
)
FRESH = Text(
    en="Alone it ranks cases by {outcome} with an AUC of {closed:.2f} as the slowest closed cases "
    "have it, and of {fresh:.2f} as open cases of their time have it.",
    zh="仅凭此项按“{outcome}”排序：按办理时间最长的已结案件的取值，AUC 为 {closed:.2f}；"
    "按同期未结案件的取值，仅为 {fresh:.2f}。",
)
DAY_BEFORE = Text(
    en="Alone it ranks later cases by {outcome} with an AUC of {value:.2f} at closing, and of "
    "{before:.2f} (at most {high:.2f}) a day earlier: what it knows came on the last day.",
    zh="仅凭此项按“{outcome}”对较晚案件排序，结案时 AUC 为 {value:.2f}，"
    "前一日仅为 {before:.2f}（至多 {high:.2f}）：其所知均在最后一日录入。",
)

OF_ATTRIBUTE = Text(
    en="Find out when {column} gets its value. If that is at closing or with an activity, say so "
    "in `known` under [attributes.{column}]; if it comes with the outcome or after it, remove it.",
    zh="查明 {column} 何时填写。若在结案或某环节时填写，请在 [attributes.{column}] 的 `known` 中"
    "注明；若随结果或在其后填写，请删去。",
)
OF_FEATURE = Text(
    en="Look at when the records that {column} is made from are entered. What is entered with the "
    "outcome or after it needs its true `recorded_at`, or does not belong in the tables.",
    zh="查明 {column} 所依据的记录何时录入。随结果或在其后录入的，应填写真实的 `recorded_at`，"
    "或不应列入数据表。",
)


def finding(
    office: Office, column: str, severity: Severity, evidence: Text, **values: Any
) -> Finding:
    """A finding of `column`, a feature or a column of the case table, its sentence filled in.

    Words among `values` are said in the language of the sentence.
    """
    name = column.removeprefix("attribute.")
    remedy = OF_ATTRIBUTE if name in office.attributes else OF_FEATURE
    return Finding(name, severity, _filled(evidence, values), _filled(remedy, {"column": name}))


def _filled(text: Text, values: dict[str, Any]) -> Text:
    english = {key: one.say("en") if isinstance(one, Text) else one for key, one in values.items()}
    chinese = {key: one.say("zh") if isinstance(one, Text) else one for key, one in values.items()}
    return Text(en=text.en.format(**english), zh=text.zh.format(**chinese))
