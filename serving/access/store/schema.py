"""The tables, as the migrations make them. Moments are seconds since 1970; secrets are hashes."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, MetaData, Table, Text

METADATA = MetaData()

USERS = Table(
    "access_users",
    METADATA,
    Column("id", Text, primary_key=True),  # says nothing of the person
    Column("name", Text, nullable=False, unique=True),  # to sign in with
    Column("shown", Text, nullable=False),
    Column("roles", Text, nullable=False),  # lists: JSON
    Column("units", Text),  # null: all of the office
    Column("person", Text),  # how the office's tables call this person
    Column("password", Text),  # of argon2; null: signs in elsewhere
    Column("once_until", BigInteger),  # a one-time password, until then
    Column("subject", Text, unique=True),  # issuer and subject of OpenID Connect
    Column("disabled", Boolean, nullable=False),
)
SESSIONS = Table(
    "access_sessions",
    METADATA,
    Column("hash", Text, primary_key=True),  # of the token in the cookie
    Column("user_id", Text, ForeignKey("access_users.id"), nullable=False, index=True),
    Column("began", BigInteger, nullable=False),
    Column("seen", BigInteger, nullable=False),
)
KEYS = Table(
    "access_keys",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("hash", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False, unique=True),
    Column("roles", Text, nullable=False),
    Column("units", Text),
    Column("until", BigInteger, nullable=False),
    Column("used", BigInteger),
)
# Failed sign-ins of an account from a place; browsers that an account has signed in from.
FAILURES = Table(
    "access_failures",
    METADATA,
    Column("hash", Text, primary_key=True),
    Column("count", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False, index=True),
)
BROWSERS = Table(
    "access_browsers",
    METADATA,
    Column("hash", Text, primary_key=True),
    Column("user_id", Text, ForeignKey("access_users.id"), nullable=False, index=True),
    Column("until", BigInteger, nullable=False),
)
# Ways to a provider of OpenID Connect that have begun and not come back.
FLOWS = Table(
    "access_flows",
    METADATA,
    Column("hash", Text, primary_key=True),  # of the state
    Column("browser", Text, nullable=False),  # hash of the cookie it began with
    Column("nonce", Text, nullable=False),
    Column("verifier", Text, nullable=False),
    Column("back", Text, nullable=False),
    Column("began", BigInteger, nullable=False, index=True),
)
