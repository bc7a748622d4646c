"""What a saved bundle says about itself, checked without loading what it is made of."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cases.errors import Refused
from cases.language.messages import _
from cases.office.model import Office
from features.catalogue import fingerprint
from models.bundle import files

FORMAT = 6


def check_saved(folder: Path, office: Office) -> None:
    """`Refused` if a file of the saved bundle is missing or altered, or it is not of this office.

    Loading it finds what is malformed besides.
    """
    _texts, described = files.read(folder, ())
    with files.plainly(folder):
        files.read(folder, map(files.of, described["questions"]))
        check_description(described, office)


def check_description(described: Mapping[str, Any], office: Office) -> None:
    """`Refused` unless this program made it, by the definitions that the office file gives now."""
    if described["format"] > FORMAT:
        raise Refused(
            _("This model was made by a newer version of this program. Use that version.")
        )
    if described["format"] < FORMAT:
        raise Refused(
            _(
                "This model was made by an older version of this program. Train again (`triage "
                "train`)."
            )
        )
    if described["fingerprint"] != fingerprint(office):
        raise other_definitions()


def other_definitions() -> Refused:
    """That the office file has changed since the model was trained."""
    return Refused(
        _(
            "The model was trained under other definitions than the office file gives now. "
            "Train again (`triage train`), or take the office file it was trained with."
        )
    )
