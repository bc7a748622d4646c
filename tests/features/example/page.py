"""The page docs/features.md, made from the catalogue and the worked example.

Print it again with `python -m tests.features.example.page > docs/features.md`.
"""

from __future__ import annotations

import sys

from features.catalogue import catalogue
from features.feature import Feature
from tests.features.example import worked_example

HEAD = """# Features

Made from the catalogue (`features/catalogue.py`) and a worked example, whose values are
worked out by hand and checked by a test. An office with other attributes, activities and
limits has others of the same pattern. `-` is unknown. A feature marked *handler* is used by
a model only where the office file says `use_handler = true`, and one of the family `calendar`
only where it says `use_calendar = true`. *Known from* is the earliest moment it can be asked for:
intake, running (an activity after intake) or closing; `risk.at` in the office file says when the
risk model asks.

"""


def page() -> str:
    """The whole page."""
    tables = worked_example.example()
    parts = [HEAD, "## The example office\n\nAsked: cases c and d on 2 March 2024.\n"]
    for title, table in (
        ("Cases", worked_example.CASES),
        ("Events (recorded when they happen, where not said otherwise)", worked_example.EVENTS),
        ("Reviews", worked_example.REVIEWS),
    ):
        parts.append(f"\n{title}:\n\n```\n{table.strip()}\n```\n")
    family = ""
    for name, feature in catalogue(tables.office).items():
        if feature.family != family:
            family = feature.family
            parts.append(f"\n## {family}\n\n{HEADER}")
        parts.append(line(feature, worked_example.expected()[name]))
    return "".join(parts)


HEADER = "| Feature | Unit | Known from | Meaning | 含义 | c | d |\n|---|---|---|---|---|---|---|\n"


def line(feature: Feature, values: dict[str, str]) -> str:
    """One row of the table."""
    cells = [
        f"`{feature.name}`",
        feature.unit,
        feature.known + (" *handler*" if feature.personal else ""),
        feature.meaning.say("en"),
        feature.meaning.say("zh"),
        *values.values(),
    ]
    return f"| {' | '.join(cells)} |\n"


if __name__ == "__main__":
    sys.stdout.write(page())
