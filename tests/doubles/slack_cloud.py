"""Several workspaces of Slack behind one Web API, and the OAuth v2 that hands out and renews their tokens.

Each workspace is a `SlackApi` of its own and takes its own tokens alone. What Slack documents of tokens is held here: a code is
good once, a refresh token is revoked when it was used, no more than two access tokens are good at a time, a removed app's are
dead. Time is what the test's clock says. https://docs.slack.dev/authentication/using-token-rotation
"""

import base64
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aiohttp import web

from tests.doubles.slack_api import BOT_USER, Json, SlackApi

CLIENT_ID, CLIENT_SECRET = "1234.5678", "0123456789abcdef0123456789abcdef"
LIVES = timedelta(hours=12)


@dataclass(slots=True)
class Place:
    """A workspace, or a whole organization, where the app may be installed."""

    slack: SlackApi
    name: str
    whole: bool = False
    part_of: str = ""  # the organization of a workspace
    access: list[tuple[str, datetime | None]] = field(default_factory=list)
    refresh: str = ""


class SlackCloud:
    """`async with SlackCloud(now) as cloud:`; then `cloud.url` is the SLACK_API_URL. `exchanges` is all that was asked for."""

    def __init__(self, now: Callable[[], datetime], *, rotates: bool = True) -> None:
        self.now = now
        self.rotates = rotates
        self.places: dict[str, Place] = {}
        self.codes: dict[str, tuple[str, str, str]] = {}  # code → where, who agreed, where it must lead back
        self.exchanges: list[Json] = []
        self.trouble: str = ""  # what the next exchange is answered with
        self.used: list[tuple[str, str]] = []  # (method, token) of every call
        self._count = itertools.count(1)
        self.url = ""
        self._runner: web.AppRunner | None = None

    def workspace(self, team: str, name: str, *, whole: bool = False) -> SlackApi:
        """A new one, where the app is not installed yet."""
        self.places[team] = Place(SlackApi(team), name, whole)
        self.places[team].slack.tokens.clear()
        self.places[team].slack.url = self.url
        return self.places[team].slack

    async def __aenter__(self) -> "SlackCloud":
        app = web.Application(client_max_size=8 * 2**20)
        app.router.add_route("*", "/api/{method}", self._call)
        app.router.add_post("/response/{ticket}", self._respond)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}/api/"
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner:
            await self._runner.cleanup()

    # ── what people and time do ─────────────────────────────────────────────────────────────────────────────────────────

    def agrees(self, team: str, *, redirect_uri: str, user: str = "U1ADMIN") -> str:
        """An admin pressed Allow: the code that Slack sends back with them."""
        code = f"code-{next(self._count)}"
        self.codes[code] = (team, user, redirect_uri)
        return code

    def removes(self, team: str) -> None:
        """An admin took the app out: every token of it is dead."""
        place = self.places[team]
        place.access, place.refresh = [], ""
        place.slack.tokens.clear()

    def token_of(self, team: str) -> str:
        """The newest."""
        return self.places[team].access[-1][0]

    # ── the Web API ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _call(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        if method == "oauth.v2.access":
            return web.json_response(self._exchange(request, dict(await request.post())))
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        self.used.append((method, token))
        if method == "apps.uninstall":
            return web.json_response(self._uninstall(token))
        for place in self.places.values():
            for good, ends in place.access:
                if good == token and (ends is None or ends > self.now()):
                    return await place.slack._call(request)
                if good == token:
                    return web.json_response({"ok": False, "error": "token_expired"})
        return web.json_response({"ok": False, "error": "invalid_auth"})

    async def _respond(self, request: web.Request) -> web.Response:
        team = request.match_info["ticket"].partition("-")[0]
        return await self.places[team].slack._respond(request)

    def _uninstall(self, token: str) -> Json:
        for team, place in self.places.items():
            if token in [good for good, _ in place.access]:
                self.removes(team)
                return {"ok": True}
        return {"ok": False, "error": "invalid_auth"}

    def _exchange(self, request: web.Request, asked: Json) -> Json:
        self.exchanges.append(asked)
        given = request.headers.get("Authorization", "").removeprefix("Basic ")
        if base64.b64decode(given).decode() != f"{CLIENT_ID}:{CLIENT_SECRET}":
            return {"ok": False, "error": "bad_client_secret"}
        if self.trouble:
            trouble, self.trouble = self.trouble, ""
            return {"ok": False, "error": trouble}
        if asked.get("grant_type") == "refresh_token":
            return self._renewed(asked["refresh_token"])
        return self._granted(asked)

    def _granted(self, asked: Json) -> Json:
        team, user, redirect_uri = self.codes.pop(asked.get("code", ""), ("", "", ""))
        if not team:
            return {"ok": False, "error": "invalid_code"}
        if redirect_uri != asked.get("redirect_uri"):
            return {"ok": False, "error": "bad_redirect_uri"}
        self.removes(team)
        return {**self._pair(team), "authed_user": {"id": user}}

    def _renewed(self, refresh: str) -> Json:
        for team, place in self.places.items():
            if refresh and place.refresh == refresh:
                return self._pair(team)
        return {"ok": False, "error": "invalid_refresh_token"}

    def _pair(self, team: str) -> Json:
        place, number = self.places[team], next(self._count)
        token = f"{'xoxe.' if self.rotates else ''}xoxb-{number}-{team}-0123456789abcdef"
        place.access = [*place.access[-1:], (token, self.now() + LIVES if self.rotates else None)]
        place.slack.tokens = {good for good, _ in place.access}
        place.refresh = f"xoxe-{number}-{team}" if self.rotates else ""
        where = {"id": team, "name": place.name}
        answer: Json = {
            "ok": True,
            "access_token": token,
            "token_type": "bot",
            "scope": "commands,chat:write",
            "bot_user_id": BOT_USER,
            "app_id": "A0TOUCH",
            "team": None if place.whole else where,
            "enterprise": where if place.whole else {"id": place.part_of, "name": ""} if place.part_of else None,
            "is_enterprise_install": place.whole,
        }
        if self.rotates:
            answer |= {"expires_in": int(LIVES.total_seconds()), "refresh_token": place.refresh}
        return answer
