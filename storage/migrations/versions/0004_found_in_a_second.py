"""Everything is found, by words in their places and by filters. The index is built anew: `storage.backfill` fills it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

# Compared letter by letter, so that the index finds all words with one beginning.
WORD = sa.String(length=64).with_variant(sa.String(length=64, collation="C"), "postgresql")

FULL_TEXT = {
    "sqlite": [
        "CREATE VIRTUAL TABLE search_text USING fts5(words, tokenize='unicode61', prefix='1 2 3 4 5 6 7 8 9 10 11 12')"
    ],
    "postgresql": [
        "CREATE TABLE search_text (id INTEGER PRIMARY KEY, words TSVECTOR NOT NULL)",
        "CREATE INDEX ix_search_text_words ON search_text USING gin (words)",
    ],
}


def upgrade() -> None:
    op.drop_table("search_text")
    op.drop_table("search_entry")
    op.create_table(
        "search_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("touchpoint_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["touchpoint_id"],
            ["touchpoint.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("organization_id", "subject", "subject_id", name="uq_search_entry_subject"),
    )
    op.create_index("ix_search_entry_at", "search_entry", ["organization_id", "at"], unique=False)
    op.create_table(
        "search_word",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("word", WORD, nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
        ),
        sa.PrimaryKeyConstraint("organization_id", "word"),
    )
    for statement in FULL_TEXT[op.get_bind().dialect.name]:
        op.execute(statement)
