"""A grade that counts as a defect says what the defect is."""

from __future__ import annotations

from collections.abc import Collection

from cases.language.messages import _
from cases.office.model import Office

NO_GROUNDS = _("counts as a defect, and neither a dimension nor a remark says which.")
GIVE_GROUNDS = _("Name a dimension with a defect, or write a remark.")


def lacks_grounds(office: Office, grade: str, dimensions: Collection[str], remarks: str) -> bool:
    """Whether a grade is one of a defect, and nothing says of which."""
    return grade in office.defect_grades and not dimensions and not remarks.strip()
