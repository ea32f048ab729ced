"""A tracker at the door: real HTTP on loopback, signed and not; what it is told, and what it never is."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import aiohttp
import pytest
from sqlmodel import select

from adapters import hooks, server
from adapters.clock import Clock
from adapters.core import ThreadedCore
from adapters.settings import Settings, names
from adapters.web import House
from agenda import conversations
from agenda.conversations import Conversation
from bot.dispatch import Bot
from storage import audit, gates, rows
from storage.initiatives import Initiative
from storage.people import Organization
from storage.touchpoints import Touchpoint
from tests.conftest import MONDAY, fresh_sqlite
from tests.storage.firm import Firm, founded

SECRET = "a-secret-of-the-tracker-and-of-us-both"
CRM = {"key": "CRM-1", "title": "New CRM", "partner": "Dana", "starts_on": "2031-03-03", "ends_on": "2031-09-30"}


class Stopped(Clock):
    """Stands still."""

    def now_of(self, organization: Organization) -> datetime:
        return MONDAY


@dataclass(frozen=True, kw_only=True)
class Tracker:
    """Somebody who knows the secret, at the door of a process with one organization."""

    firm: Firm
    http: aiohttp.ClientSession

    async def posts(self, body: bytes, timestamp: str = "", signed: str = "", **headers: str) -> tuple[int, Any]:
        timestamp = timestamp or str(int(time.time()))
        signed = signed or hooks.signature(SECRET, timestamp, body)
        signing = {hooks.TIMESTAMP: timestamp, hooks.SIGNATURE: signed}
        async with self.http.post(hooks.PATH, data=body, headers=signing | headers) as response:
            text = await response.text()
            return response.status, json.loads(text) if text.startswith("{") else text

    async def sends(self, *initiatives: object, touchpoint: object = None) -> tuple[int, Any]:
        whose = self.firm.touchpoint_id if touchpoint is None else touchpoint
        return await self.posts(json.dumps({"touchpoint": whose, "initiatives": initiatives}).encode())

    async def wrong(self, *initiatives: object) -> dict[str, str]:
        """What it is told, by field."""
        status, said = await self.sends(*initiatives)
        assert status == 422
        assert kept(self.firm) == []
        return {one["field"]: one["error"] for one in said["errors"]}


def kept(firm: Firm) -> list[Initiative]:
    with firm.record(writes=False) as record:
        return list(record.session.execute(select(Initiative).order_by(Initiative.number)).scalars())  # type: ignore[arg-type]


def due(firm: Firm, one: Initiative) -> dict[str, date | None]:
    with firm.record(writes=False) as record:
        return {gate.kind.value: gate.gate.due_on for gate in gates.of_initiative(record, one.key)}


@pytest.fixture
async def tracker(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Tracker]:
    for name in names():
        monkeypatch.delenv(name, raising=False)
    firm = founded(fresh_sqlite())
    with firm.record() as record:
        touchpoint = rows.get(record, Touchpoint, firm.touchpoint_id)
        touchpoint.conversations = conversations.written([Conversation.INITIATIVES])
    core = ThreadedCore(Bot(firm.engine), Stopped(firm.engine))
    house = House(engine=firm.engine, core=core, tracker_secret=SECRET)
    async with (
        server.listening(Settings(_env_file=None, port=0), house) as port,
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http,
    ):
        yield Tracker(firm=firm, http=http)
    core.close()


async def test_a_new_one_comes_in_with_its_gates(tracker: Tracker):
    sent = CRM | {"gates": {"design": "2031-04-01"}, "passed": ["idea"], "tier": "high"}
    assert await tracker.sends(sent) == (200, {"taken": 1})
    (one,) = kept(tracker.firm)
    assert (one.ref, one.title, one.tier, one.tracker_key, one.joined_gate) == (
        *("I-1", "New CRM", "high", "CRM-1", "design"),
    )
    days = due(tracker.firm, one)
    assert (days["idea"], days["design"], days["launch"]) == (date(2031, 3, 3), date(2031, 4, 1), date(2031, 9, 30))


async def test_it_is_known_again_by_its_key_and_what_is_left_out_stays(tracker: Tracker):
    await tracker.sends(CRM)
    assert await tracker.sends({"key": "CRM-1", "passed": ["design"], "state": "done"}) == (200, {"taken": 1})
    (one,) = kept(tracker.firm)
    assert (one.title, one.state, one.partner) == ("New CRM", "done", "Dana")
    with tracker.firm.record(writes=False) as record:
        passed = {gate.kind.value: gate.gate.unanswered for gate in gates.of_initiative(record, one.key)}
    assert passed == {"idea": 2, "design": 3, "build": None, "launch": None, "after": None}


async def test_a_passed_gate_stays_passed(tracker: Tracker):
    await tracker.sends(CRM | {"passed": ["idea", "design"]})
    assert (await tracker.sends({"key": "CRM-1", "passed": ["idea"]}))[0] == 200
    (one,) = kept(tracker.firm)
    with tracker.firm.record(writes=False) as record:
        ahead = gates.next_of(gates.of_initiative(record, one.key))
    assert ahead
    assert ahead.kind == "build"


async def test_another_end_moves_the_gates_that_nobody_moved(tracker: Tracker):
    await tracker.sends(CRM | {"gates": {"design": "2031-04-01"}})
    await tracker.sends({"key": "CRM-1", "ends_on": "2031-10-31"})
    (one,) = kept(tracker.firm)
    days = due(tracker.firm, one)
    assert (days["design"], days["launch"], days["after"]) == (date(2031, 4, 1), date(2031, 10, 31), date(2031, 11, 30))


async def test_a_day_that_does_not_fit_the_others_is_said_beside_the_one_that_was_sent(tracker: Tracker):
    await tracker.sends(CRM)
    status, said = await tracker.sends({"key": "CRM-1", "gates": {"design": "2031-12-01"}})
    assert (status, [one["field"] for one in said["errors"]]) == (422, ["initiatives[0].gates.design"])
    assert said["errors"][0]["error"].endswith("Write an earlier day, or gates.build too.")


async def test_the_audit_log_says_that_the_tracker_did_it(tracker: Tracker):
    await tracker.sends(CRM)
    await tracker.sends(CRM)
    with tracker.firm.record(writes=False) as record:
        told = [one for one in audit.events(record) if one.actor == "tracker"]
    assert [one.event for one in told] == ["initiative.imported"]
    assert "CRM" not in told[0].facts


async def test_the_very_same_delivery_is_taken_once(tracker: Tracker):
    body = json.dumps({"touchpoint": tracker.firm.touchpoint_id, "initiatives": [CRM]}).encode()
    now = str(int(time.time()))
    assert await tracker.posts(body, now) == (200, {"taken": 1})
    with tracker.firm.record() as record:
        (one,) = kept(tracker.firm)
        rows.get(record, Initiative, one.key).title = "Another title"
    assert await tracker.posts(body, now) == (200, {"taken": 1})
    assert [one.title for one in kept(tracker.firm)] == ["Another title"]


@pytest.mark.parametrize("signed", ["v1=" + "0" * 64, "v0=abc", "é", "v1="])
async def test_who_cannot_sign_changes_nothing(tracker: Tracker, signed: str):
    body = json.dumps({"touchpoint": 1, "initiatives": [CRM]}).encode()
    status, said = await tracker.posts(body, signed=signed)
    assert (status, kept(tracker.firm)) == (401, [])
    assert said == {"errors": [{"field": "", "error": hooks.NOT_SIGNED}]}


@pytest.mark.parametrize("off", [-301, 301])
async def test_an_old_signature_is_worth_nothing(tracker: Tracker, off: int):
    body = json.dumps({"touchpoint": 1, "initiatives": [CRM]}).encode()
    status, said = await tracker.posts(body, str(int(time.time()) + off))
    assert (status, kept(tracker.firm)) == (401, [])
    assert "5 minutes off" in said["errors"][0]["error"]


@pytest.mark.parametrize("timestamp", ["now", "١٩٣٠", "-5", "1" * 40])
async def test_a_time_that_is_none_is_refused(tracker: Tracker, timestamp: str):
    assert (await tracker.posts(b"{}", timestamp))[0] == 401


async def test_a_signature_of_another_body_does_not_do(tracker: Tracker):
    now = str(int(time.time()))
    assert (await tracker.posts(b'{"touchpoint": 1}', now, hooks.signature(SECRET, now, b"{}")))[0] == 401


async def test_each_wrong_field_is_named_and_nothing_is_taken_in(tracker: Tracker):
    said = await tracker.wrong(
        CRM,
        {"key": "B", "title": "B", "starts_on": "2031-09-30", "ends_on": "2031-03-03"},
        {"key": "C", "title": "", "tier": "huge", "gates": {"design": "soon"}, "passed": ["never"]},
        {"key": "D", "title": "D", "gates": {"design": "2031-05-01", "build": "2031-04-01"}},
    )
    assert set(said) == {
        *("initiatives[1].ends_on", "initiatives[2].title", "initiatives[2].tier", "initiatives[2].gates.design"),
        *("initiatives[2].passed", "initiatives[3].gates.build"),
    }
    assert said["initiatives[1].ends_on"] == "is before starts_on, and the dates run forward. Write a later day."
    assert "2031" not in said["initiatives[3].gates.build"]


@pytest.mark.parametrize(
    ("one", "field"),
    [
        ("text", ""),
        ({"title": "No key"}, ".key"),
        ({"key": "A", "title": "A", "colour": "red"}, ".colour"),
        ({"key": "A", "title": ["A"]}, ".title"),
        ({"key": "A", "title": True}, ".title"),
        ({"key": "A", "title": "A", "gates": "soon"}, ".gates"),
        ({"key": "A", "title": "A", "gates": {"middle": "2031-03-03"}}, ".gates.middle"),
        ({"key": "A", "title": "A", "passed": {"idea": 1}}, ".passed"),
        ({"key": "A", "title": "A\0"}, ".title"),
        ({"key": "A", "title": "A", "ref": "I-1"}, ".ref"),
    ],
)
async def test_what_is_no_initiative_is_said_where_it_stands(tracker: Tracker, one: object, field: str):
    assert list(await tracker.wrong(one)) == [f"initiatives[0]{field}"]


@pytest.mark.parametrize("touchpoint", [0, "", True, None, "nobody's", [1]])
async def test_a_touchpoint_that_there_is_not(tracker: Tracker, touchpoint: object):
    body = json.dumps({"touchpoint": touchpoint, "initiatives": [CRM]}).encode()
    status, said = await tracker.posts(body)
    assert (status, [one["field"] for one in said["errors"]]) == (422, ["touchpoint"])


async def test_its_name_does_as_well(tracker: Tracker):
    assert (await tracker.sends(CRM, touchpoint="sam and dana"))[0] == 200


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'"x"', b"[" * 60_000, b'{"touchpoint": ' + b"9" * 5_000 + b"}"])
async def test_what_is_no_object_is_refused(tracker: Tracker, body: bytes):
    assert (await tracker.posts(body))[0] == 422


async def test_bytes_that_are_no_text_are_refused(tracker: Tracker):
    assert (await tracker.posts(b"\xff{}"))[0] == 400


async def test_too_much_and_packed_bodies_are_not_read(tracker: Tracker):
    assert (await tracker.posts(b" " * (hooks.BODY_LIMIT + 1)))[0] == 413
    packed = {"Content-Encoding": "br"}
    assert (await tracker.posts(b"{}", **packed))[0] in {400, 415}


async def test_where_it_is_switched_off_that_is_said(tracker: Tracker):
    with tracker.firm.record() as record:
        rows.get(record, Touchpoint, tracker.firm.touchpoint_id).conversations = ""
    status, said = await tracker.sends(CRM)
    assert (status, kept(tracker.firm)) == (409, [])
    assert "is not switched on" in said["errors"][0]["error"]


async def test_so_many_a_minute_and_no_more(tracker: Tracker):
    first = [(await tracker.posts(b"{}", str(int(time.time()) - one)))[0] for one in range(hooks.MOST_A_MINUTE)]
    assert set(first) == {422}
    assert (await tracker.sends(CRM))[0] == 429


def test_a_minute_later_the_next_may_come():
    pace = hooks.Pace(most=1)
    pace.take(0)
    with pytest.raises(hooks.Refused) as refused:
        pace.take(59)
    assert refused.value.headers == {"Retry-After": "2"}
    pace.take(60)


async def test_without_a_secret_there_is_no_such_door():
    house = House(engine=fresh_sqlite())
    async with (
        server.listening(Settings(_env_file=None, port=0), house) as port,
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http,
        http.post(hooks.PATH, data=b"{}") as response,
    ):
        assert response.status == 404


async def test_a_body_that_never_ends_is_not_waited_for(tracker: Tracker, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(hooks, "PATIENCE", 0.05)
    never = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        yield b"{"
        await never.wait()

    async with tracker.http.post(hooks.PATH, data=endless()) as response:
        assert response.status == 408
    never.set()
