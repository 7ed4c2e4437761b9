"""Runs a migration on the connection that opens the records; there is no alembic.ini and no offline mode."""

from alembic import context

from index.records.schema import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
