"""The keys that principals turned on exact texts: of decisions, of acceptances, of whatever else two people sign."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Final, Protocol

from sqlalchemy import Index, select, text
from sqlmodel import Field, col

from agenda.columns import stored
from agenda.touchpoints import Seat
from storage import rows
from storage.rows import Sealed
from storage.unit_of_work import Record

HISTORY: Final = "keys"
STANDS = text("voided_at IS NULL")


class Paper(Protocol):
    """What can be signed: a row with a text. `SUBJECT` is what its kind is called in the record (`decision`)."""

    SUBJECT: ClassVar[str]
    touchpoint_id: int
    number: int

    @property
    def key(self) -> int: ...

    @property
    def text_hash(self) -> str: ...


class SignOff(Sealed, table=True):
    """One principal's key on an exact text. A key on a text that was changed since is void, and stays as history.

    `dissent` is why its holder would have decided otherwise; empty where they agree.
    """

    __tablename__ = "sign_off"
    __table_args__ = (
        Index("ix_sign_off_subject", "subject", "subject_id"),
        # K1 to K3 hold in the database too: of one chair no text ever has two keys that stand.
        Index(
            "uq_sign_off_stands",
            "subject",
            "subject_id",
            "seat",
            unique=True,
            sqlite_where=STANDS,
            postgresql_where=STANDS,
        ),
    )

    subject: str = Field(max_length=20)
    subject_id: int
    person_id: int = Field(foreign_key="person.id")
    seat: Seat = Field(sa_type=stored(Seat))
    text_hash: str = Field(max_length=64)
    turned_at: datetime
    voided_at: datetime | None = Field(default=None)
    dissent: str = Field(default="")


def turned(record: Record, paper: Paper) -> dict[Seat, SignOff]:
    """The keys that are turned on the text as it stands."""
    standing = (key for key in history(record, paper) if key.voided_at is None)
    return {key.seat: key for key in standing if key.text_hash == paper.text_hash}


def history(record: Record, paper: Paper) -> list[SignOff]:
    """Every key that was ever turned on it, in order. Asked once a transaction: who writes in one organization is alone."""
    known: dict[object, list[SignOff]] = record.session.info.setdefault(HISTORY, {})
    mine = (record.organization_id, paper.SUBJECT, paper.key)
    if mine not in known:
        known[mine] = rows.having(record, SignOff, subject=paper.SUBJECT, subject_id=paper.key)
    return known[mine]


def read_ahead(record: Record, papers: Sequence[Paper]) -> None:
    """The histories of all of these, which are of one kind, in one statement."""
    if not papers:
        return
    known: dict[object, list[SignOff]] = record.session.info.setdefault(HISTORY, {})
    subject = papers[0].SUBJECT
    found = {paper.key: list[SignOff]() for paper in papers}
    query = select(SignOff).where(
        col(SignOff.organization_id) == record.organization_id,
        col(SignOff.subject) == subject,
        col(SignOff.subject_id).in_(found),
    )
    for key in record.session.execute(query.order_by(col(SignOff.id))).scalars():
        found[key.subject_id].append(key)
    for paper_id, history in found.items():
        known.setdefault((record.organization_id, subject, paper_id), history)


def turn(record: Record, paper: Paper, seat: Seat, person_id: int, *, dissent: str = "") -> bool:
    """This principal's key, on the text as it stands. False where it was turned on that text already: nothing changes."""
    if seat in turned(record, paper):
        return False
    key = SignOff(
        organization_id=record.organization_id,
        subject=paper.SUBJECT,
        subject_id=paper.key,
        person_id=person_id,
        seat=seat,
        text_hash=paper.text_hash,
        turned_at=record.now,
        dissent=dissent,
    )
    history(record, paper).append(rows.add(record, key))
    return True


def void(record: Record, paper: Paper) -> list[SignOff]:
    """K2: the text changed, and no key stands any more. Returns those that stood until now."""
    standing = [key for key in history(record, paper) if key.voided_at is None]
    for key in standing:
        key.voided_at = record.now
    record.session.flush()
    return standing


def turned_by_both(record: Record, one_id: int, other_id: int) -> bool:
    """Is there a text on which these two turned a key each, and both stand?"""
    of_one, of_other = (_texts(record, person_id) for person_id in (one_id, other_id))
    return not of_one.isdisjoint(of_other)


def _texts(record: Record, person_id: int) -> set[tuple[str, int, str]]:
    found = rows.having(record, SignOff, person_id=person_id)
    return {(key.subject, key.subject_id, key.text_hash) for key in found if key.voided_at is None}
