"""How Alembic runs the migrations: on the connection it is given."""

from __future__ import annotations

from alembic import context

from serving.work.drafts.schema import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    version_table="drafts_version",  # other tables in the same file have their own
    transactional_ddl=False,  # the transaction is the caller's
)
context.run_migrations()
