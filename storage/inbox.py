"""What was done already: a request that the platform delivers again finds its own mark and changes nothing twice."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from storage.unit_of_work import Record, insert_once


class InboxMark(SQLModel, table=True):
    """`key` names the delivery of a request, or a form that was opened once and may be submitted once."""

    __tablename__ = "inbox_mark"

    organization_id: int = Field(foreign_key="organization.id", primary_key=True)
    key: str = Field(primary_key=True, max_length=400)
    marked_at: datetime


class Counter(SQLModel, table=True):
    """The last short id given out; see `numbers`."""

    organization_id: int = Field(foreign_key="organization.id", primary_key=True)
    noun: str = Field(primary_key=True, max_length=20)
    last: int


def first_time(record: Record, key: str) -> bool:
    """Marks it as done, in this transaction. False if it was done before."""
    return insert_once(record, InboxMark, key=key, organization_id=record.organization_id, marked_at=record.now)
