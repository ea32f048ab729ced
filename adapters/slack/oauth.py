"""Installation in several workspaces: OAuth v2, from our own page to Slack's and back.

    GET /slack/install          a new state, signed by us, given along as a cookie -> Slack's page, where an admin agrees
    GET /slack/oauth_redirect   the state is the cookie's, ours, and was not used  -> the code is exchanged, the token kept
                                anything else                                      -> a page that says what to do

A state lives for ten minutes and is good once; the cookie binds it to the browser that began, so that nobody is made to end
what somebody else began (RFC 6749 §10.12). Anybody may begin, as often as they like: nothing is kept of that, so nobody can
keep others out by it; only what somebody came back with is. https://docs.slack.dev/authentication/installing-with-oauth
"""

import hmac
import secrets
from asyncio import Semaphore
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from hmac import compare_digest
from html import escape
from typing import Any, Final
from urllib.parse import urlencode, urljoin, urlsplit

import structlog
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from adapters.port import SendLater, SendRefused, SendUnknown
from adapters.slack.config import OAuthApp
from adapters.slack.installations import Grant, Installations
from adapters.slack.manifest import REDIRECT, SCOPES
from adapters.slack.rotation import pair
from adapters.slack.web import truthfully
from bot.incidents import report

log = structlog.get_logger(__name__)

INSTALL: Final = "/slack/install"
COOKIE: Final = "touchpoint_install"
LIVES: Final = timedelta(minutes=10)
AT_ONCE: Final = 4  # exchanges; the connections to Slack are there for those who work
_PRIVATE: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",  # the address of the page carries the code
    "X-Content-Type-Options": "nosniff",
}
_OURS_TO_MEND: Final = frozenset({"bad_client_secret", "invalid_client_id", "bad_redirect_uri"})


class Installing:
    """The two pages. `client` carries no token; `forget` is called where another token is good from now on."""

    def __init__(
        self, installations: Installations, client: AsyncWebClient, app: OAuthApp, forget: Callable[[str], None]
    ) -> None:
        self._installations = installations
        self._forget = forget
        self._client = client
        self._app = app
        self._exchanging = Semaphore(AT_ONCE)
        self._back = f"{app.public_url}{REDIRECT}"
        self._begin = f"{app.public_url}{INSTALL}"

    async def install(self, _request: web.Request) -> web.StreamResponse:
        """`GET /slack/install`."""
        state = self._new_state()
        asked = {
            "client_id": self._app.client_id,
            "scope": ",".join(need.scope for need in SCOPES),
            "redirect_uri": self._back,
            "state": state,
        }
        slacks = urljoin(self._client.base_url, "../oauth/v2/authorize")
        response = web.Response(status=302, headers={**_PRIVATE, "Location": f"{slacks}?{urlencode(asked)}"})
        self._set_cookie(response, state, max_age=int(LIVES.total_seconds()))
        return response

    async def back(self, request: web.Request) -> web.StreamResponse:
        """`GET /slack/oauth_redirect`."""
        try:
            response = await self._answered(request)
        except Exception as error:
            response = self._broke(error)
        self._set_cookie(response, "", max_age=0)
        return response

    async def _answered(self, request: web.Request) -> web.Response:
        state, held = request.query.get("state", ""), request.cookies.get(COOKIE, "")
        if not _same(state, held) or not (ends := self._end_of(state)):
            return self._again(400, "This browser did not begin this installation", "Begin again, in one browser.")
        if "error" in request.query or "code" not in request.query:
            return self._again(200, "Nothing was installed", "Slack says that it was not allowed. You may begin again.")
        if self._exchanging.locked():
            return self._again(503, "Too many install it at this moment", "Begin again in a minute.")
        async with self._exchanging:
            if ends <= self._installations.now() or not await self._installations.use(state, ends):
                return self._again(400, "This took longer than ten minutes, or was done already", "Begin again.")
            return await self._exchanged(request.query["code"])

    def _new_state(self) -> str:
        """When it ends, what nobody can guess, and our signature on both."""
        ends = self._installations.now() + LIVES
        said = f"{int(ends.timestamp())}.{secrets.token_urlsafe(32)}"
        return f"{said}.{self._signed(said)}"

    def _end_of(self, state: str) -> datetime | None:
        """Nothing for one that is not ours."""
        said, _, signature = state.rpartition(".")
        if not _same(signature, self._signed(said)):
            return None
        return datetime.fromtimestamp(int(said.partition(".")[0]), UTC)

    def _signed(self, said: str) -> str:
        key = f"install:{self._app.client_secret}".encode()
        return hmac.digest(key, said.encode(), "sha256").hex()

    async def _exchanged(self, code: str) -> web.Response:
        asked_at = self._installations.now()
        credentials = {"client_id": self._app.client_id, "client_secret": self._app.client_secret}
        try:
            call = self._client.oauth_v2_access(**credentials, code=code, redirect_uri=self._back)
            answer = await truthfully(call)
        except SendRefused as refused:
            return self._refused(refused.reason)
        except (SendLater, SendUnknown) as error:
            log.warning("slack.install_failed", reason=str(error))
            return self._again(502, "Slack did not answer", "Begin again in a minute.")
        given: Mapping[str, Any] = answer.data  # type: ignore[assignment]  # JSON, or it had raised
        grant = granted(given, asked_at)
        organization = (given.get("enterprise") or {}).get("id")
        if self._app.teams and not {grant.team, organization} & {*self._app.teams}:
            return await self._not_let_in(grant)
        await self._installations.keep(grant)
        self._forget(grant.team)
        log.info("slack.installed", team=grant.team, scopes=grant.scopes, expires=bool(grant.expires_at))
        return _page(200, f"Touchpoint is installed in {_name(given)}", *_next(given))

    def _refused(self, reason: str) -> web.Response:
        log.warning("slack.install_refused", reason=reason)
        if reason in _OURS_TO_MEND:
            mend = "Whoever runs this server should look at SLACK_CLIENT_ID, SLACK_CLIENT_SECRET and the redirect URL."
            return self._again(500, f"Slack does not know this server ({escape(reason)})", mend)
        return self._again(400, "Slack did not take what it gave", "Begin again; it is good once, for ten minutes.")

    async def _not_let_in(self, grant: Grant) -> web.Response:
        """Taken out again at once: https://docs.slack.dev/reference/methods/apps.uninstall."""
        log.warning("slack.install_not_let_in", team=grant.team)
        try:
            gone = {"client_id": self._app.client_id, "client_secret": self._app.client_secret}
            await truthfully(self._client.apps_uninstall(**gone, token=grant.token))
        except (SendLater, SendRefused, SendUnknown) as error:
            log.warning("slack.not_uninstalled", team=grant.team, reason=str(error))
        mend = f"Ask whoever runs it to add {escape(grant.team)} to SLACK_TEAMS, and begin again."
        return self._again(403, "This Touchpoint is not open to your workspace", mend)

    def _broke(self, error: Exception) -> web.Response:
        incident = report(error, "slack.install")  # The request's own words would be a secret.
        return self._again(500, "Something went wrong on our side", f"Incident {incident.incident}. Begin again later.")

    def _again(self, status: int, title: str, mend: str) -> web.Response:
        return _page(status, title, mend, _link(self._begin, "Install Touchpoint in Slack"))

    def _set_cookie(self, response: web.StreamResponse, value: str, *, max_age: int) -> None:
        path = f"{urlsplit(self._app.public_url).path}/slack"
        response.set_cookie(COOKIE, value, max_age=max_age, path=path, secure=True, httponly=True, samesite="Lax")


def _same(given: str, held: str) -> bool:
    """In the time that it takes to tell nothing; a browser may send any bytes."""
    return bool(given) and given.isascii() and held.isascii() and compare_digest(given, held)


def granted(answer: Mapping[str, Any], asked_at: datetime) -> Grant:
    """What was agreed to: for a workspace, or for a whole Enterprise organization (`team` is null then)."""
    whole = answer.get("is_enterprise_install")
    where = answer["enterprise"] if whole else answer["team"]
    return Grant(
        team=where["id"],
        bot=answer.get("bot_user_id") or "",
        scopes=answer.get("scope") or "",
        by=(answer.get("authed_user") or {}).get("id") or "",
        **pair(answer, asked_at),
    )


def _name(answer: Mapping[str, Any]) -> str:
    where = answer["enterprise"] if answer.get("is_enterprise_install") else answer["team"]
    return escape(where.get("name") or where["id"])


def _next(answer: Mapping[str, Any]) -> list[str]:
    """What to do in Slack. An organization's admin has to add the app to workspaces, and Slack does not say so by itself."""
    first = "In the channel that shall be the home of your touchpoint, say <b>/invite @touchpoint</b>."
    then = "There, say <b>/touchpoint setup</b>. The bot answers with a form."
    if not answer.get("is_enterprise_install"):
        where = {"team": answer["team"]["id"], "app": answer.get("app_id") or ""}
        return [first, then, _link(f"https://slack.com/app_redirect?{urlencode(where)}", "Open Touchpoint in Slack")]
    organization, app = answer["enterprise"]["id"], answer.get("app_id") or ""
    add = f"https://app.slack.com/manage/{organization}/integrations/profile/{app}/workspaces/add"
    return ["An organization’s app is in no workspace until it is added there.", _link(add, "Add it now"), first, then]


def _link(url: str, words: str) -> str:
    return f'<a href="{escape(url)}">{escape(words)}</a>'


def _page(status: int, title: str, *lines: str) -> web.Response:
    """Plain HTML without a script, a style or a picture: `lines` are HTML already."""
    said = "\n".join(f"<p>{line}</p>" for line in lines)
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    head += '<meta name="color-scheme" content="light dark">'
    head += f"<title>{title}</title>"
    html = f'<!doctype html><html lang="en"><head>{head}</head><body><h1>{title}</h1>\n{said}</body></html>'
    return web.Response(status=status, text=html, content_type="text/html", headers=_PRIVATE)
