"""The record at depth: keys of any noun, acceptances, levels, reviews, owners, members and policy."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

# (table, column, type, what the rows that stand already get; None where the column may be empty)
COLUMNS = (
    ("decision", "options", sa.String(), ""),
    ("decision", "outcome", sa.String(), ""),
    ("decision", "consulted", sa.String(), ""),
    ("decision", "informed", sa.String(), ""),
    ("decision", "effective_on", sa.Date(), None),
    ("decision", "links", sa.String(), ""),
    ("decision", "concerns", sa.String(), ""),
    ("decision", "replaces", sa.Integer(), None),
    ("decision", "withdraws", sa.Boolean(), sa.false()),
    ("decision", "one_key", sa.Boolean(), sa.false()),
    ("decision", "dissent", sa.Boolean(), sa.false()),
    ("decision", "settled_at", sa.DateTime(timezone=True), None),
    ("decision", "because", sa.String(), ""),
    ("decision", "replaced_by", sa.Integer(), None),
    ("decision", "next_review_on", sa.Date(), None),
    ("decision", "reviewed_at", sa.DateTime(timezone=True), None),
    ("decision", "edited_at", sa.DateTime(timezone=True), None),
    ("risk_item", "inherent_likelihood", sa.Integer(), None),
    ("risk_item", "inherent_impact", sa.Integer(), None),
    ("risk_item", "target_likelihood", sa.Integer(), None),
    ("risk_item", "target_impact", sa.Integer(), None),
    ("risk_item", "due_on", sa.Date(), None),
    ("risk_item", "controls", sa.String(), ""),
    ("risk_item", "links", sa.String(), ""),
    ("risk_item", "source", sa.String(length=200), ""),
    ("risk_item", "source_link", sa.String(), None),
    ("risk_item", "accepted_until", sa.Date(), None),
    ("risk_item", "reopened_at", sa.DateTime(timezone=True), None),
    ("nudge", "seen_at", sa.DateTime(timezone=True), None),
    ("sync", "head", sa.String(length=80), ""),
    ("touchpoint", "one_key_themes", sa.String(length=120), ""),
)


def upgrade() -> None:
    new_tables()
    for table, name, kind, standing in COLUMNS:
        op.add_column(table, sa.Column(name, kind, nullable=standing is None, server_default=standing))
    for name in ("settled_by_id", "edited_by_id"):
        person = sa.Column(name, sa.Integer(), sa.ForeignKey("person.id"), nullable=True)
        op.add_column("decision", person, inline_references=True)
    op.create_index("ix_decision_replaces", "decision", ["replaces"], unique=False)
    require()
    sign_anything()
    op.execute("UPDATE decision SET next_review_on = review_on WHERE state = 'agreed'")
    op.execute(
        "INSERT INTO risk_level (organization_id, risk_id, person_id, at, likelihood, impact, because) "
        "SELECT organization_id, id, raised_by_id, raised_at, likelihood, impact, '' FROM risk_item"
    )


def require() -> None:
    """The tables have no defaults. SQLite cannot take one back; there it stays, unused."""
    if op.get_bind().dialect.name == "postgresql":
        for table, name, _kind, standing in COLUMNS:
            if standing is not None:
                op.alter_column(table, name, server_default=None)


def sign_anything() -> None:
    """A key names the kind of text that it is turned on. SQLite lets no column go that refers, so the table is made anew."""
    old = "organization_id, person_id, seat, text_hash, turned_at, voided_at"
    op.execute(f"CREATE TEMPORARY TABLE signed AS SELECT id, decision_id, {old} FROM sign_off")  # noqa: S608
    op.drop_table("sign_off")
    op.create_table(
        "sign_off",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("seat", sa.String(length=32), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("turned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dissent", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.execute(
        f"INSERT INTO sign_off (id, subject, subject_id, dissent, {old}) "  # noqa: S608
        f"SELECT id, 'decision', decision_id, '', {old} FROM signed"
    )
    op.execute("DROP TABLE signed")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "SELECT setval(pg_get_serial_sequence('sign_off', 'id'), COALESCE(max(id), 0) + 1, false) FROM sign_off"
        )
    stands = sa.text("voided_at IS NULL")
    op.create_index("ix_sign_off_subject", "sign_off", ["subject", "subject_id"])
    op.create_index(
        "uq_sign_off_stands",
        "sign_off",
        ["subject", "subject_id", "seat"],
        unique=True,
        sqlite_where=stands,
        postgresql_where=stands,
    )


def new_tables() -> None:
    op.create_table(
        "policy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("appetite", sa.Integer(), nullable=False),
        sa.Column("likelihood_labels", sa.String(), nullable=False),
        sa.Column("impact_labels", sa.String(), nullable=False),
        sa.Column("longest_acceptance", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("organization_id"),
    )
    op.create_table(
        "membership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("touchpoint_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("given_by_id", sa.Integer(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["given_by_id"],
            ["person.id"],
        ),
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
    )
    op.create_index("ix_membership_person_id", "membership", ["person_id"], unique=False)
    op.create_index(
        "uq_membership_stands",
        "membership",
        ["touchpoint_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "ownership_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("touchpoint_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_by_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
        ),
        sa.ForeignKeyConstraint(
            ["touchpoint_id"],
            ["touchpoint.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_ownership_check_touchpoint_id", "ownership_check", ["touchpoint_id"], unique=False)
    op.create_table(
        "responsibility",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("area", sa.String(length=80), nullable=False),
        sa.Column("synonyms", sa.String(length=500), nullable=False),
        sa.Column("category", sa.String(length=8), nullable=False),
        sa.Column("accountable", sa.String(length=500), nullable=False),
        sa.Column("responsible", sa.String(length=500), nullable=False),
        sa.Column("consulted", sa.String(length=500), nullable=False),
        sa.Column("informed", sa.String(length=500), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disputed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("touchpoint_id", sa.Integer(), nullable=False),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
        ),
        sa.ForeignKeyConstraint(
            ["touchpoint_id"],
            ["touchpoint.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_responsibility_touchpoint_id", "responsibility", ["touchpoint_id"], unique=False)
    op.create_table(
        "acceptance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("risk_title", sa.String(length=200), nullable=False),
        sa.Column("likelihood", sa.Integer(), nullable=False),
        sa.Column("impact", sa.Integer(), nullable=False),
        sa.Column("justification", sa.String(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("because", sa.String(), nullable=False),
        sa.Column("touchpoint_id", sa.Integer(), nullable=False),
        sa.Column("risk_id", sa.Integer(), nullable=False),
        sa.Column("requested_by_id", sa.Integer(), nullable=False),
        sa.Column("renews_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
        ),
        sa.ForeignKeyConstraint(
            ["renews_id"],
            ["acceptance.id"],
        ),
        sa.ForeignKeyConstraint(
            ["requested_by_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["risk_id"],
            ["risk_item.id"],
        ),
        sa.ForeignKeyConstraint(
            ["touchpoint_id"],
            ["touchpoint.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("organization_id", "number", name="uq_acceptance_number"),
    )
    op.create_index("ix_acceptance_risk_id", "acceptance", ["risk_id"], unique=False)
    op.create_index("ix_acceptance_state", "acceptance", ["touchpoint_id", "state", "expires_on"], unique=False)
    op.create_table(
        "ownership_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("check_id", sa.Integer(), nullable=False),
        sa.Column("responsibility_id", sa.Integer(), nullable=False),
        sa.Column("seat", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("named", sa.String(length=80), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agreed", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["check_id"],
            ["ownership_check.id"],
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["responsibility_id"],
            ["responsibility.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("check_id", "responsibility_id", "seat", name="uq_ownership_answer"),
    )
    op.create_index("ix_ownership_answer_area", "ownership_answer", ["responsibility_id"], unique=False)
    op.create_table(
        "risk_level",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("risk_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("likelihood", sa.Integer(), nullable=False),
        sa.Column("impact", sa.Integer(), nullable=False),
        sa.Column("because", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["risk_id"],
            ["risk_item.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_risk_level_risk_id", "risk_level", ["risk_id"], unique=False)
    op.create_table(
        "decision_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verdict", sa.String(length=32), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["decision.id"],
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_decision_review_decision_id", "decision_review", ["decision_id"], unique=False)
    op.create_table(
        "decision_risk",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("risk_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["decision.id"],
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
        ),
        sa.ForeignKeyConstraint(
            ["risk_id"],
            ["risk_item.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("decision_id", "risk_id", name="uq_decision_risk"),
    )
    op.create_index("ix_decision_risk_risk_id", "decision_risk", ["risk_id"], unique=False)
