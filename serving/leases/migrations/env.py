"""How Alembic runs the migrations: on the connection it is given."""

from __future__ import annotations

from alembic import context

from serving.leases.schema import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    version_table="work_version",
    transactional_ddl=False,  # the transaction is the caller's
)
context.run_migrations()
