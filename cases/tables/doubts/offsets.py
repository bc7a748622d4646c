"""Times given with several offsets from UTC, which only one clock makes comparable."""

from __future__ import annotations

from collections.abc import Mapping

from cases.errors import Fault
from cases.language.messages import _, listed
from cases.office.model import Office
from cases.tables.input_table import InputTable
from cases.tables.specification.parts import linked

SHOWN = 5  # offsets of a column that a fault lists at most


def add_offset_faults(office: Office, tables: Mapping[str, InputTable]) -> frozenset[str]:
    """Add a fault for each column with offsets, if they are several and the office has no zone.

    Returns those columns, called as `linked` says: they cannot be compared.
    """
    found = {
        (name, column): [offset for offset, _count in done.offsets]
        for name, table in tables.items()
        for column, done in table.done.items()
        if done.offsets
    }
    if office.office.time_zone or len({one for several in found.values() for one in several}) < 2:  # noqa: PLR2004
        return frozenset()
    for (name, column), offsets in found.items():
        tables[name].faults.append(_fault(tables[name], column, offsets))
    return frozenset(linked(*key) for key in found)


def _fault(table: InputTable, column: str, offsets: list[str]) -> Fault:
    problem = _(
        "gives its times with the offset or zone {offsets}, and the tables have several: which "
        "clock is the office's?",
        offsets=listed(offsets[:SHOWN]),
    )
    remedy = _('Say it under [office], such as `time_zone = "Asia/Shanghai"`.')
    return Fault(table.where, problem, remedy, column=table.names[column])
