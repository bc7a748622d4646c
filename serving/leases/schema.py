"""The table of leases, as the migrations make it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, MetaData, Table, Text

METADATA = MetaData()

LEASES = Table(
    "leases",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),  # random: says nothing of program or machine
    Column("until", BigInteger, nullable=False),  # milliseconds since 1970
)
