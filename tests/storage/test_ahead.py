"""Reading ahead changes how often the database is asked, and nothing that anybody hears."""

from datetime import timedelta

from sqlalchemy import event

from agenda.themes import Theme
from storage import ahead, items, people, rows
from storage.items import AgendaItem
from storage.people import Person
from storage.syncs import Sync
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record, opened
from tests.conftest import MONDAY
from tests.storage.firm import Firm, founded


def raises(firm: Firm, sync_id: int, *titles: str) -> None:
    with firm.record() as record:
        for title in titles:
            line = AgendaItem(
                organization_id=firm.organization_id,
                sync_id=sync_id,
                raised_by_id=firm.sam_id,
                title=title,
                theme=Theme.THREATS,
                raised_at=MONDAY,
            )
            rows.add(record, line)


def seen(firm: Firm, record: Record, sync_id: int) -> tuple[str, str, list[str]]:
    """What a card would show: the touchpoint, a name, the lines."""
    sync = rows.get(record, Sync, sync_id)
    touchpoint = rows.get(record, Touchpoint, sync.touchpoint_id)
    name = rows.get(record, Person, firm.sam_id).called
    return touchpoint.name, name, [line.title for line in items.of_sync(record, sync_id)]


def test_what_was_read_ahead_is_what_would_have_been_read(firm: Firm):
    first, second = firm.sync(), firm.sync(MONDAY + timedelta(days=14))
    raises(firm, first, "the VPN", "the backup")
    with firm.record(writes=False) as record:
        one_by_one = [seen(firm, record, sync) for sync in (first, second)]
    with firm.record(writes=False) as record:
        ahead.about_syncs(record.session, {first, second}, {firm.sam_id})
        asked: list[str] = []
        event.listen(firm.engine, "before_cursor_execute", lambda _c, _k, query, *_: asked.append(query))
        assert [seen(firm, record, sync) for sync in (first, second)] == one_by_one
        assert asked == []
    assert one_by_one[0][2] == ["the VPN", "the backup"]
    assert one_by_one[1][2] == []


def test_what_was_not_read_ahead_is_read_as_always(firm: Firm):
    first, second = firm.sync(), firm.sync(MONDAY + timedelta(days=14))
    raises(firm, second, "the VPN")
    with firm.record(writes=False) as record:
        ahead.about_syncs(record.session, {first, 0}, {0})
        assert seen(firm, record, second) == ("Sam and Dana", "Sam", ["the VPN"])


def test_another_organization_sees_nothing_of_it(firm: Firm):
    sync_id = firm.sync()
    raises(firm, sync_id, "the VPN")
    stranger = founded(firm.engine, "slack:T2")
    with opened(firm.engine, writes=False) as one:
        ahead.about_syncs(one.session, {sync_id}, {firm.sam_id})
        record = Record(transaction=one, organization_id=stranger.organization_id, now=MONDAY)
        assert rows.find(record, Sync, sync_id) is None
        assert rows.find(record, people.Person, firm.sam_id) is None
        assert items.of_sync(record, sync_id) == []
