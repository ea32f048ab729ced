"""Tokens of twelve hours: renewed long before they end, by one replica, whatever dies or does not answer in between."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from adapters.port import SendLater
from adapters.slack import rotation
from adapters.slack.installations import Installations
from bot.cards import Paragraph, card
from storage import installations
from storage.installations import TABLE, Installation
from storage.unit_of_work import transaction
from storage.vault import Vault
from tests.adapters.slack.several import VAULT, Replica, TestClock, replica
from tests.conftest import MONDAY, fresh_sqlite
from tests.doubles.slack_cloud import SlackCloud

CARD = card("Owed", Paragraph("A message."))
DIRECT = "slack:T1/U1DANA"


@pytest.fixture(autouse=True)
def monday() -> None:
    TestClock.moment = MONDAY


@pytest.fixture
async def cloud() -> AsyncIterator[SlackCloud]:
    async with SlackCloud(lambda: TestClock.moment) as cloud:
        cloud.workspace("T1", "Acme").add_user("U1DANA", "Dana")
        yield cloud


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Engine]:
    """In a file, because the test looks into it while the adapter works."""
    engine = fresh_sqlite(tmp_path / "record.db")
    yield engine
    engine.dispose()


@pytest.fixture
async def here(record: Engine, cloud: SlackCloud) -> AsyncIterator[Replica]:
    async with replica(record, cloud) as one:
        await one.installs("T1")
        cloud.exchanges.clear()
        yield one


async def sends(where: Replica) -> None:
    """Half a minute after whatever was sent before: what it knew of tokens is read again."""
    assert where.adapter._installed
    where.adapter._installed.forget("T1")
    await where.adapter.edge.post(conversation=DIRECT, card=CARD, delivery=f"d-{len(where.cloud.used)}")


async def renewed(where: Replica) -> None:
    """Whatever is being renewed is renewed."""
    assert where.adapter._installed
    await asyncio.gather(*where.adapter._installed._rotation._under_way.values())


async def looks(where: Replica) -> None:
    """The five minutes are over in which it looks for what is due."""
    assert where.adapter._installed
    await where.adapter._installed._rotation.look()


def kept(engine: Engine, vault: Vault = VAULT) -> tuple[Installation, str]:
    """The row, and its token."""
    with transaction(engine, writes=False) as session:
        found = installations.at(session, "slack:T1")
    assert found is not None
    return found, vault.decrypt(found.secret, table=TABLE, row="slack:T1")


async def test_a_fresh_token_is_left_alone(here: Replica) -> None:
    TestClock.pass_(hours=9)
    await sends(here)
    await looks(here)
    assert here.cloud.exchanges == []


async def test_who_speaks_in_its_last_two_hours_renews_it_and_waits_for_nothing(here: Replica, record: Engine) -> None:
    before = here.cloud.token_of("T1")
    TestClock.pass_(hours=10, seconds=1)
    here.cloud.used.clear()
    await sends(here)
    assert {token for _, token in here.cloud.used} == {before}, "the old one is good until its end"
    await renewed(here)
    (asked,) = here.cloud.exchanges
    assert asked["grant_type"] == "refresh_token"
    found, token = kept(record)
    assert token == here.cloud.token_of("T1") != before
    assert found.expires_at == TestClock.moment + timedelta(hours=12)
    assert found.rotating_until is None


async def test_where_nobody_speaks_it_is_renewed_too(here: Replica, record: Engine) -> None:
    TestClock.pass_(hours=11)
    await looks(here)
    assert kept(record)[1] == here.cloud.token_of("T1")
    assert len(here.cloud.exchanges) == 1


async def test_after_a_week_off_the_first_message_waits_for_the_new_token(here: Replica) -> None:
    TestClock.pass_(days=7)
    await sends(here)
    assert here.cloud.used[-1] == ("chat.postMessage", here.cloud.token_of("T1"))


async def test_many_at_once_ask_once(here: Replica) -> None:
    TestClock.pass_(days=1)
    await asyncio.gather(*(sends(here) for _ in range(8)))
    assert len(here.cloud.exchanges) == 1


async def test_slack_that_does_not_answer_is_asked_again_later_and_nothing_is_lost(
    here: Replica, record: Engine
) -> None:
    TestClock.pass_(hours=11)
    here.cloud.trouble = "internal_error"
    await looks(here)
    await looks(here)
    assert len(here.cloud.exchanges) == 1, "not again at once"
    await sends(here)
    TestClock.pass_(minutes=4)
    await looks(here)
    assert len(here.cloud.exchanges) == 1
    TestClock.pass_(minutes=1)
    await looks(here)
    assert kept(record)[1] == here.cloud.token_of("T1")


async def test_a_refresh_that_slack_refuses_is_said_when_the_token_has_ended(here: Replica) -> None:
    here.cloud.places["T1"].refresh = "another"
    TestClock.pass_(hours=11)
    await looks(here)
    await sends(here)
    TestClock.pass_(hours=1)
    with pytest.raises(SendLater, match="install the app there again") as later:
        await sends(here)
    assert not later.value.everywhere
    await here.installs("T1")
    await sends(here)


async def test_who_dies_before_slack_answers_is_followed_by_whoever_comes_next(here: Replica, record: Engine) -> None:
    TestClock.pass_(hours=11)
    dead = Installations(here.core, VAULT)
    until = TestClock.moment + rotation.LEASE
    assert await dead.claim("T1", before=TestClock.moment + rotation.AHEAD, until=until)
    await looks(here)
    assert here.cloud.exchanges == [], "it may still be at it"
    TestClock.moment = until
    await looks(here)
    assert kept(record)[1] == here.cloud.token_of("T1")


async def test_an_end_while_it_is_renewed_stays_the_end(here: Replica, record: Engine) -> None:
    TestClock.pass_(hours=11)
    kinds = Installations(here.core, VAULT)
    until = TestClock.moment + rotation.LEASE
    grant = await kinds.claim("T1", before=TestClock.moment + rotation.AHEAD, until=until)
    assert grant
    await here.event("app_uninstalled", "T1")
    assert not await kinds.rotated(grant, claimed_until=until)
    assert kept(record)[0].secret == ""


async def test_a_renewed_token_is_kept_under_the_key_that_writes_now(here: Replica, record: Engine) -> None:
    both = Vault({"two": b"2" * 32, "one": b"1" * 32})
    async with replica(record, here.cloud, vault=both) as newer:
        TestClock.pass_(hours=11)
        await looks(newer)
    found, token = kept(record, both)
    assert found.secret.startswith("two:")
    assert found.refresh.startswith("two:")
    assert token == here.cloud.token_of("T1")


async def test_a_database_that_is_away_when_slack_has_answered_costs_nothing(
    here: Replica, record: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "_WRITE_AGAIN", 0.0)
    TestClock.pass_(hours=11)
    really, tries = installations.rotated, []

    def away_twice(*asked: Any, **what: Any) -> bool:
        tries.append(1)
        if len(tries) <= 2:
            raise OperationalError("", {}, Exception("away"))
        return really(*asked, **what)

    monkeypatch.setattr(installations, "rotated", away_twice)
    await looks(here)
    assert len(tries) == 3
    assert len(here.cloud.exchanges) == 1
    assert kept(record)[1] == here.cloud.token_of("T1")


@pytest.mark.postgres
async def test_two_replicas_that_renew_at_once_exchange_once(postgres_with_tables: Engine, cloud: SlackCloud) -> None:
    async with AsyncExitStack() as stack:
        two = [await stack.enter_async_context(replica(postgres_with_tables, cloud)) for _ in range(2)]
        await two[0].installs("T1")
        for each in two:
            await sends(each)
        for _ in range(5):
            cloud.exchanges.clear()
            TestClock.pass_(hours=11)
            await asyncio.gather(*(looks(each) for each in two), *(sends(each) for each in two))
            for each in two:
                await renewed(each)
            assert len(cloud.exchanges) == 1
            for each in two:
                await sends(each)
        _, token = kept(postgres_with_tables)
        assert token == cloud.token_of("T1")


async def test_while_the_record_is_away_what_is_owed_waits(here: Replica, record: Engine) -> None:
    record.raw_connection().cursor().execute("ALTER TABLE installation RENAME TO elsewhere")
    with pytest.raises(SendLater, match="record does not answer"):
        await sends(here)
    record.raw_connection().cursor().execute("ALTER TABLE elsewhere RENAME TO installation")
    await sends(here)
