"""Words that several chapters share: heads of columns, and what is said where there is nothing."""

from __future__ import annotations

from cases.language.messages import _

CASES = _("Cases")
DEFECT_RATE = _("Rate of defects")
EXPECTED = _("Expected")
FACT = _("Fact")
FOUND_RATE = _("Rate found")
GAIN = _("AUC gained by the model")
KIND = _("Kind")
KNOWN_OUTCOMES = _("Known outcomes")
NUMBER = _("No.")
PERIOD = _("Period")
REVIEWS = _("Reviews")
UNIT = _("Unit")
VALUE = _("Value")
YEAR_OF_INTAKE = _("Year of intake")

ESTIMATOR = _("Estimator")
INTERVALS = _("In brackets: 95% interval.")
MEASURE = _("Measure")
NO_RISK_MODEL = _("No model of risk is in use yet; the front page says what the list goes by.")
NO_REVIEWS = _("The tables hold no reviews, so nothing can be said of reviewers.")
TOO_FEW = _("Too few cases of one outcome to say.")
