"""How Alembic runs the migrations: on the connection it is given."""

from __future__ import annotations

from alembic import context

from ledger.store.schema import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    transactional_ddl=False,  # the transaction is the caller's
)
context.run_migrations()
