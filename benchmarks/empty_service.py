"""A BentoML service that does nothing: what the framework itself costs."""

from __future__ import annotations

import os

import bentoml
from pydantic import BaseModel


class Done(BaseModel):
    """An answer without content."""

    done: bool = True


@bentoml.service(name="empty", workers=int(os.environ.get("TRIAGE_WORKERS", "1")))
class Empty:
    """Answers at once."""

    @bentoml.api  # type: ignore[untyped-decorator]
    def nothing(self) -> Done:
        """Do nothing."""
        return Done()
