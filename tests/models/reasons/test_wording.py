"""Values and reasons in words."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.language.messages import _, say
from features.catalogue import catalogue
from models.reasons.usual import Usual, Value
from models.reasons.wording import Wording, say_value, says_complexity, says_risk
from tests.factories.office import office

LIMIT = {"code": "month", "meaning": {"en": "a month", "zh": "一个月"}, "days": 30}
FEATURES = catalogue(office(limits=[LIMIT]))
SUSPECTS, APPEALED, CHARGE = "attribute.suspects", "attribute.appealed", "attribute.charge"
SINCE, RARITY = "process.days_since.returned", "process.path_rarity"
BACK = "returned for supplementary investigation"
EVER = "share of defects among cases of the same kind ever reviewed"
UNTIL, PAST = "process.days_to.returned", "history.kind_defect_rate"
USED, OVER = "process.limit_used.month", "process.limit_exceeded.month"
COMMON = Usual("theft", (("theft", 0.6), ("fraud", 0.4)))
MIXED = Usual("theft", (("theft", 0.3), ("fraud", 0.08), (None, 0.0123)))
DAYS, SHARE, COUNT = "process.days_open", "process.share_last_7_days", "process.count.returned"


@pytest.mark.parametrize(
    ("feature", "value", "en", "zh"),
    [
        (SUSPECTS, 2.0, "2", "2"),
        (SUSPECTS, 2012.0, "2012", "2012"),
        (SUSPECTS, 12345.4, "12,345", "12,345"),
        (SUSPECTS, -0.001, "0", "0"),
        (SUSPECTS, None, "not recorded", "无记录"),
        (APPEALED, 1.0, "yes", "是"),
        (APPEALED, 0.0, "no", "否"),
        (CHARGE, "theft", "theft", "theft"),
        (DAYS, 1.0, "1 day", "1天"),
        (DAYS, 2.25, "2.2 days", "2.2天"),
        (SHARE, 0.25, "25%", "25%"),
        (SHARE, 0.0123, "1.2%", "1.2%"),
        (COUNT, 3.0, "3 times", "3次"),
        (COUNT, 1.0, "once", "1次"),
        (COUNT, 0.0, "never", "从未"),
    ],
)
def test_value_by_unit(feature: str, value: Value, en: str, zh: str) -> None:
    """Each unit has its way of being written."""
    said = say_value(FEATURES[feature], value)
    assert (say(said, "en"), say(said, "zh")) == (en, zh)


@pytest.mark.parametrize(
    ("feature", "value", "usual", "en", "zh"),
    [
        (SUSPECTS, 4.0, Usual(1.0), "number of suspects: 4; usually 1", "嫌疑人人数：4（通常：1）"),
        (
            SUSPECTS,
            4.0,
            Usual(None),
            "number of suspects: 4; in most cases not recorded",
            "嫌疑人人数：4（多数案件无记录）",
        ),
        (
            SUSPECTS,
            None,
            Usual(1.0),
            "number of suspects: not recorded; usually 1",
            "嫌疑人人数：无记录（通常：1）",
        ),
        (
            COUNT,
            2.0,
            Usual(0.0),
            f"“{BACK}” 2 times; in most cases never",
            "“退回补充侦查”2次（多数案件：从未）",
        ),
        (
            COUNT,
            0.0,
            Usual(1.0),
            f"“{BACK}” never; usually once",
            "“退回补充侦查”从未（通常：1次）",
        ),
        (
            SINCE,
            3.0,
            Usual(None),
            f"3 days since the last “{BACK}”; in most cases it never happens",
            "距最近一次“退回补充侦查”3天（多数案件从未发生）",
        ),
        (
            SINCE,
            None,
            Usual(3.0),
            f"“{BACK}” never happened; in most cases it happens",
            "“退回补充侦查”从未发生（多数案件会发生）",
        ),
        (
            UNTIL,
            12.0,
            Usual(5.9),
            f"first “{BACK}” 12 days after opening; usually 5.9 days",
            "受理后12天首次“退回补充侦查”（通常：5.9天）",
        ),
        (
            USED,
            3.43,
            Usual(None),
            "used 343% of the limit “a month”; in most cases it does not apply",
            "期限“一个月”已用343%（多数案件不适用）",
        ),
        (
            USED,
            None,
            Usual(0.8),
            "the limit “a month” does not apply; in most cases it does",
            "期限“一个月”不适用（多数案件适用）",
        ),
        (
            OVER,
            73.0,
            Usual(0.0),
            "73 days over the limit “a month”; usually 0 days",
            "超出期限“一个月”73天（通常：0天）",
        ),
        (
            PAST,
            None,
            Usual(0.05),
            f"{EVER}: nothing known yet; usually 5%",
            "同类型案件历次评查中有质量问题的比例：尚无资料（通常：5%）",
        ),
        (
            RARITY,
            0.5,
            Usual(None),
            "how unusual the path is, per step: 0.5; in most cases it does not apply",
            "办案路径的平均罕见程度：0.5（多数案件不适用）",
        ),
        (
            CHARGE,
            "fraud",
            COMMON,
            "charge: fraud; in most cases theft",
            "罪名：fraud（多数案件：theft）",
        ),
        (
            CHARGE,
            "fraud",
            MIXED,
            "charge: fraud, as in 8% of the cases",
            "罪名：fraud（占案件的8%）",
        ),
        (
            CHARGE,
            "theft",
            MIXED,
            "charge: theft, as in 30% of the cases",
            "罪名：theft（占案件的30%）",
        ),
        (CHARGE, "arson", MIXED, "charge: arson, which is rare", "罪名：arson（少见）"),
        (
            CHARGE,
            None,
            MIXED,
            "charge: not recorded, as in 1.2% of the cases",
            "罪名：无记录（占案件的1.2%）",
        ),
    ],
)
def test_fact(feature: str, value: Value, usual: Usual, en: str, zh: str) -> None:
    """The meaning, the case's own value, and what is usual; of mixed codes how common it is."""
    fact = Wording(FEATURES, {feature: usual}).fact(feature, value)
    assert (fact.say("en"), fact.say("zh")) == (en, zh)


@pytest.mark.parametrize(
    ("without", "risk", "en", "zh"),
    [
        (0.12, 0.19, "4 – raises the risk from 12% to 19%", "4，使风险由12%升至19%"),
        (0.186, 0.191, "4 – raises the risk from 18.6% to 19.1%", "4，使风险由18.6%升至19.1%"),
        (0.004, 0.03, "4 – raises the risk from 0.4% to 3.0%", "4，使风险由0.4%升至3.0%"),
        (0.19, 0.12, "4 – lowers the risk from 19% to 12%", "4，使风险由19%降至12%"),
    ],
)
def test_direction_of_risk(without: float, risk: float, en: str, zh: str) -> None:
    """A reason says what its fact does to the risk; two risks are never written alike."""
    said = says_risk(_("4"), without, risk)
    assert (said.say("en"), said.say("zh")) == (en, zh)


def test_direction_of_complexity() -> None:
    """Of complexity it says what the fact speaks for."""
    assert str(says_complexity(_("4"), 0.1, 0.2)) == "speaks for complex: 4"
    assert str(says_complexity(_("4"), 0.2, 0.1)) == "speaks for simple: 4"


@given(without=st.floats(0, 1), change=st.floats(0.005, 1))
def test_risks_are_told_apart(without: float, change: float) -> None:
    """Whatever moves the risk by half a point or more is written as two different numbers."""
    said = str(says_risk(_("it"), without, min(1.0, without + change)))
    low, high = re.findall(r"[\d.]+%", said)
    assert low != high or without + change > 1


@pytest.mark.parametrize(
    ("feature", "value", "usual", "same"),
    [
        (SUSPECTS, 2.001, 2.0, True),
        (SUSPECTS, 2.06, 2.0, False),
        (SUSPECTS, -0.001, 0.0, True),
        (SHARE, 0.12345, 0.13, False),
        (SHARE, 0.12345, 0.12, True),
        (DAYS, 1.04, 1.0, True),
        (APPEALED, 1.0, 0.0, False),
        (CHARGE, "theft", "theft", True),
        (CHARGE, None, "theft", False),
        (CHARGE, None, None, True),
    ],
)
def test_usual_is_what_is_shown_alike(feature: str, value: Value, usual: Value, same: bool) -> None:
    """Values are compared as they are shown, not by digits nobody sees."""
    assert Wording(FEATURES, {feature: Usual(usual)}).is_usual(feature, value) is same


def test_of_mixed_codes_none_is_usual() -> None:
    """Not even the commonest, where fewer than half of the cases have it."""
    assert not Wording(FEATURES, {CHARGE: MIXED}).is_usual(CHARGE, "theft")
