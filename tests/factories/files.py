"""A small office in files, for tests that write them, break one and read them."""

from __future__ import annotations

from pathlib import Path

from cases.language.catalogues import Language
from cases.office.loading import load_office
from cases.tables.reading import read_tables
from cases.tables.tables import Tables

OFFICE = """
[office]
name = { en = "Test office" }

[tables.cases]
path = "cases.csv"

[tables.events]
path = "events.csv"

[tables.reviews]
path = "reviews.csv"

[tables.handlers]
path = "handlers.csv"

[tables.recusals]
path = "recusals.csv"

[attributes.suspects]
type = "number"
known = "intake"
meaning = { en = "suspects" }

[attributes.detained]
type = "flag"
known = "closing"
meaning = { en = "detained" }

[activities]
accepted = { meaning = { en = "accepted" } }

[[reviews.grades]]
code = "good"
defect = false
meaning = { en = "good" }

[[reviews.grades]]
code = "fair"
defect = false
valid_until = 2024-02-04
maps_to = "good"
meaning = { en = "fair" }

[[reviews.grades]]
code = "bad"
defect = true
meaning = { en = "bad" }

[reviews.dimensions]
facts = { meaning = { en = "facts" } }
documents = { meaning = { en = "documents" } }
papers = { meaning = { en = "papers" }, valid_until = 2024-02-04, maps_to = "documents" }
"""

FILES = {
    "office.toml": OFFICE,
    "cases.csv": """case_id,opened_at,closed_at,kind,suspects,detained
a,2024-01-01,2024-02-01,x,1,yes
b,2024-01-02T09:00,,x,2,
""",
    "events.csv": """case_id,at,recorded_at,activity
a,2024-01-01,2024-01-03,accepted
b,2024-01-02,,accepted
""",
    "reviews.csv": """case_id,reviewed_at,grade,inclusion_probability,dimensions
a,2024-02-05,good,0.5,facts; documents
""",
    "handlers.csv": """handler,capacity
h1,10
""",
    "recusals.csv": """handler,case_id,party
h1,a,
h1,,p1
""",
}


def write(folder: Path, **files: str | bytes | None) -> Path:
    """The valid office with some of its files replaced, or left out where None."""
    for name, content in {**FILES, **files}.items():
        if content is not None:
            raw = content.encode() if isinstance(content, str) else content
            (folder / name).write_bytes(raw)
    return folder


def load(folder: Path, set_aside: Path | None = None, language: Language | None = None) -> Tables:
    """The office in `folder`, read as the commands read it."""
    office = load_office(folder / "office.toml")
    return read_tables(office, folder, set_aside=set_aside, language=language)
