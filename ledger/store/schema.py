"""The tables of a ledger, as the migrations make them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, LargeBinary, MetaData, Table, Text

METADATA = MetaData()
NUMBER = BigInteger().with_variant(Integer, "sqlite")

RECORDS = Table(
    "records",
    METADATA,
    Column("number", NUMBER, primary_key=True, autoincrement=False),
    Column("previous", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False, index=True),
    Column("line", LargeBinary, nullable=False),
)
# Made by this ledger at some of its sizes; others are kept outside.
CHECKPOINTS = Table(
    "checkpoints",
    METADATA,
    Column("size", NUMBER, primary_key=True, autoincrement=False),
    Column("note", Text, nullable=False),
    Column("edge", Text, nullable=False),
)
# Texts that may be erased; records hold the salted hashes.
BESIDE = Table(
    "beside",
    METADATA,
    Column("number", NUMBER, ForeignKey("records.number"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("salt", Text, nullable=False),
    Column("text", Text, nullable=False),
)
