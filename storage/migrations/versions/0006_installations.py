"""Installations in several tenants, with their encrypted secrets; who put the bot where, and since when strangers read there;
how a home looked last.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "installation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("bot", sa.String(length=64), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("refresh", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rotating_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("scopes", sa.String(), nullable=False),
        sa.Column("installed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("installed_by", sa.String(length=300), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("because", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("address"),
    )
    op.create_table(
        "install_state",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("hash"),
    )
    op.add_column("conversation", sa.Column("outsiders_since", sa.DateTime(timezone=True), nullable=True))
    for table, column in (
        ("conversation", sa.Column("added_by", sa.String(length=300), server_default="", nullable=False)),
        ("delivery", sa.Column("shown", sa.String(length=16), server_default="", nullable=False)),
    ):
        op.add_column(table, column)
        if op.get_bind().dialect.name == "postgresql":  # The tables have no defaults. SQLite cannot take one back.
            op.alter_column(table, column.name, server_default=None)
