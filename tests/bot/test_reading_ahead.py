"""A hundred messages drawn together say what each says when it is drawn alone, and ask the record no more often than two do."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import event, select

from bot import outbox
from storage.claims import owed
from storage.deliveries import Delivery, Owed
from storage.unit_of_work import transaction
from tests.bot.room import Room

TUESDAY = datetime(2031, 3, 4, 8, 30, tzinfo=UTC)
DAY = timedelta(days=1)


def eventful() -> tuple[Room, list[Owed]]:
    """A point, a leave, something put off; and every message of those days, as it stands and as if it had not gone out."""
    room = Room(now=TUESDAY - 6 * DAY)
    sam, dana = room.set_up()
    dana.types("away 2031-03-20 to 2031-03-25")
    posted = room.until(datetime(2031, 2, 28, 9, 0, tzinfo=UTC))
    sam.says("threats: the VPN")
    dana.presses("Snooze until tomorrow", next(one for one in posted if one.owed.conversation == dana.account))
    room.until(TUESDAY + DAY)
    with transaction(room.engine, writes=False) as session:
        standing = [owed(row) for row in session.execute(select(Delivery)).scalars()]
    return room, standing + [replace(one, message=None) for one in standing]


def no_address(_conversation: str) -> str:
    return ""


def test_together_they_say_what_each_says_alone():
    room, messages = eventful()
    moments = [datetime(2031, 3, 3, 9, 0, tzinfo=UTC), room.now, room.now + DAY / 2]
    for now in moments:
        alone = [outbox.draw(room.engine, one, now) for one in messages]
        assert outbox.draw_all(room.engine, no_address, [(one, now) for one in messages]) == alone
        assert "What should we talk about?" in str(alone) or "The sync of" in str(alone)


def test_however_many_they_are_the_record_is_asked_as_often():
    room, messages = eventful()
    asking = [(one, room.now) for one in messages if one.kind == "nudge" and one.message]
    asked: list[str] = []
    event.listen(room.engine, "before_cursor_execute", lambda _c, _k, query, *_: asked.append(query))
    counts = []
    for batch in (asking[:2], asking[:2] * 50):
        asked.clear()
        outbox.draw_all(room.engine, no_address, batch)
        counts.append(len(asked))
    assert counts[0] == counts[1]
