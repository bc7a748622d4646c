"""Users, sessions, machine keys, failed sign-ins, known browsers, ways to a provider."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0001", None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "access_users",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("shown", sa.Text, nullable=False),
        sa.Column("roles", sa.Text, nullable=False),
        sa.Column("units", sa.Text),
        sa.Column("person", sa.Text),
        sa.Column("password", sa.Text),
        sa.Column("once_until", sa.BigInteger),
        sa.Column("subject", sa.Text, unique=True),
        sa.Column("disabled", sa.Boolean, nullable=False),
    )
    op.create_table(
        "access_sessions",
        sa.Column("hash", sa.Text, primary_key=True),
        _user_id(),
        sa.Column("began", sa.BigInteger, nullable=False),
        sa.Column("seen", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "access_keys",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("hash", sa.Text, nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("roles", sa.Text, nullable=False),
        sa.Column("units", sa.Text),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.Column("used", sa.BigInteger),
    )
    op.create_table(
        "access_failures",
        sa.Column("hash", sa.Text, primary_key=True),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.Column("last", sa.BigInteger, nullable=False, index=True),
    )
    op.create_table(
        "access_browsers",
        sa.Column("hash", sa.Text, primary_key=True),
        _user_id(),
        sa.Column("until", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "access_flows",
        sa.Column("hash", sa.Text, primary_key=True),
        sa.Column("browser", sa.Text, nullable=False),
        sa.Column("nonce", sa.Text, nullable=False),
        sa.Column("verifier", sa.Text, nullable=False),
        sa.Column("back", sa.Text, nullable=False),
        sa.Column("began", sa.BigInteger, nullable=False, index=True),
    )


def _user_id() -> sa.Column[str]:
    key = sa.ForeignKey("access_users.id")
    return sa.Column("user_id", sa.Text, key, nullable=False, index=True)
