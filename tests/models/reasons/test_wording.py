"""Values and reasons in words."""

from __future__ import annotations

import pytest

from cases.language.messages import say
from features.catalogue import catalogue
from models.reasons.wording import Value, Wording, say_value
from tests.factories.office import office

FEATURES = catalogue(office())
SUSPECTS, APPEALED, CHARGE = "attribute.suspects", "attribute.appealed", "attribute.charge"
DAYS, SHARE, COUNT = "process.days_open", "process.share_last_7_days", "process.count.returned"


@pytest.mark.parametrize(
    ("feature", "value", "en", "zh"),
    [
        (SUSPECTS, 2.0, "2", "2"),
        (SUSPECTS, 1234.4, "1,234", "1,234"),
        (SUSPECTS, -0.001, "0", "0"),
        (SUSPECTS, None, "not recorded", "无记录"),
        (APPEALED, 1.0, "yes", "是"),
        (APPEALED, 0.0, "no", "否"),
        (CHARGE, "theft", "theft", "theft"),
        (DAYS, 1.0, "1 day", "1天"),
        (DAYS, 2.25, "2.2 days", "2.2天"),
        (SHARE, 0.25, "25%", "25%"),
        (SHARE, 0.0123, "1.2%", "1.2%"),
        (COUNT, 3.0, "3", "3"),
    ],
)
def test_value_by_unit(feature: str, value: Value, en: str, zh: str) -> None:
    """Each unit has its way of being written."""
    said = say_value(FEATURES[feature], value)
    assert (say(said, "en"), say(said, "zh")) == (en, zh)


def test_sentence() -> None:
    """A sentence holds the meaning, the case's own value and the usual one."""
    usual: dict[str, Value] = {SUSPECTS: 1.0, CHARGE: None}
    wording = Wording(FEATURES, usual)
    suspects = wording.sentence(SUSPECTS, 4.0)
    assert suspects.say("en") == "number of suspects: 4 (usual: 1)"
    assert suspects.say("zh") == "嫌疑人人数：4（通常：1）"
    assert str(wording.sentence(CHARGE, "fraud")) == "charge: fraud (usual: not recorded)"


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
    assert Wording(FEATURES, {feature: usual}).is_usual(feature, value) is same
