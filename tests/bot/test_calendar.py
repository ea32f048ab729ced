"""A person asks for their calendar: the link is shown once, made anew, stopped; and our own pages on cards."""

import re
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import text

from agenda.roles import Role
from agenda.touchpoints import Seat
from bot import pages
from bot.cards import Button, Card, LinkButton, Verbatim, card
from bot.pages import CalendarPage, addressed, sync_calendar_button
from storage import feeds, people, rows
from storage.absences import Delegation
from storage.memberships import Membership
from storage.people import Organization
from storage.syncs import Sync
from storage.touchpoints import Touchpoint
from tests.bot.room import Chair, Room
from tests.conftest import MONDAY, fresh_sqlite
from tests.storage.firm import Firm, founded

PUBLIC = "https://touchpoint.example.com"
NEXT = MONDAY + timedelta(days=7, minutes=30)  # The rule has 09:30 in Zurich.


@pytest.fixture
def firm() -> Firm:
    return founded(fresh_sqlite())


@pytest.fixture
def room(firm: Firm) -> Room:
    room = Room(engine=firm.engine)
    room.bot.public_url = PUBLIC
    return room


@pytest.fixture
def sam(room: Room) -> Chair:
    return room.chair("Sam")


def link(chair: Chair) -> str:
    """The secret address on the last answer."""
    assert chair.answer is not None
    (found,) = [block.text for block in chair.answer.blocks if isinstance(block, Verbatim)]
    return found


def token(chair: Chair) -> str:
    found = re.fullmatch(rf"{PUBLIC}/calendar/([A-Za-z0-9_-]{{43}})\.ics", link(chair))
    assert found, "32 bytes as base64url, behind the public address"
    return found[1]


def served(firm: Firm, secret: str, now: datetime = MONDAY) -> CalendarPage | None:
    return pages.feed(firm.engine, secret, lambda _organization: now)


def titles(page: CalendarPage | None) -> set[str]:
    return {event.title for event in page.events} if page else set()


def plans(firm: Firm, starts_at: datetime, **changes: object) -> int:
    with firm.record() as record:
        times = dict.fromkeys(("starts_at", "prompts_at", "reminds_at", "publishes_at"), starts_at)
        values = {"organization_id": firm.organization_id, "touchpoint_id": firm.touchpoint_id}
        return rows.add(record, Sync(**(values | times | changes))).key


def test_the_link_is_handed_out_once_and_works(firm: Firm, sam: Chair):
    said = sam.types("calendar")
    assert "Subscribe" in said
    assert titles(served(firm, token(sam))) == {"Sync: Sam and Dana"}
    again = sam.types("calendar")
    assert "works since Mon 3 March" in again
    assert sam.answer is not None
    assert not [block for block in sam.answer.blocks if isinstance(block, Verbatim)]
    assert [button.label for button in sam.answer.buttons] == ["New link", "Stop"]


def test_a_new_link_asks_first_and_ends_the_old_one(firm: Firm, sam: Chair):
    sam.types("calendar")
    old = token(sam)
    assert sam.answer is not None
    assert all(isinstance(button, Button) and button.confirm for button in sam.answer.buttons)
    sam.presses("New link")
    assert token(sam) != old
    assert served(firm, old) is None
    assert served(firm, token(sam)) is not None


def test_stop_ends_it_and_a_second_press_changes_nothing(firm: Firm, sam: Chair):
    sam.types("calendar")
    secret, shown = token(sam), sam.answer
    assert "No calendar reads" in sam.presses("Stop")
    assert served(firm, secret) is None
    assert "No calendar reads" in sam.presses("Stop", on=shown)
    sam.types("calendar")
    assert token(sam) != secret


def test_what_the_audit_log_keeps_is_no_secret(firm: Firm, sam: Chair):
    sam.types("calendar")
    secret = token(sam)
    sam.presses("Stop")
    with firm.engine.connect() as connection:
        everything = connection.execute(
            text("SELECT event, facts FROM audit_event WHERE event LIKE 'calendar.%' ORDER BY number")
        ).all()
    assert [event for event, _facts in everything] == ["calendar.issued", "calendar.revoked"]
    assert secret not in str(everything)
    assert feeds.hashed(secret) not in str(everything)


def test_without_a_public_address_it_says_what_is_missing(room: Room, sam: Chair):
    room.bot.public_url = ""
    assert "TOUCHPOINT_PUBLIC_URL" in sam.types("calendar")
    room.bot.local_urls["slack"] = "http://127.0.0.1:3978"
    sam.types("calendar")
    assert link(sam).startswith("http://127.0.0.1:3978/calendar/")


def test_whoever_has_no_chair_gets_none(room: Room):
    assert "no chair" in room.chair("Robin").types("calendar")


def test_a_delegate_sees_it_for_as_long_as_they_stand_in(firm: Firm, room: Room):
    with firm.record() as record:
        robin_id = people.meet(record, "slack:T1/Robin", name="Robin").key
        one = Delegation(
            organization_id=firm.organization_id,
            touchpoint_id=firm.touchpoint_id,
            person_id=robin_id,
            seat=Seat.CIO,
            until=date(2031, 3, 14),
            given_at=MONDAY,
        )
        rows.add(record, one)
    robin = room.chair("Robin")
    robin.types("calendar")
    assert titles(served(firm, token(robin))) == {"Sync: Sam and Dana"}
    assert served(firm, token(robin), now=MONDAY + timedelta(days=30)) is None


def test_a_viewer_sees_it_until_they_are_removed_and_a_guest_never(firm: Firm, room: Room):
    robin = room.chair("Robin")
    with firm.record() as record:
        robin_id = people.meet(record, robin.account, name="Robin").key
        given = {"role": Role.VIEWER, "given_by_id": firm.sam_id, "given_at": MONDAY}
        home = {"organization_id": firm.organization_id, "touchpoint_id": firm.touchpoint_id}
        one = rows.add(record, Membership(person_id=robin_id, **home, **given)).key
    robin.types("calendar")
    for outsider in (True, False):
        with firm.record() as record:
            people.meet(record, robin.account, outsider=outsider)
        assert (served(firm, token(robin)) is None) is outsider
    with firm.record() as record:
        rows.get(record, Membership, one).ended_at = MONDAY
    assert served(firm, token(robin)) is None


def test_whoever_left_or_lost_every_chair_is_served_nothing(firm: Firm, sam: Chair):
    sam.types("calendar")
    with firm.record() as record:
        person = rows.get(record, people.Person, firm.sam_id)
        person.left_at = MONDAY
    assert served(firm, token(sam)) is None
    with firm.record() as record:
        rows.get(record, people.Person, firm.sam_id).left_at = None
        rows.get(record, Touchpoint, firm.touchpoint_id).cio_id = firm.dana_id
    assert served(firm, token(sam)) is None


def test_a_calendar_shows_its_own_organization_alone(firm: Firm, room: Room, sam: Chair):
    other = founded(firm.engine, "slack:T2")
    with other.record() as record:
        rows.get(record, Touchpoint, other.touchpoint_id).name = "Theirs"
    sam.types("calendar")
    theirs = room.chair("Sam", account="slack:T2/Sam")
    theirs.types("calendar")
    assert titles(served(firm, token(sam))) == {"Sync: Sam and Dana"}
    assert titles(served(firm, token(theirs))) == {"Sync: Theirs"}


def test_a_feed_row_of_one_organization_opens_no_person_of_another(firm: Firm):
    """A workspace that joined another leaves its feeds behind: they must open nothing."""
    other = founded(firm.engine, "slack:T2")
    with other.record() as record:
        feeds.issue(record, firm.sam_id, "strayed")
    assert served(firm, "strayed") is None


def test_both_touchpoints_of_a_person_stand_in_one_calendar(firm: Firm, sam: Chair):
    second = firm.touchpoint("slack:T1/C-board")
    with firm.record() as record:
        rows.get(record, Touchpoint, second).name = "Board"
    sam.types("calendar")
    assert titles(served(firm, token(sam))) == {"Sync: Sam and Dana", "Sync: Board"}


def test_what_is_planned_moved_skipped_and_extra_stands_once(firm: Firm, sam: Chair):
    plans(firm, NEXT, occurrence="2031-03-10T09:30")
    later = NEXT + timedelta(days=9)
    plans(firm, later, occurrence="2031-03-17T09:30", moved_at=MONDAY, sequence=1, note="the board meets")
    plans(firm, NEXT + timedelta(days=14), occurrence="2031-03-24T09:30", skipped_at=MONDAY, note="Sechseläuten")
    extra = plans(firm, NEXT + timedelta(days=3))
    plans(firm, MONDAY - timedelta(days=91), occurrence="2030-12-02T09:30")
    sam.types("calendar")
    page = served(firm, token(sam))
    assert page is not None
    by_uid = {event.uid.removesuffix("@touchpoint"): event for event in page.events}
    assert len(by_uid) == len(page.events)
    one = firm.touchpoint_id
    assert by_uid[f"{one}-2031-03-10T09:30"].starts_at == NEXT
    assert by_uid[f"{one}-2031-03-17T09:30"].starts_at == later
    skipped = by_uid[f"{one}-2031-03-24T09:30"]
    assert (skipped.cancelled, skipped.description) == (True, "Sechseläuten")
    assert f"sync-{extra}" in by_uid
    assert f"{one}-2031-03-31T09:30" in by_uid, "and behind them the rule goes on"
    assert f"{one}-2030-12-02T09:30" not in by_uid, "over for more than 90 days"


def test_while_paused_only_what_was_recorded_stands_there(firm: Firm, sam: Chair):
    plans(firm, MONDAY - timedelta(days=7), occurrence="2031-02-24T09:30")
    with firm.record() as record:
        rows.get(record, Touchpoint, firm.touchpoint_id).paused_at = MONDAY
    sam.types("calendar")
    page = served(firm, token(sam))
    assert page is not None
    assert [event.starts_at for event in page.events] == [MONDAY - timedelta(days=7)]


def code(chair: Chair, what: str) -> str:
    """The one that the last link card shows for this."""
    chair.types("link")
    return next(line.split(": ")[1] for line in chair.text.splitlines() if line.startswith(f"Join {what}"))


def test_whoever_joins_their_accounts_keeps_their_calendar(firm: Firm, room: Room, sam: Chair):
    sam.types("calendar")
    secret, on_teams = token(sam), room.chair("Sam", account="teams:tenant/sam")
    on_teams.types(f"link {code(sam, 'this organization')}")
    assert "Joined" in sam.types(f"link {code(on_teams, 'your own')}")
    assert titles(served(firm, secret)) == {"Sync: Sam and Dana"}
    assert "works since" in on_teams.types("calendar")
    on_teams.presses("Stop")
    assert served(firm, secret) is None


def test_each_organization_is_served_at_its_own_time(firm: Firm, sam: Chair):
    """The playground's clock can run ahead."""
    sam.types("calendar")
    asked: list[int] = []

    def now_of(organization: Organization) -> datetime:
        asked.append(organization.key)
        return MONDAY

    page = pages.feed(firm.engine, token(sam), now_of)
    assert page is not None
    assert (asked, page.now) == ([firm.organization_id], MONDAY)


TIMES = ("starts_at", "prompts_at", "reminds_at", "publishes_at")


def page_card(*buttons: Button | LinkButton) -> Card:
    return card("Agenda", buttons=buttons)


def test_a_card_leads_to_our_pages_where_they_can_be_reached():
    ours = sync_calendar_button(Sync(calendar_key="abc", **dict.fromkeys(TIMES, MONDAY)))
    theirs, press = LinkButton(label="Paper", url="https://example.org/"), Button(action="a", label="A")
    led = addressed(page_card(press, ours, theirs), PUBLIC)
    assert led.buttons == (press, LinkButton(label="Add to calendar", url=f"{PUBLIC}/sync/abc.ics"), theirs)
    assert addressed(page_card(press, ours, theirs), "").buttons == (press, theirs)


def test_a_card_that_leads_nowhere_is_left_as_it_is():
    one = page_card(Button(action="a", label="A"))
    assert addressed(one, "") is one
