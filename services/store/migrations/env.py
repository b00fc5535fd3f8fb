"""Run by Alembic: walk the steps inside the transaction that `services.store.schema.upgrade` opened."""

from alembic import context

from services.store.schema import VERSION_TABLE

context.configure(connection=context.config.attributes["connection"], version_table=VERSION_TABLE)
context.run_migrations()
