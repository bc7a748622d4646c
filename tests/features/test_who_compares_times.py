"""Which files compare the times of the office's tables with a moment."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("features", "models", "policies", "training", "evaluation", "serving")
TIMES = re.compile(r"\b(opened_at|closed_at|recorded_at|reviewed_at)\b")
MAY = {
    "features/as_of.py": "cuts every table to a moment",
    "features/families/process.py": "compares two times of one event",
    "evaluation/quality/uptake.py": "reviews made after a plan",
    "evaluation/quality/own_checks.py": "checks made before the review of their case",
    "evaluation/quality/office_quality.py": "what came back up to the day of the report",
    "evaluation/surveys/returned.py": "reviews made after a plan",
    "evaluation/quality/overrides.py": "reviews made after an override",
    "policies/process/demands.py": "compares times of one course, as known at its moment",
    "serving/use_cases/asked/given.py": "faults of cases that a request sends",
    "features/grades.py": "reviews made since the case was closed last",
    "serving/use_cases/rectifying/findings.py": "reviews made since findings are followed",
    "serving/use_cases/reviewing/grades/before.py": "grades made before one that comes in",
    "serving/use_cases/reviewing/progress.py": "reviews made after a plan",
    "serving/work/readings.py": "reviews made after a plan",
    "training/labels.py": "reviews made at the moment of the risk question or after it",
}


def comparing_files() -> Iterator[str]:
    """The files with a comparison in which a time of a table stands."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            comparisons = (node for node in ast.walk(tree) if isinstance(node, ast.Compare))
            if any(_compares_times(node) for node in comparisons):
                yield path.relative_to(ROOT).as_posix()


def _compares_times(node: ast.Compare) -> bool:
    ordering = any(isinstance(kind, ast.Lt | ast.LtE | ast.Gt | ast.GtE) for kind in node.ops)
    return ordering and bool(TIMES.search(ast.unparse(node)))


def test_times_of_tables_are_compared_in_few_files() -> None:
    """What a model learns from or is asked with is cut in one file; the others look back."""
    assert set(comparing_files()) == set(MAY)
