"""Names for people of what the program knows by codes: ways to score, figures, spans."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cases.language.messages import Sayable, _
from cases.office.reviews import ReviewKind
from evaluation.backtests.backtest import MODEL
from evaluation.pages.cells import NUMBER, SHARE, Interval, Named

ESTIMATORS: dict[str, Sayable] = {
    MODEL: _("The model"),
    "base_rate": _("Base rate"),
    "rule_of_thumb": _("Rule of thumb"),
    "logistic": _("Logistic regression"),
    "plain_lightgbm": _("Plain LightGBM"),
}
SPANS: dict[str, Sayable] = {"month": _("month"), "quarter": _("quarter"), "year": _("year")}
CHECK_NAMES: dict[ReviewKind, Sayable] = {
    "self_check": _("Self check"),
    "verification": _("Verification"),
}
UNNAMED = _("not given")


@dataclass(frozen=True)
class FigureName:
    """The head of a figure's column, and how the figure is written."""

    head: Sayable
    spec: str


FIGURES = {
    "auc": FigureName(_("AUC"), NUMBER),
    "auc_within": FigureName(_("AUC within"), NUMBER),
    "average_precision": FigureName(_("Average precision"), NUMBER),
    "base_rate": FigureName(_("Base rate"), SHARE),
    "brier": FigureName(_("Brier score"), NUMBER),
    "brier_skill": FigureName(_("Brier skill against the base rate"), SHARE),
    "calibration": FigureName(_("Defects per defect expected"), NUMBER),
    "calibration_error": FigureName(_("Calibration error"), SHARE),
    "defect_share": FigureName(_("Its share of all defects"), SHARE),
    "detection_share": FigureName(_("Its share of the defects found"), SHARE),
    "false_positive_rate": FigureName(_("Of its good cases, selected"), SHARE),
    "lift": FigureName(_("Lift"), NUMBER),
    "lift_within": FigureName(_("Lift within"), NUMBER),
    "log_loss": FigureName(_("Log loss"), NUMBER),
    "log_loss_skill": FigureName(_("Log-loss skill against the base rate"), SHARE),
    "precision": FigureName(_("With the outcome among the top"), SHARE),
    "recall": FigureName(_("Of all with the outcome, among the top"), SHARE),
    "selection_rate": FigureName(_("Selected"), SHARE),
    "true_positive_rate": FigureName(_("Of its defects, selected"), SHARE),
}


def estimator(code: str) -> Named:
    """A way to estimate, by its code."""
    return Named(code, ESTIMATORS[code])


def heads(names: Iterable[str]) -> tuple[Sayable, ...]:
    """The heads of the figures' columns."""
    return tuple(FIGURES[name].head for name in names)


def cells(figures: object, names: Iterable[str]) -> tuple[Interval, ...]:
    """The figures that stand in the fields `names` of `figures`, as cells."""
    return tuple(Interval(getattr(figures, name), FIGURES[name].spec) for name in names)
