"""The BentoML service over the fake context, for tests that start a real server."""

from __future__ import annotations

from serving import worker as bootstrap
from tests.factories.fakes import context

bootstrap.load_context = lambda *_: context()  # type: ignore[assignment, misc]

from serving.service import Plumbline  # noqa: E402, F401  after the fake is in place
