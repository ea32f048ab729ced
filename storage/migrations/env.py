"""Runs migrations on the connection that `storage.schema` opened, in its transaction. It imports no other code of ours."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes.get("metadata"),
    transaction_per_migration=False,
    transactional_ddl=True,
)
context.run_migrations()
