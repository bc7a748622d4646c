"""A finding of the leak finder, and the sentences that findings are told in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from cases.language.messages import _
from cases.language.texts import Text
from cases.office.model import Office

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
    "risk": _("whether a review finds a defect"),
    "complexity": _("whether they prove complex"),
}
WITH = {
    "risk": _("cases with a defect"),
    "complexity": _("complex cases"),
}
WITHOUT = {
    "risk": _("reviewed cases without one"),
    "complexity": _("other closed cases"),
}
REVIEWED = _("reviewed cases")
UNREVIEWED = _("closed cases of the same kind and quarter without a review")
OPEN = _("open cases")
CLOSED = _("closed cases of the same kind and opening quarter that took longest")

ALONE = _(
    "Alone it ranks later cases by {outcome} with an AUC of {value:.2f} (at least {low:.2f}); the {others} other columns together reach {joint:.2f} (it is better by {more:.2f} at least)."
)
FILLED = _(
    "It is filled in for {inside:.1%} of {m:,} {group} and for {outside:.1%} of {n:,} {rest}."
)
VALUED = _(
    "The value “{code}” stands in {inside:.1%} of {m:,} {group} and in {outside:.1%} of {n:,} {rest}."
)
TOLD_APART = _(
    "By it alone {m:,} open cases can be told from {n:,} {rest}: AUC {value:.2f} (at least {low:.2f}; a fact known at intake gives about 0.5)."
)
FRESH = _(
    "Alone it ranks cases by {outcome} with an AUC of {closed:.2f} as the slowest closed cases have it, and of {fresh:.2f} as open cases of their time have it."
)
DAY_BEFORE = _(
    "Alone it ranks later cases by {outcome} with an AUC of {value:.2f} at closing, and of {before:.2f} (at most {high:.2f}) a day earlier: what it knows came on the last day."
)

OF_ATTRIBUTE = _(
    "Find out when {column} gets its value. If that is at closing or with an activity, say so in `known` under [attributes.{column}]; if it comes with the outcome or after it, remove it."
)
OF_FEATURE = _(
    "Look at when the records that {column} is made from are entered. What is entered with the outcome or after it needs its true `recorded_at`, or does not belong in the tables."
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
