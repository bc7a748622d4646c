"""Records, checkpoints, and what stands beside records."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0001", None

KEPT = ("records", "checkpoints")  # append only
REFUSED = "the ledger is append only"
SQLITE = """
CREATE TRIGGER {table}_{event} BEFORE {event} ON {table}
BEGIN SELECT RAISE(ABORT, '{refused}'); END
"""
POSTGRESQL = f"""
CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{REFUSED}'; END $$
"""


def upgrade() -> None:
    """Make the tables, and refuse every change of what was appended."""
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "records",
        sa.Column("number", number, primary_key=True, autoincrement=False),
        sa.Column("previous", sa.Text, nullable=False, unique=True),
        sa.Column("kind", sa.Text, nullable=False, index=True),
        sa.Column("line", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "checkpoints",
        sa.Column("size", number, primary_key=True, autoincrement=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("edge", sa.Text, nullable=False),
    )
    op.create_table(
        "beside",
        sa.Column("number", number, sa.ForeignKey("records.number"), primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("salt", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
    )
    guard = _on_sqlite if op.get_bind().dialect.name == "sqlite" else _on_postgresql
    guard()


def _on_sqlite() -> None:
    for table in KEPT:
        for event in ("UPDATE", "DELETE"):
            op.execute(SQLITE.format(table=table, event=event, refused=REFUSED))


def _on_postgresql() -> None:
    op.execute(POSTGRESQL)
    for table in KEPT:
        op.execute(
            f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION append_only()"
        )
        op.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM PUBLIC")
