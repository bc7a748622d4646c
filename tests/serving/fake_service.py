"""The BentoML service over the fake desk, for tests that start a real server."""

from __future__ import annotations

from serving import workspace as bootstrap
from tests.factories.fakes import desk

bootstrap.load_desk = lambda _: desk()  # type: ignore[assignment, misc]

from serving.service import Plumbline  # noqa: E402, F401  after the fake is in place
