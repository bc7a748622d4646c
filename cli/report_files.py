"""The report in the form that the ending of its file asks for."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from cases.office import Language
from cases.writing import replaced
from cli.printing import print_page
from evaluation.export import as_json
from evaluation.model_card import model_card
from evaluation.report import ReportSummary
from evaluation.report_page import render

ENDINGS = (".html", ".pdf", ".json", ".md")


def write_report(summary: ReportSummary, language: Language, target: Path) -> None:
    """The page (.html), the page printed (.pdf), its content (.json) or the model card (.md)."""
    if target.suffix == ".pdf":
        print_page(render(summary, language), target)
        return
    texts: dict[str, Callable[[], str]] = {
        ".html": partial(render, summary, language),
        ".json": partial(as_json, summary),
        ".md": partial(model_card, summary, language),
    }
    text = texts[target.suffix]()
    replaced(target, lambda path: path.write_text(text, "utf-8"))
