"""A conversation that got another address, in every table that holds one: what stands there is reached by the new one.

Messages keep their own name within the conversation, so an address that begins with the old one begins with the new one.
"""

from sqlalchemy import ColumnElement, String, case, func, literal, select, update
from sqlalchemy.orm import Mapped
from sqlmodel import col

from storage.deliveries import Delivery
from storage.hygiene import HygienePost
from storage.items import AgendaItem
from storage.places import Conversation
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record


def readdress(record: Record, old: str, new: str) -> bool:
    """False where nothing is known of the old one, or another organization knows it."""
    place = record.session.get(Conversation, old)
    if place is None or place.organization_id != record.organization_id:
        return False
    known = record.session.get(Conversation, new)
    if known is not None and known.organization_id != record.organization_id:
        return False
    if known is None:
        known = Conversation(address=new, organization_id=record.organization_id)
        record.session.add(known)
    known.title, known.added_by = known.title or place.title, known.added_by or place.added_by
    known.outsiders_since = known.outsiders_since or place.outsiders_since
    record.session.delete(place)
    _homes(record, old, new)
    _messages(record, old, new)
    record.session.flush()
    return True


def _homes(record: Record, old: str, new: str) -> None:
    """What is sealed is changed row by row, so that the log holds what became of it."""
    ours = col(Touchpoint.organization_id) == record.organization_id
    for touchpoint in record.session.execute(select(Touchpoint).where(ours, col(Touchpoint.home) == old)).scalars():
        touchpoint.home = new
    ours = col(AgendaItem.organization_id) == record.organization_id
    said = col(AgendaItem.source_message).startswith(f"{old}/", autoescape=True)
    for item in record.session.execute(select(AgendaItem).where(ours, said)).scalars():
        item.source_message = f"{new}{(item.source_message or '').removeprefix(old)}"


def _messages(record: Record, old: str, new: str) -> None:
    for table in (Delivery, HygienePost):
        there = (col(table.organization_id) == record.organization_id, col(table.conversation) == old)
        values: dict[str, object] = {"conversation": new}
        if table is Delivery:
            values["message"] = _moved(col(Delivery.message), old, new)
        done = update(table).where(*there).values(**values)
        record.session.execute(done.execution_options(synchronize_session="fetch"))


def _moved(message: Mapped[str | None], old: str, new: str) -> ColumnElement[str | None]:
    behind = literal(new, String) + func.substr(message, len(old) + 1)
    return case((message.startswith(f"{old}/", autoescape=True), behind), else_=message)
