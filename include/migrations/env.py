"""Alembic environment: migrations run on the connection that `leads.migrations` hands over."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=None,
    # Our own table, so that an Alembic history of another system in the same database stays apart.
    version_table="leads_schema_version",
    version_table_schema="ops",
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
