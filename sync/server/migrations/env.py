"""Run by Alembic: migrates over the connection that :mod:`sync.server.migrate` hands over."""

from alembic import context

from sync.server.schema import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, transactional_ddl=True)
# The caller's transaction is the one; it commits or nothing happened.
context.run_migrations()
