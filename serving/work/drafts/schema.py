"""The table of drafts, as the migrations make it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, MetaData, Table, Text

METADATA = MetaData()

DRAFTS = Table(
    "drafts",
    METADATA,
    Column("user_id", Text, primary_key=True),  # says nothing of the person
    Column("plan", Text, primary_key=True),
    Column("case_id", Text, primary_key=True),
    Column("reading", Text, primary_key=True),
    Column("fields", Text, nullable=False),  # JSON: what is in the form, by field
    Column("saved_at", BigInteger, nullable=False),  # seconds since 1970
)
