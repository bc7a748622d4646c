"""Cases, events and reviews that come in while the service runs."""

from __future__ import annotations

import threading
from dataclasses import replace

from cases.tables.arrivals.records import Records, arrived
from features.online.sums import prepare
from serving.use_cases.context import ServiceContext
from serving.use_cases.faults import refuse


def with_arrivals(context: ServiceContext, records: Records) -> ServiceContext:
    """The context with what came in (`cases.tables.arrivals.records.arrived`).

    It keeps nothing that was computed from the earlier tables. `BadInput`, with the field of
    every fault, if a file with these rows would be refused.
    """
    found = arrived(context.tables, records)
    refuse(found.faults)
    prepare(found.tables)
    return replace(context, tables=found.tables)


class Current:
    """The context that is answered from now. A request takes it once and sees one office."""

    def __init__(self, context: ServiceContext) -> None:
        self.context = context
        self._turn = threading.Lock()

    def take_in(self, records: Records) -> None:
        """Answer with what came in from now on; as `with_arrivals`."""
        with self._turn:
            self.context = with_arrivals(self.context, records)
