"""Values and reasons in words."""

from __future__ import annotations

import pytest

from cases.language.catalogues import Language
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
        (SHARE, 0.25, "25 %", "25%"),
        (COUNT, 3.0, "3", "3"),
    ],
)
def test_value_by_unit(feature: str, value: Value, en: str, zh: str) -> None:
    """Each unit has its way of being written."""
    said: dict[Language, str] = {"en": en, "zh": zh}
    for language, text in said.items():
        assert say_value(FEATURES[feature], value, language) == text


def test_sentence() -> None:
    """A sentence holds the meaning, the case's own value and the usual one."""
    usual: dict[str, Value] = {SUSPECTS: 1.0, CHARGE: None}
    english, chinese = (Wording(FEATURES, usual, said) for said in ("en", "zh"))
    assert english.sentence(SUSPECTS, 4.0) == "number of suspects: 4 (usual: 1)"
    assert chinese.sentence(SUSPECTS, 4.0) == "嫌疑人人数：4（通常：1）"
    assert english.sentence(CHARGE, "fraud") == "charge: fraud (usual: not recorded)"
