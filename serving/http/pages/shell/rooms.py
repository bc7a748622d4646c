"""What pages read besides tables, champion and ledger: folders of the office."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from serving.access.directory import Directory
from serving.work.drafts.drafts import Drafts


@dataclass(frozen=True)
class Rooms:
    """Where the office keeps plans, reports and what is being written; `home` is `TRIAGE_HOME`.

    `directory` has the users and keys, where the service has any.
    """

    home: Path
    directory: Directory | None = None

    @cached_property
    def drafts(self) -> Drafts:
        """What people have begun to write; `Refused` where that cannot be kept."""
        return Drafts.at(self.home)
