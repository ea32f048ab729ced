"""Several workspaces install the app themselves: to Slack's page and back, through real HTTP, each with its own token."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from sqlalchemy import Engine, select, text
from sqlmodel import col
from yarl import URL

from adapters.deliver import Deliverer
from adapters.port import SendLater
from adapters.slack.manifest import SCOPES
from adapters.slack.oauth import AT_ONCE, Installing
from bot.cards import Paragraph, card
from storage import deliveries, installations
from storage.deliveries import Delivery, DeliveryState
from storage.installations import Installation, InstallState
from storage.unit_of_work import transaction, unit_of_work
from tests.adapters.slack.several import PUBLIC, Browser, Replica, TestClock, replica
from tests.bot.room import Room
from tests.conftest import MONDAY, fresh_sqlite
from tests.contract.world import at_once
from tests.doubles.slack_api import Json
from tests.doubles.slack_cloud import CLIENT_ID, SlackCloud

CARD = card("Owed", Paragraph("A message."))
HERE = "/slack/oauth_redirect"


@pytest.fixture(autouse=True)
def monday() -> None:
    TestClock.moment = MONDAY


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Engine]:
    """In a file, because the test looks into it while the adapter works."""
    engine = fresh_sqlite(tmp_path / "record.db")
    yield engine
    engine.dispose()


@pytest.fixture
async def cloud() -> AsyncIterator[SlackCloud]:
    async with SlackCloud(lambda: TestClock.moment) as cloud:
        for team, name in (("T1", "Acme"), ("T2", "Beta")):
            slack = cloud.workspace(team, name)
            slack.add_user("U1DANA", f"Dana of {name}")
        member: Json = {
            "team_id": "T7",
            "is_stranger": True,
            "enterprise_user": {"enterprise_id": "E1", "teams": ["T7", "T8"]},
        }
        cloud.workspace("E1", "Starship", whole=True).add_user("W1SAM", "Sam", **member)
        yield cloud


@pytest.fixture
async def here(record: Engine, cloud: SlackCloud) -> AsyncIterator[Replica]:
    async with replica(record, cloud) as one:
        yield one


def kept(engine: Engine, team: str) -> Installation | None:
    with transaction(engine, writes=False) as session:
        return installations.at(session, f"slack:{team}")


def states(engine: Engine) -> int:
    with transaction(engine, writes=False) as session:
        return len(session.execute(InstallState.__table__.select()).all())  # type: ignore[attr-defined]


# ── the way there and back ──────────────────────────────────────────────────────────────────────────────────────────────


async def test_our_page_leads_to_slacks_with_the_scopes_and_a_state_that_only_this_browser_has(
    here: Replica, record: Engine
) -> None:
    page = await here.browser().get("/slack/install")
    asked = await here.browser().begins()
    assert page.headers["Location"].startswith(f"{here.cloud.url.removesuffix('/api/')}/oauth/v2/authorize?")
    assert asked["client_id"] == CLIENT_ID
    assert asked["scope"].split(",") == [need.scope for need in SCOPES]
    assert asked["redirect_uri"] == f"{PUBLIC}{HERE}"
    cookie = page.headers["Set-Cookie"]
    assert all(word in cookie for word in ("HttpOnly", "Secure", "SameSite=Lax", "Path=/slack", "Max-Age=600"))
    assert asked["state"] not in page.headers["Location"]
    assert states(record) == 0, "whoever only begins leaves nothing"


async def test_an_admin_installs_it_and_is_told_what_to_do_next(here: Replica, record: Engine) -> None:
    page = await here.installs("T1")
    assert page.status == 200
    assert "Touchpoint is installed in Acme" in page.text
    assert "/invite @touchpoint" in page.text
    assert "/touchpoint setup" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    found = kept(record, "T1")
    assert found is not None
    assert (found.installed_by, found.bot, found.standing) == ("slack:T1/U1ADMIN", "U0BOT", True)
    assert states(record) == 1


async def test_no_token_stands_in_the_record_as_it_is(here: Replica, record: Engine) -> None:
    await here.installs("T1")
    token, refresh = here.cloud.token_of("T1"), here.cloud.places["T1"].refresh
    with record.connect() as connection:
        whole = "\n".join(connection.connection.dbapi_connection.iterdump())  # type: ignore[union-attr]  # sqlite3's
    assert "slack:T1" in whole
    assert token not in whole
    assert refresh not in whole


async def test_a_state_is_good_once(here: Replica) -> None:
    browser = here.browser()
    asked = await browser.begins()
    cookies = dict(browser.http.cookie_jar.filter_cookies(URL(browser.base + HERE)))
    code = here.cloud.agrees("T1", redirect_uri=asked["redirect_uri"])
    assert (await browser.comes_back(code=code, state=asked["state"])).status == 200
    browser.http.cookie_jar.update_cookies(cookies)
    again = await browser.comes_back(code=code, state=asked["state"])
    assert again.status == 400
    assert "was done already" in again.text
    assert len(here.cloud.exchanges) == 1


async def test_a_state_that_was_made_up_is_refused(here: Replica) -> None:
    browser = here.browser()
    asked = await browser.begins()
    code = here.cloud.agrees("T1", redirect_uri=asked["redirect_uri"])
    for forged in ({"state": "made-up"}, {"state": ""}, {}, {"state": asked["state"] + "é"}):
        page = await browser.comes_back(code=code, **forged)
        assert page.status == 400, forged
        assert "did not begin" in page.text
        await browser.begins()
    assert here.cloud.exchanges == []


async def test_a_state_that_nobody_was_given_is_refused_even_where_the_cookie_agrees(here: Replica) -> None:
    browser = here.browser()
    browser.http.cookie_jar.update_cookies({"touchpoint_install": "made-up"})
    page = await browser.comes_back(code="code", state="made-up")
    assert page.status == 400
    assert "did not begin" in page.text
    assert here.cloud.exchanges == []


async def test_a_browser_may_send_any_bytes(here: Replica) -> None:
    url = urlsplit(here.base)
    for line in (b"?state=%ff%fe&code=x", b"?state=1.2.3&code=x", b"?code=x"):
        reader, writer = await asyncio.open_connection(url.hostname, url.port)
        cookie = b"Cookie: touchpoint_install=\xff\xfe\r\n"
        writer.write(
            b"GET " + HERE.encode() + line + b" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + cookie + b"\r\n"
        )
        assert (await reader.read()).startswith(b"HTTP/1.1 400"), line
        writer.close()


async def test_whoever_begins_a_thousand_times_keeps_nobody_out(here: Replica, record: Engine) -> None:
    for _ in range(1001):
        await here.adapter.pages()["/slack/install"](make_mocked_request("GET", "/slack/install"))
    assert states(record) == 0
    assert (await here.installs("T1")).status == 200


async def test_no_more_than_a_few_are_exchanged_at_once(here: Replica, monkeypatch: pytest.MonkeyPatch) -> None:
    go, full, waiting = asyncio.Event(), asyncio.Event(), []

    async def slowly(self: Installing, code: str) -> web.Response:
        waiting.append(code)
        if len(waiting) == AT_ONCE:
            full.set()
        await go.wait()
        return web.Response(status=200)

    monkeypatch.setattr(Installing, "_exchanged", slowly)
    several = [asyncio.create_task(here.installs("T1")) for _ in range(AT_ONCE)]
    await asyncio.wait_for(full.wait(), 20)
    page = await here.installs("T1")
    assert page.status == 503
    assert "Begin again in a minute" in page.text
    go.set()
    assert {one.status for one in await asyncio.gather(*several)} == {200}


async def test_after_ten_minutes_it_has_to_be_begun_again(here: Replica) -> None:
    browser = here.browser()
    asked = await browser.begins()
    code = here.cloud.agrees("T1", redirect_uri=asked["redirect_uri"])
    TestClock.pass_(minutes=10)
    page = await browser.comes_back(code=code, state=asked["state"])
    assert page.status == 400
    assert f"{PUBLIC}/slack/install" in page.text
    assert here.cloud.exchanges == []


async def test_another_browser_cannot_end_what_this_one_began(here: Replica) -> None:
    mine, yours = here.browser(), here.browser()
    asked = await mine.begins()
    await yours.begins()
    code = here.cloud.agrees("T1", redirect_uri=asked["redirect_uri"])
    page = await yours.comes_back(code=code, state=asked["state"])
    assert page.status == 400
    assert here.cloud.exchanges == []
    assert (await mine.comes_back(code=code, state=asked["state"])).status == 200


async def test_whoever_presses_cancel_is_told_that_nothing_was_installed(here: Replica, record: Engine) -> None:
    browser = here.browser()
    asked = await browser.begins()
    page = await browser.comes_back(error="access_denied<script>", state=asked["state"])
    assert "Nothing was installed" in page.text
    assert "script" not in page.text
    assert kept(record, "T1") is None


@pytest.mark.parametrize(
    ("trouble", "status", "said"),
    [
        ("invalid_code", 400, "Begin again"),
        ("bad_client_secret", 500, "SLACK_CLIENT_SECRET"),
        ("internal_error", 502, "did not answer"),
        ("ratelimited", 502, "did not answer"),
    ],
)
async def test_every_failure_of_the_exchange_is_a_page_that_says_what_to_do(
    here: Replica, record: Engine, trouble: str, status: int, said: str
) -> None:
    here.cloud.trouble = trouble
    page = await here.installs("T1")
    assert page.status == status
    assert said in page.text
    assert "Traceback" not in page.text
    assert kept(record, "T1") is None


async def test_a_database_that_is_away_is_a_page_with_a_number(here: Replica, record: Engine) -> None:
    with record.begin() as connection:
        connection.execute(text("DROP TABLE install_state"))
    page = await here.installs("T1")
    assert page.status == 500
    assert "Incident" in page.text
    assert "install_state" not in page.text


async def test_a_workspace_that_is_not_let_in_is_left_at_once(record: Engine, cloud: SlackCloud) -> None:
    async with replica(record, cloud, teams=("T2",)) as here:
        page = await here.installs("T1")
        assert page.status == 403
        assert "SLACK_TEAMS" in page.text
        assert kept(record, "T1") is None
        assert cloud.places["T1"].access == [], "its token is good for nobody"
        assert (await here.installs("T2")).status == 200


async def test_an_organization_that_is_let_in_brings_its_workspaces(record: Engine, cloud: SlackCloud) -> None:
    async with replica(record, cloud, teams=("E1",)) as here:
        cloud.places["T1"].part_of = "E1"
        assert (await here.installs("T1")).status == 200
        assert (await here.installs("T2")).status == 403
        assert (await here.installs("E1")).status == 200


# ── whose token ─────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_each_workspace_is_answered_and_sent_to_with_its_own_token(here: Replica) -> None:
    for team in ("T1", "T2"):
        await here.installs(team)
    here.cloud.used.clear()
    for team in ("T1", "T2"):
        assert await here.says(team, "U1DANA", "help") == 200
        await here.adapter.edge.post(conversation=f"slack:{team}/U1DANA", card=CARD, delivery=f"d-{team}")
    for team in ("T1", "T2"):
        slack = here.cloud.places[team].slack
        assert {name for name, _ in slack.calls} >= {"users.info", "chat.postMessage"}
        texts = [m["text"] for m in slack.direct("U1DANA").messages]
        assert any("Owed" in words for words in texts), texts
        assert len(texts) == 3, "what was asked, its answer, and what was owed"
        theirs = {token for method, token in here.cloud.used if token == here.cloud.token_of(team)}
        assert theirs == {here.cloud.token_of(team)}
    assert {token for _, token in here.cloud.used} == {here.cloud.token_of("T1"), here.cloud.token_of("T2")}


async def test_the_same_person_id_in_two_workspaces_is_two_people(here: Replica, record: Engine) -> None:
    for team in ("T1", "T2"):
        await here.installs(team)
        await here.says(team, "U1DANA", "help")
    with record.connect() as connection:
        accounts = connection.execute(text("SELECT address, organization_id FROM account ORDER BY address")).all()
    assert [address for address, _ in accounts] == ["slack:T1/U1DANA", "slack:T2/U1DANA"]
    assert accounts[0][1] != accounts[1][1]


async def test_where_it_was_never_installed_what_is_owed_waits(here: Replica) -> None:
    with pytest.raises(SendLater, match="not installed in T1") as later:
        await here.adapter.edge.post(conversation="slack:T1/U1DANA", card=CARD, delivery="d")
    assert not later.value.everywhere


async def test_what_one_workspace_refuses_shuts_no_other(here: Replica) -> None:
    for team in ("T1", "T2"):
        await here.installs(team)
    here.cloud.removes("T1")  # and Slack has not said so yet
    with pytest.raises(SendLater, match="invalid_auth") as later:
        await here.adapter.edge.post(conversation="slack:T1/U1DANA", card=CARD, delivery="d")
    assert not later.value.everywhere, "or the outbox would stop for everybody"
    await here.adapter.edge.post(conversation="slack:T2/U1DANA", card=CARD, delivery="d")


# ── a whole organization ────────────────────────────────────────────────────────────────────────────────────────────────


async def test_an_organizations_admin_is_told_to_add_it_to_workspaces(here: Replica, record: Engine) -> None:
    page = await here.installs("E1", user="W1ADMIN")
    assert "Touchpoint is installed in Starship" in page.text
    assert "https://app.slack.com/manage/E1/integrations/profile/A0TOUCH/workspaces/add" in page.text
    assert kept(record, "E1") is not None


async def test_one_person_in_two_workspaces_of_an_organization_is_one_account_and_no_stranger(
    here: Replica, record: Engine
) -> None:
    await here.installs("E1")
    assert await here.types("T7", "W1SAM", "help", whole="E1") == 200
    assert await here.says("T8", "W1SAM", "help", whole="E1") == 200
    with record.connect() as connection:
        accounts = connection.execute(text("SELECT address, outsider FROM account")).all()
        tenants = connection.execute(text("SELECT address FROM tenant")).scalars().all()
    assert [tuple(row) for row in accounts] == [("slack:E1/W1SAM", 0)]
    assert tenants == ["slack:E1"]
    assert {token for _, token in here.cloud.used} == {here.cloud.token_of("E1")}


# ── its end, and its return ─────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_removed_app_ends_there_at_once_and_nowhere_else(here: Replica, record: Engine) -> None:
    for team in ("T1", "T2"):
        await here.installs(team)
    here.cloud.removes("T1")
    assert await here.event("app_uninstalled", "T1") == 200
    gone = kept(record, "T1")
    assert gone is not None
    assert (gone.standing, gone.secret, gone.refresh, gone.because) == (False, "", "", "app_uninstalled")
    assert here.adapter.ready(), "one of several is gone, and the others are served"
    here.cloud.used.clear()
    with pytest.raises(SendLater, match=r"removed from T1 \(app_uninstalled\)"):
        await here.adapter.edge.post(conversation="slack:T1/U1DANA", card=CARD, delivery="d")
    assert here.cloud.used == [], "Slack is not asked with a token that is dead"
    await here.adapter.edge.post(conversation="slack:T2/U1DANA", card=CARD, delivery="d")


async def test_what_is_owed_where_it_was_removed_waits_and_goes_out_when_it_is_back(
    record: Engine, cloud: SlackCloud
) -> None:
    room = Room(engine=record)
    room.set_up()
    cloud.places["T1"].slack.add_channel("C1", "home")

    def state() -> str:
        with transaction(record, writes=False) as session:
            asked = select(Delivery.state).where(col(Delivery.conversation) == "slack:T1/C1")
            found: DeliveryState = session.execute(asked).scalar_one()
        return found.value

    async with replica(record, cloud) as here:
        await here.installs("T1")
        deliverer = Deliverer(here.core, [here.adapter.edge], sleep=at_once)
        cloud.removes("T1")
        await here.event("app_uninstalled", "T1")
        with unit_of_work(record, organization_id=1, now=TestClock.moment) as one:
            deliveries.post(one, once="moved", conversation="slack:T1/C1", kind="moved", subject_id=1)
        await deliverer.drain()
        assert state() == "due"
        assert not deliverer.carrier.objection("slack"), "or nobody else would get anything"
        await here.installs("T1")
        TestClock.pass_(minutes=6)
        await deliverer.drain()
        assert state() == "sent"
        assert len(cloud.places["T1"].slack.channels["C1"].messages) == 1


async def test_an_organizations_app_ends_whichever_workspace_the_event_names(here: Replica, record: Engine) -> None:
    await here.installs("E1")
    assert await here.event("app_uninstalled", "T7", whole="E1") == 200
    found = kept(record, "E1")
    assert found is not None
    assert not found.standing


async def test_installing_it_again_revives_it_and_an_old_news_of_its_end_does_nothing(
    here: Replica, record: Engine
) -> None:
    await here.installs("T1")
    first = kept(record, "T1")
    removed_at = TestClock.moment
    await here.event("app_uninstalled", "T1")
    TestClock.pass_(minutes=5)
    await here.installs("T1")
    await here.adapter.edge.post(conversation="slack:T1/U1DANA", card=CARD, delivery="d")
    await here.event("app_uninstalled", "T1", at=removed_at)  # delivered again
    again = kept(record, "T1")
    assert again is not None
    assert first is not None
    assert again.standing
    assert again.id == first.id
    await here.adapter.edge.post(conversation="slack:T1/U1DANA", card=CARD, delivery="e")


async def test_only_the_bots_own_tokens_end_it(here: Replica, record: Engine) -> None:
    await here.installs("T1")
    await here.event("app_uninstalled", "T1", type="tokens_revoked", tokens={"oauth": ["U1DANA"], "bot": []})
    found = kept(record, "T1")
    assert found is not None
    assert found.standing
    await here.event("app_uninstalled", "T1", type="tokens_revoked", tokens={"oauth": [], "bot": ["U0BOT"]})
    found = kept(record, "T1")
    assert found is not None
    assert (found.standing, found.because) == (False, "tokens_revoked")


async def test_a_token_that_never_ends_is_kept_as_one(record: Engine) -> None:
    async with SlackCloud(lambda: TestClock.moment, rotates=False) as cloud:
        cloud.workspace("T1", "Acme").add_user("U1DANA", "Dana")
        async with replica(record, cloud) as here:
            await here.installs("T1")
            TestClock.pass_(days=400)
            await here.adapter.edge.post(conversation="slack:T1/U1DANA", card=CARD, delivery="d")
    assert len(cloud.exchanges) == 1


async def test_a_cookie_is_given_to_our_own_paths_alone(here: Replica) -> None:
    browser: Browser = here.browser()
    await browser.begins()
    assert not browser.http.cookie_jar.filter_cookies(URL(f"{browser.base}/healthz"))
