"""Syncs at depth: occurrences, holidays, leave, delegates, nudges, promises and calendars."""

import secrets
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

# (table, column, type, what the rows that stand already get; None where the column may be empty)
COLUMNS = (
    ("agenda_item", "settled_at", sa.DateTime(timezone=True), None),
    ("agenda_item", "source", sa.String(length=32), None),
    ("agenda_item", "source_id", sa.Integer(), None),
    ("person", "begins", sa.Time(), "09:00:00.000000"),
    ("person", "ends", sa.Time(), "17:00:00.000000"),
    ("person", "days", sa.String(length=20), "MO,TU,WE,TH,FR"),
    ("person", "muted", sa.String(length=100), ""),
    ("sync", "occurrence", sa.String(length=16), None),
    ("sync", "reminds_at", sa.DateTime(timezone=True), "1970-01-01 00:00:00.000000"),
    ("sync", "moved_at", sa.DateTime(timezone=True), None),
    ("sync", "skip_reason", sa.String(length=32), None),
    ("sync", "note", sa.String(length=200), ""),
    ("sync", "sequence", sa.Integer(), "0"),
    ("sync", "calendar_key", sa.String(length=43), ""),
    ("touchpoint", "minutes", sa.Integer(), "30"),
    ("touchpoint", "reminder_hours", sa.Integer(), "4"),
    ("touchpoint", "start_minutes", sa.Integer(), "0"),
    ("touchpoint", "promise_days", sa.Integer(), "1"),
    ("touchpoint", "defer_limit", sa.Integer(), "3"),
    ("touchpoint", "country", sa.String(length=2), ""),
    ("touchpoint", "subdivision", sa.String(length=10), ""),
    ("touchpoint", "closings", sa.String(), ""),
    ("touchpoint", "holiday_policy", sa.String(length=32), "next"),
    ("touchpoint", "paused_at", sa.DateTime(timezone=True), None),
    ("touchpoint", "paused_until", sa.Date(), None),
)


def upgrade() -> None:
    new_tables()
    for table, name, kind, standing in COLUMNS:
        op.add_column(table, sa.Column(name, kind, nullable=standing is None, server_default=standing))
    op.drop_index("uq_sync_planned", table_name="sync")
    name_occurrences()
    require()
    op.create_index("ix_agenda_item_carried_from_id", "agenda_item", ["carried_from_id"])
    op.create_index("ix_sync_calendar_key", "sync", ["calendar_key"])
    op.create_index(
        "uq_sync_occurrence",
        "sync",
        ["touchpoint_id", "occurrence"],
        unique=True,
        sqlite_where=sa.text("occurrence IS NOT NULL"),
        postgresql_where=sa.text("occurrence IS NOT NULL"),
    )
    index_the_outbox()
    mark_by_organization()
    name_messages()
    ask_as_nudges()


def index_the_outbox() -> None:
    """What is leased has an index of its own, and what is due comes out of its index in order."""
    leased = sa.text("lease_until IS NOT NULL")
    op.drop_index("ix_delivery_due", table_name="delivery")
    op.create_index("ix_delivery_due", "delivery", ["state", "platform", "due_at", "id"])
    op.drop_index("ix_delivery_subject", table_name="delivery")
    op.create_index("ix_delivery_subject", "delivery", ["organization_id", "kind", "subject_id", "detail"])
    op.create_index("ix_delivery_lease", "delivery", ["lease_until"], sqlite_where=leased, postgresql_where=leased)


def mark_by_organization() -> None:
    """What one organization has done says nothing of another one. SQLite changes no key, so the table is made anew."""
    columns = "organization_id, key, marked_at"
    op.execute(f"CREATE TEMPORARY TABLE marked AS SELECT {columns} FROM inbox_mark")  # noqa: S608
    op.drop_table("inbox_mark")
    op.create_table(
        "inbox_mark",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=400), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
        ),
        sa.PrimaryKeyConstraint("organization_id", "key"),
    )
    op.execute(f"INSERT INTO inbox_mark ({columns}) SELECT {columns} FROM marked")  # noqa: S608
    op.execute("DROP TABLE marked")


def name_messages() -> None:
    """Agendas and starts are named with the number of their sync's changes from now on: no sync has changed yet."""
    once = (
        "CAST(organization_id AS VARCHAR) || ':' || kind || ':' || CAST(subject_id AS VARCHAR) || ':%s' || conversation"
    )
    op.execute(
        f"UPDATE delivery SET once = {once % '0:'} WHERE kind IN ('agenda', 'start') AND once = {once % ''}"  # noqa: S608
    )


def ask_as_nudges() -> None:
    """Prompts are asked as nudges from now on. What nobody tried to send is planned anew within the hour; all else is asked
    by the message that stands, or may stand, already.
    """
    instant = sa.DateTime(timezone=True)
    delivery = sa.table(
        "delivery",
        *(sa.column(name) for name in ("id", "organization_id", "kind", "subject_id", "person_id", "detail", "once")),
        *(sa.column(name) for name in ("state", "message")),
        sa.column("due_at", instant),
        sa.column("sent_at", instant),
    )
    nudge = sa.table(
        "nudge",
        *(sa.column(name) for name in ("organization_id", "kind", "subject_id", "once", "person_id")),
        sa.column("touchpoint_id"),
        sa.column("slot", instant),
    )
    sync = sa.table("sync", sa.column("id"), sa.column("touchpoint_id"))
    bind, prompts = op.get_bind(), delivery.c.kind == "prompt"
    bind.execute(sa.delete(delivery).where(prompts, delivery.c.state == "due", delivery.c.message.is_(None)))
    found = sa.select(delivery, sync.c.touchpoint_id).join(sync, sync.c.id == delivery.c.subject_id).where(prompts)
    taken: set[tuple[int, datetime]] = set()
    for row in bind.execute(found.order_by(delivery.c.id)).all():
        slot = in_utc(row.sent_at or row.due_at).replace(microsecond=0)
        while (row.person_id, slot) in taken:  # One message a moment.
            slot += timedelta(seconds=1)
        taken.add((row.person_id, slot))
        moment = slot.strftime("%Y-%m-%dT%H:%M:%SZ")
        bind.execute(
            sa.insert(nudge).values(
                organization_id=row.organization_id,
                kind="prompt",
                subject_id=row.subject_id,
                slot=slot,
                once=f"prompt:{row.subject_id}:{row.person_id}:",
                person_id=row.person_id,
                touchpoint_id=row.touchpoint_id,
            )
        )
        once = f"{row.organization_id}:nudge:{row.person_id}:{moment}"
        now_asks = {"kind": "nudge", "subject_id": row.person_id, "detail": moment, "once": once}
        bind.execute(sa.update(delivery).where(delivery.c.id == row.id).values(now_asks))


def in_utc(instant: datetime) -> datetime:
    """SQLite keeps UTC without saying so."""
    return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)


def name_occurrences() -> None:
    """Every sync that stood until now is named by the wall time that its rule gave it, and gets its calendar's address."""
    bind = op.get_bind()
    found = bind.execute(
        sa.text(
            "SELECT sync.id, sync.starts_at, sync.skipped_at, touchpoint.zone FROM sync "
            "JOIN touchpoint ON touchpoint.id = sync.touchpoint_id"
        ).columns(starts_at=sa.DateTime(timezone=True), skipped_at=sa.DateTime(timezone=True))
    ).all()
    for key, starts_at, skipped_at, zone in found:
        wall = in_utc(starts_at).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")
        bind.execute(
            sa.text(
                "UPDATE sync SET occurrence = :occurrence, skip_reason = :reason, calendar_key = :key, "
                "reminds_at = publishes_at WHERE id = :id"
            ),
            {
                "occurrence": None if skipped_at else wall,
                "reason": "cadence" if skipped_at else None,
                "key": secrets.token_urlsafe(24),
                "id": key,
            },
        )


def require() -> None:
    """Every later row must say for itself what the rows that stood got here; SQLite cannot take a default back, and needs none."""
    if op.get_bind().dialect.name == "postgresql":
        for table, name, _kind, standing in COLUMNS:
            if standing is not None:
                op.alter_column(table, name, server_default=None)


def new_tables() -> None:
    op.create_table(
        "absence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
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
    op.create_index("ix_absence_person", "absence", ["person_id", "last"], unique=False)
    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_index(op.f("ix_calendar_feed_person_id"), "calendar_feed", ["person_id"], unique=False)
    op.create_index(
        "uq_calendar_feed_standing",
        "calendar_feed",
        ["organization_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "delegation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("touchpoint_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("seat", sa.String(length=32), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
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
    op.create_index(op.f("ix_delegation_person_id"), "delegation", ["person_id"], unique=False)
    op.create_index(op.f("ix_delegation_touchpoint_id"), "delegation", ["touchpoint_id"], unique=False)
    op.create_table(
        "nudge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("slot", sa.DateTime(timezone=True), nullable=False),
        sa.Column("again_slot", sa.DateTime(timezone=True), nullable=True),
        sa.Column("once", sa.String(length=200), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("touchpoint_id", sa.Integer(), nullable=True),
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
        sa.UniqueConstraint("organization_id", "once", name="uq_nudge_once"),
    )
    op.create_index("ix_nudge_person", "nudge", ["person_id", "slot"], unique=False)
    op.create_index("ix_nudge_subject", "nudge", ["organization_id", "kind", "subject_id"], unique=False)
    op.create_table(
        "action_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("theme", sa.String(length=32), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("moves", sa.Integer(), nullable=False),
        sa.Column("promised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("because", sa.String(), nullable=False),
        sa.Column("source_link", sa.String(), nullable=True),
        sa.Column("touchpoint_id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("promised_by_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.Column("risk_id", sa.Integer(), nullable=True),
        sa.Column("sync_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["decision.id"],
        ),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["agenda_item.id"],
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["promised_by_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["risk_id"],
            ["risk_item.id"],
        ),
        sa.ForeignKeyConstraint(
            ["sync_id"],
            ["sync.id"],
        ),
        sa.ForeignKeyConstraint(
            ["touchpoint_id"],
            ["touchpoint.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("organization_id", "number", name="uq_action_item_number"),
    )
    op.create_index("ix_action_item_open", "action_item", ["touchpoint_id", "state", "due_on"], unique=False)
    op.create_index(op.f("ix_action_item_owner_id"), "action_item", ["owner_id"], unique=False)
    op.create_index(op.f("ix_action_item_sync_id"), "action_item", ["sync_id"], unique=False)
    op.create_table(
        "action_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.String(length=32), nullable=False),
        sa.Column("because", sa.String(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=True),
        sa.Column("to_day", sa.Date(), nullable=True),
        sa.Column("from_owner_id", sa.Integer(), nullable=True),
        sa.Column("to_owner_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["action_id"],
            ["action_item.id"],
        ),
        sa.ForeignKeyConstraint(
            ["from_owner_id"],
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
            ["to_owner_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_action_change_action_id"), "action_change", ["action_id"], unique=False)
