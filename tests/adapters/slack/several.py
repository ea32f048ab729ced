"""Several workspaces before the real adapter: browsers that install it, admins who remove it, replicas over one record."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp
from sqlalchemy import Engine
from yarl import URL

from adapters.clock import Clock
from adapters.core import ThreadedCore
from adapters.slack.app import SlackAdapter, SlackConfig
from adapters.slack.config import OAuthApp
from adapters.slack.installations import Installations
from bot.dispatch import Bot
from storage.vault import Vault
from tests.conftest import MONDAY
from tests.contract.slack_stage import payload, served, signed
from tests.doubles.slack_api import BOT_USER, SIGNING_SECRET, Json
from tests.doubles.slack_cloud import CLIENT_ID, CLIENT_SECRET, SlackCloud

PUBLIC = "https://touchpoint.example"
VAULT = Vault({"one": b"1" * 32})


class TestClock(Clock):
    """The same moment for every replica and for Slack, until the test moves it."""

    __test__ = False
    moment = MONDAY

    def now(self, platform: str = "") -> datetime:
        return TestClock.moment

    @staticmethod
    def pass_(**time: float) -> None:
        TestClock.moment += timedelta(**time)


@dataclass(slots=True)
class Page:
    """What a browser shows."""

    status: int
    text: str
    headers: Any


class Browser:
    """One of an admin's, with its own cookies; it keeps Secure ones, as over https."""

    def __init__(self, base: str) -> None:
        self.base = base
        jar = aiohttp.CookieJar(unsafe=True, treat_as_secure_origin=[URL(base)])
        self.http = aiohttp.ClientSession(cookie_jar=jar)

    async def get(self, path: str, **query: str) -> Page:
        url = f"{self.base}{path}?{urlencode(query)}" if query else f"{self.base}{path}"
        async with self.http.get(url, allow_redirects=False) as answer:
            return Page(answer.status, await answer.text(), answer.headers)

    async def begins(self) -> dict[str, str]:
        """What Slack's page is asked for."""
        page = await self.get("/slack/install")
        assert page.status == 302, page.text
        return {name: values[0] for name, values in parse_qs(urlsplit(page.headers["Location"]).query).items()}

    async def comes_back(self, **query: str) -> Page:
        return await self.get("/slack/oauth_redirect", **query)


class Replica:
    """One process."""

    def __init__(self, core: ThreadedCore, adapter: SlackAdapter, cloud: SlackCloud, base: str) -> None:
        self.core = core
        self.adapter = adapter
        self.cloud = cloud
        self.base = base
        self._browsers: list[Browser] = []
        self._count = 0

    def browser(self) -> Browser:
        self._browsers.append(Browser(self.base))
        return self._browsers[-1]

    async def installs(self, team: str, *, user: str = "U1ADMIN") -> Page:
        """An admin goes the whole way."""
        browser = self.browser()
        asked = await browser.begins()
        code = self.cloud.agrees(team, redirect_uri=asked["redirect_uri"], user=user)
        return await browser.comes_back(code=code, state=asked["state"])

    async def event(self, name: str, team: str, *, whole: str = "", at: datetime | None = None, **event: Any) -> int:
        """An event of this workspace; of an app that is installed in the `whole` organization, if that is said."""
        self._count += 1
        body = payload(name) | {"team_id": team, "event_id": f"Ev{self._count}"}
        body["event"] |= event
        body["event_time"] = int((at or TestClock.moment).timestamp())
        body["authorizations"] = [authorization(team, whole)]
        return await self._posted(json.dumps(body).encode(), "application/json")

    async def says(self, team: str, user: str, text: str, *, whole: str = "") -> int:
        """In the direct chat with the bot."""
        slack = self.cloud.places[whole or team].slack
        said = slack.say(slack.direct(user).id, user, text)
        where = {"channel": slack.direct(user).id, "user": user, "text": text, "ts": said["ts"], "event_ts": said["ts"]}
        return await self.event("message_im", team, whole=whole, **where)

    async def types(self, team: str, user: str, text: str, *, whole: str = "") -> int:
        """A command, in the same place."""
        self._count += 1
        slack = self.cloud.places[whole or team].slack
        body = payload("slash_command") | {
            "team_id": team,
            "enterprise_id": whole,
            "is_enterprise_install": "true" if whole else "false",
            "channel_id": slack.direct(user).id,
            "user_id": user,
            "text": text,
            "trigger_id": f"trigger-{self._count}",
            "response_url": slack.response_url(slack.direct(user).id, user),
        }
        return await self._posted(urlencode(body).encode(), "application/x-www-form-urlencoded")

    async def _posted(self, raw: bytes, kind: str) -> int:
        headers = {"Content-Type": kind, **signed(raw)}
        async with (
            aiohttp.ClientSession() as http,
            http.post(f"{self.base}/slack/events", data=raw, headers=headers) as a,
        ):
            status = a.status
        await self.adapter.settled()
        return status

    async def close(self) -> None:
        for browser in self._browsers:
            await browser.http.close()


def authorization(team: str, whole: str = "") -> Json:
    return {
        "enterprise_id": whole or None,
        "team_id": None if whole else team,
        "user_id": BOT_USER,
        "is_bot": True,
        "is_enterprise_install": bool(whole),
    }


@asynccontextmanager
async def replica(
    engine: Engine, cloud: SlackCloud, *, teams: tuple[str, ...] = (), vault: Vault = VAULT, secret: str = CLIENT_SECRET
) -> AsyncIterator[Replica]:
    core = ThreadedCore(Bot(engine), TestClock(engine))
    app = OAuthApp(client_id=CLIENT_ID, client_secret=secret, public_url=PUBLIC, teams=teams)
    config = SlackConfig(signing_secret=SIGNING_SECRET, api_url=cloud.url, oauth=app)
    adapter = SlackAdapter(config, core, Installations(core, vault))
    async with served(adapter) as url:
        one = Replica(core, adapter, cloud, url.removesuffix("/slack/events"))
        try:
            yield one
        finally:
            await one.close()
    core.close()
