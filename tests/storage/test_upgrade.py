"""A database that was in use before syncs went deep is brought to today's tables: nothing is lost, nothing is sent again."""

from collections import Counter
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, MetaData, select
from sqlmodel import SQLModel, col

from agenda.calendars import HolidayPolicy
from agenda.items import Outcome
from agenda.nudges import NudgeKind
from agenda.syncs import SkipReason, SyncState
from bot import outbox, planning
from bot.cards import Card
from storage import inbox, rows, schema
from storage.deliveries import Delivery
from storage.engine import open_engine
from storage.items import AgendaItem
from storage.nudges import Nudge
from storage.people import Person
from storage.syncs import Sync
from storage.touchpoints import Touchpoint
from tests.conftest import MONDAY
from tests.storage.firm import Firm

MIGRATIONS = Path(schema.__file__).parent / "migrations"
WEEK = timedelta(days=7)
HALF_PAST_NINE = MONDAY + timedelta(minutes=30)  # In Zurich.
THURSDAY = HALF_PAST_NINE - timedelta(days=4)
OVER, LAPSED, TODAY, NEXT_WEEK = 1, 2, 3, 4
SAM, DANA = 1, 2
HOME = "slack:T1/C-home"


def filled(engine: Engine) -> Firm:
    """As the first schema left it on a Monday, half an hour before a sync."""
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        standing = MetaData()
        standing.reflect(connection)
        for table, row in ROWS:
            connection.execute(standing.tables[table].insert().values(row))
    return Firm(engine=engine, tenant="slack:T1", organization_id=1, sam_id=SAM, dana_id=DANA, touchpoint_id=1)


def sync(starts_at: datetime, **changes: datetime) -> tuple[str, dict[str, Any]]:
    days = timedelta(days=1)
    moments = {"starts_at": starts_at, "prompts_at": starts_at - 4 * days, "publishes_at": starts_at - 3 * days}
    return "sync", {"organization_id": 1, "touchpoint_id": 1, **moments, **changes}


def line(sync_id: int, title: str, **changes: object) -> tuple[str, dict[str, Any]]:
    texts = {"title": title, "detail": "", "theme": "threats", "outcome": "open", "deferrals": 0}
    raised = {"sync_id": sync_id, "raised_by_id": SAM, "raised_at": THURSDAY}
    return "agenda_item", {"organization_id": 1, **texts, **raised, **changes}


def owed(kind: str, sync_id: int, due_at: datetime, person_id: int | None = None, **changes: object) -> Any:
    where = HOME if person_id is None else f"slack:T1/{person_id}"
    what = {"once": f"1:{kind}:{sync_id}:{person_id or where}", "kind": kind, "subject_id": sync_id, "detail": ""}
    counts = {"attempts": 0, "revision": 0, "claimed_revision": 0, "reason": "", "state": "due"}
    whose = {"organization_id": 1, "platform": "slack", "conversation": where, "person_id": person_id}
    return "delivery", {**whose, **what, **counts, "due_at": due_at, **changes}


def sent(at: datetime, message: str) -> dict[str, Any]:
    return {"state": "sent", "attempts": 1, "sent_at": at + timedelta(milliseconds=2345), "message": message}


ROWS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("organization", {"name": "Firm", "ahead": 0, "created_at": MONDAY - 4 * WEEK}),
    *(("person", {"organization_id": 1, "name": name, "zone": "", "admin": False}) for name in ("Sam", "Dana")),
    *(
        (
            "account",
            {"address": f"slack:T1/{n}", "organization_id": 1, "person_id": n, "outsider": False, "seen_at": MONDAY},
        )
        for n in (SAM, DANA)
    ),
    (
        "touchpoint",
        {
            "organization_id": 1,
            "name": "Sam and Dana",
            "home": HOME,
            "home_title": "",
            "rule": "FREQ=WEEKLY;BYDAY=MO",
            "since": date(2031, 2, 17),
            "at": time(9, 30),
            "zone": "Europe/Zurich",
            "prompt_days": 2,
            "agenda_days": 1,
            "created_at": MONDAY - 4 * WEEK,
            "cio_id": SAM,
            "ciso_id": DANA,
        },
    ),
    sync(HALF_PAST_NINE - 2 * WEEK, started_at=HALF_PAST_NINE - 2 * WEEK, closed_at=MONDAY - 2 * WEEK + WEEK / 7),
    sync(HALF_PAST_NINE - WEEK, skipped_at=HALF_PAST_NINE - WEEK / 2),
    sync(HALF_PAST_NINE),
    sync(HALF_PAST_NINE + WEEK),
    line(OVER, "The budget", outcome="discussed"),
    line(LAPSED, "The old VPN"),
    line(TODAY, "The old VPN", carried_from_id=2),
    line(NEXT_WEEK, "The audit"),
    ("inbox_mark", {"key": "event-1", "organization_id": 1, "marked_at": THURSDAY}),
    owed("prompt", TODAY, THURSDAY, SAM, **sent(THURSDAY, "slack:T1/1/100")),
    owed("prompt", TODAY, THURSDAY, DANA, **(sent(THURSDAY, "slack:T1/2/100") | {"state": "due"})),
    owed("prompt", NEXT_WEEK, THURSDAY + WEEK, SAM),
    owed("prompt", NEXT_WEEK, THURSDAY + WEEK, DANA),
    owed("agenda", TODAY, THURSDAY + timedelta(days=1), **sent(THURSDAY + timedelta(days=1), f"{HOME}/101")),
    owed("start", TODAY, HALF_PAST_NINE),
    owed("agenda", NEXT_WEEK, THURSDAY + WEEK + timedelta(days=1)),
    owed("start", NEXT_WEEK, HALF_PAST_NINE + WEEK),
)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def upgraded(request: pytest.FixtureRequest, tmp_path: Path) -> Firm:
    sqlite = request.param == "sqlite"
    engine = open_engine(f"sqlite:///{tmp_path / 'old.db'}") if sqlite else request.getfixturevalue("postgres")
    firm = filled(engine)
    schema.upgrade(engine)
    return firm


def every(firm: Firm, table: type[SQLModel]) -> list[Any]:
    with firm.record(writes=False) as record:
        return list(record.session.execute(select(table).order_by(col(table.id))).scalars())  # type: ignore[attr-defined]


def test_each_sync_is_known_by_its_wall_time_and_has_an_address_for_calendars(upgraded: Firm):
    found = every(upgraded, Sync)
    assert [one.occurrence for one in found] == ["2031-02-17T09:30", None, "2031-03-03T09:30", "2031-03-10T09:30"]
    assert [one.skip_reason for one in found] == [None, SkipReason.CADENCE, None, None]
    assert [one.state(MONDAY) for one in found] == [
        SyncState.CLOSED,
        SyncState.SKIPPED,
        SyncState.PUBLISHED,
        SyncState.SCHEDULED,
    ]
    assert {(len(one.calendar_key), one.sequence, one.note, one.moved_at) for one in found} == {(32, 0, "", None)}
    assert len({one.calendar_key for one in found}) == len(found)
    assert all(one.prompts_at <= one.reminds_at <= one.publishes_at <= one.starts_at for one in found)


def test_what_nobody_chose_yet_has_its_default(upgraded: Firm):
    with upgraded.record() as record:
        sam = rows.get(record, Person, SAM)
        assert (sam.begins, sam.ends, sam.days, sam.mutes) == (time(9), time(17), "MO,TU,WE,TH,FR", frozenset())
        touchpoint = rows.get(record, Touchpoint, 1)
        assert touchpoint.holiday_policy is HolidayPolicy.NEXT
        numbers = (touchpoint.minutes, touchpoint.reminder_hours, touchpoint.start_minutes, touchpoint.promise_days)
        assert (*numbers, touchpoint.defer_limit) == (30, 4, 0, 1, 3)
        assert (touchpoint.paused_at, touchpoint.paused_until, touchpoint.calendar.closed) == (None, None, ())
        sam.begins, touchpoint.holiday_policy = time(7, 45), HolidayPolicy.SKIP
    with upgraded.record() as record:
        assert rows.get(record, Person, SAM).begins == time(7, 45)
        assert rows.get(record, Touchpoint, 1).holiday_policy is HolidayPolicy.SKIP
        assert [item.outcome for item in every(upgraded, AgendaItem)] == [Outcome.DISCUSSED, *[Outcome.OPEN] * 3]


def test_a_prompt_that_stands_is_a_nudge_and_one_that_was_due_is_gone(upgraded: Firm):
    slot = THURSDAY + timedelta(seconds=2)
    asked = [(one.kind, one.subject_id, one.person_id, one.touchpoint_id, one.slot) for one in every(upgraded, Nudge)]
    assert asked == [(NudgeKind.PROMPT, TODAY, person, 1, slot) for person in (SAM, DANA)]
    found = [(one.kind, one.subject_id, one.detail, one.message) for one in every(upgraded, Delivery)]
    assert found[:2] == [("nudge", n, "2031-02-27T08:30:02Z", f"slack:T1/{n}/100") for n in (SAM, DANA)]
    assert Counter(kind for kind, *_rest in found) == {"nudge": 2, "agenda": 2, "start": 2}


def plan(firm: Firm) -> None:
    with firm.record(MONDAY) as record:
        planning.plan(record, rows.get(record, Touchpoint, firm.touchpoint_id))


def snapshot(firm: Firm) -> dict[type[SQLModel], list[str]]:
    return {table: [repr(row) for row in every(firm, table)] for table in (Sync, AgendaItem, Nudge, Delivery)}


def test_planning_goes_on_and_plans_nothing_twice(upgraded: Firm):
    before = every(upgraded, Sync)
    plan(upgraded)
    after = every(upgraded, Sync)
    assert [(one.id, one.occurrence, one.starts_at) for one in after] == [
        (one.id, one.occurrence, one.starts_at) for one in before
    ]
    asked = Counter((one.kind.value, one.subject_id, one.person_id) for one in every(upgraded, Nudge))
    assert asked == {
        (kind, sync_id, person): 1
        for kind, sync_id in (("prompt", TODAY), ("prompt", NEXT_WEEK), ("reminder", NEXT_WEEK))
        for person in (SAM, DANA)
    }
    posted = Counter((one.kind, one.subject_id) for one in every(upgraded, Delivery) if one.kind != "nudge")
    assert posted == {(kind, n): 1 for kind in ("agenda", "start", "unstarted") for n in (TODAY, NEXT_WEEK)}
    first = snapshot(upgraded)
    plan(upgraded)
    assert snapshot(upgraded) == first


def test_a_line_that_the_next_sync_carries_already_is_not_taken_in_again(upgraded: Firm):
    plan(upgraded)
    lines = [(one.sync_id, one.title) for one in every(upgraded, AgendaItem)]
    assert lines == [(OVER, "The budget"), (LAPSED, "The old VPN"), (TODAY, "The old VPN"), (NEXT_WEEK, "The audit")]


def test_a_request_that_comes_again_after_the_upgrade_finds_its_mark(upgraded: Firm):
    with upgraded.record() as record:
        assert [inbox.first_time(record, key) for key in ("event-1", "event-2")] == [False, True]


def test_what_stands_is_redrawn_and_nothing_new_is_posted(upgraded: Firm):
    plan(upgraded)
    claimed = upgraded.claims()
    assert sorted(one.message or "new" for one in claimed) == [
        f"slack:T1/{SAM}/100",
        f"slack:T1/{DANA}/100",
        f"{HOME}/101",
    ]
    drawn = [outbox.draw(upgraded.engine, one, MONDAY) for one in claimed]
    assert all(isinstance(card, Card) for card in drawn)
    titles = {card.title for card in drawn if isinstance(card, Card)}
    assert "What should we talk about?" in titles
