"""What is asked of whom at which moment; the message of one moment is one delivery, and shows all of it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import Index, UniqueConstraint, bindparam, or_, select
from sqlmodel import Field, Session, col

from agenda.nudges import NudgeFields, NudgeKind
from storage import rows
from storage.rows import Row
from storage.unit_of_work import Record, insert_once


class Nudge(NudgeFields, Row, table=True):
    """`once` is unique: who plans the same nudge twice plans it once."""

    __table_args__ = (
        UniqueConstraint("organization_id", "once", name="uq_nudge_once"),
        Index("ix_nudge_person", "person_id", "slot"),
        Index("ix_nudge_subject", "organization_id", "kind", "subject_id"),
    )

    once: str = Field(max_length=200)
    person_id: int = Field(foreign_key="person.id")
    touchpoint_id: int | None = Field(default=None, foreign_key="touchpoint.id")

    @property
    def again(self) -> str:
        """What tells it apart from what else is asked of its reader about the same: the end of `key_of`."""
        return "".join(self.once.split(":", 3)[3:])


EVER = datetime.min.replace(tzinfo=UTC)
ORDER = {kind: number for number, kind in enumerate(NudgeKind)}
SINCE = select(Nudge).where(
    col(Nudge.person_id).in_(bindparam("person_ids", expanding=True)),
    or_(col(Nudge.slot) > bindparam("after"), col(Nudge.again_slot) > bindparam("after")),
)


def plan(
    record: Record,
    *,
    once: str,
    person_id: int,
    kind: NudgeKind,
    subject_id: int,
    slot: datetime,
    touchpoint_id: int | None = None,
) -> bool:
    """Ask this of that person at that moment, unless it is planned or was asked already. True if it is new."""
    return insert_once(
        record,
        Nudge,
        organization_id=record.organization_id,
        once=once,
        person_id=person_id,
        touchpoint_id=touchpoint_id,
        kind=kind,
        subject_id=subject_id,
        slot=slot,
    )


def key_of(kind: NudgeKind, subject_id: int, person_id: int, again: str) -> str:
    """What is asked of somebody once; `again` tells apart what may be asked more than once."""
    return f"{kind}:{subject_id}:{person_id}:{again}"


def planned_for(record: Record, once: str) -> datetime | None:
    """The moment for which exactly this is planned or was asked, if it is."""
    query = select(col(Nudge.slot)).where(col(Nudge.organization_id) == record.organization_id, col(Nudge.once) == once)
    return record.session.execute(query).scalar_one_or_none()


def about(record: Record, kind: NudgeKind, subject_id: int) -> list[Nudge]:
    """Whoever is asked this."""
    return rows.having(record, Nudge, kind=kind, subject_id=subject_id)


def between(record: Record, person_id: int, after: datetime | None, until: datetime) -> list[Nudge]:
    """What one message asks: everything that fell due for this person since the message before it, most urgent kind first."""
    found = [
        nudge
        for nudge in _since(record.session, person_id, after or EVER)
        if nudge.organization_id == record.organization_id
        and any((after or EVER) < slot <= until for slot in (nudge.slot, nudge.waits_for))
    ]
    return sorted(found, key=lambda nudge: (ORDER[nudge.kind], nudge.key))


def gather(session: Session, since: Mapping[int, datetime | None]) -> list[Nudge]:
    """What each of these people is asked after that moment, for `between` to find. For a transaction that only reads."""
    gathered: dict[int, tuple[datetime, list[Nudge]]] = {}
    newcomers = [person_id for person_id, after in since.items() if after is None]
    others = {person_id: after for person_id, after in since.items() if after is not None}
    for person_ids, after in ((newcomers, EVER), (list(others), min(others.values(), default=EVER))):
        gathered |= {person_id: (after, []) for person_id in person_ids}
        for nudge in session.execute(SINCE, {"person_ids": person_ids, "after": after}).scalars():
            gathered[nudge.person_id][1].append(nudge)
    session.info["nudges"] = gathered
    return [nudge for _after, found in gathered.values() for nudge in found]


def _since(session: Session, person_id: int, after: datetime) -> Sequence[Nudge]:
    gathered: Mapping[int, tuple[datetime, list[Nudge]]] = session.info.get("nudges", {})
    since, found = gathered.get(person_id, (None, []))
    if since is not None and since <= after:
        return found
    return session.execute(SINCE, {"person_ids": [person_id], "after": after}).scalars().all()


def sent(record: Record, kind: NudgeKind, person_id: int, *, limit: int = 5) -> list[Nudge]:
    """What this person was asked of that kind up to now, the last first."""
    query = (
        select(Nudge)
        .where(
            col(Nudge.organization_id) == record.organization_id,
            col(Nudge.person_id) == person_id,
            col(Nudge.kind) == kind,
            col(Nudge.slot) <= record.now,
        )
        .order_by(col(Nudge.slot).desc(), col(Nudge.id).desc())
        .limit(limit)
    )
    return list(record.session.execute(query).scalars())


def forget(record: Record, nudges: Sequence[Nudge]) -> None:
    """These are not asked after all."""
    for nudge in nudges:
        record.session.delete(nudge)
    record.session.flush()


def hand_over(record: Record, *, gone: int, into: int) -> None:
    """Two turned out to be one: what was asked of `gone` was asked of `into`, and is not asked again."""
    theirs = select(Nudge).where(col(Nudge.organization_id) == record.organization_id, col(Nudge.person_id) == gone)
    for nudge in record.session.execute(theirs.order_by(col(Nudge.id))).scalars().all():
        again = nudge.again
        nudge.subject_id = into if nudge.kind is NudgeKind.DIGEST else nudge.subject_id
        once = key_of(nudge.kind, nudge.subject_id, into, again)
        if planned_for(record, once):
            record.session.delete(nudge)
        else:
            nudge.person_id, nudge.once = into, once
        record.session.flush()
