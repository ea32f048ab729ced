"""Asks over the network, for `touchpoint doctor`: is the port ours, do the platforms reach us, do they answer us?

What leaves the machine with a credential in it is asked for with `online`; calling our own public address is not.
"""

import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from adapters.findings import Finding, fail, ok, warn
from adapters.settings import Settings
from adapters.slack.config import oauth_app
from adapters.teams.config import teams_config

if TYPE_CHECKING:
    from aiohttp import ClientSession

    from adapters.slack.config import OAuthApp

PATIENCE = 5.0
"""Seconds that one address has to answer."""

PATIENCE_AT_HOME = 1.0
"""Seconds that whoever has our port has to say that it is us."""

CLOCK_TOLERANCE = 60.0
"""Seconds. Slack's signatures are refused at 300 (https://docs.slack.dev/authentication/verifying-requests-from-slack)."""

SET_THE_CLOCK = "Set the clock (timedatectl set-ntp true)."


async def look(settings: Settings, *, online: bool) -> AsyncIterator[Finding]:
    """Every finding, as it is made."""
    from aiohttp import ClientSession, ClientTimeout

    async with ClientSession(timeout=ClientTimeout(total=PATIENCE), trust_env=True) as http:
        yield await port(settings, http)
        public = await public_address(settings, http)
        yield public
        if settings.public_url and public.level == "ok":
            yield await calendars(settings.public_url, http)
            if settings.slack_oauth:
                yield await install_page(settings.public_url, http)
        if online and settings.slack_bot_token:
            async for finding in slack_answers(settings, settings.slack_bot_token, http):
                yield finding
        if online and settings.slack_app_token:
            yield await slack_opens_sockets(settings, settings.slack_app_token, http)
        if online and (app := oauth_app(settings)):
            yield await slack_knows(settings, app, http)
        if online and settings.teams_on:
            yield await teams_answers(settings, http)


async def port(settings: Settings, http: "ClientSession") -> Finding:
    """Free, or ours: a Touchpoint that is running already is no problem."""
    here = f"{settings.host}:{settings.port}"
    if await _is_touchpoint(http, f"http://{callable_host(settings.host)}:{settings.port}", PATIENCE_AT_HOME):
        return ok("port", f"{here} is served by Touchpoint")
    try:
        family, kind, _, _, address = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        return fail(
            "port", f"{here}: {error.strerror}", "Stop what listens there, or set TOUCHPOINT_HOST, TOUCHPOINT_PORT."
        )
    return ok("port", f"{here} is free")


def callable_host(host: str) -> str:
    """Where to call what listens on every address."""
    return {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104 # not a bind


async def _is_touchpoint(http: "ClientSession", base: str, patience: float = PATIENCE) -> bool:
    return await _says(http, f"{base}/healthz", 200, "touchpoint ", patience)


async def _says(http: "ClientSession", url: str, status: int, words: str, patience: float = PATIENCE) -> bool:
    """Is it answered with this status, and with these words first?"""
    from aiohttp import ClientError, ClientTimeout

    try:
        async with http.get(url, allow_redirects=False, timeout=ClientTimeout(total=patience)) as response:
            return response.status == status and (await response.text()).startswith(words)
    except (ClientError, TimeoutError, ValueError):
        return False


async def public_address(settings: Settings, http: "ClientSession") -> Finding:
    needed = settings.teams_on or (settings.slack_on and not settings.socket_mode)
    if settings.public_url is None:
        if not needed:
            return ok("public address", "not needed; calendar links alone would need TOUCHPOINT_PUBLIC_URL")
        mend = "Set TOUCHPOINT_PUBLIC_URL to the https address that leads here."
        return warn("public address", "not set; the manifests need it, and so does this check", mend)
    if await _is_touchpoint(http, settings.public_url):
        return ok("public address", f"{settings.public_url} leads to Touchpoint")
    mend = f"Start Touchpoint, and let your proxy send {settings.public_url}/ to {settings.host}:{settings.port}."
    return warn("public address", f"{settings.public_url}/healthz is not Touchpoint, seen from here", mend)


async def calendars(public_url: str, http: "ClientSession") -> Finding:
    """Asks for a calendar that nobody has: only we refuse it in our own words."""
    from adapters.pages import NOTHING

    if await _says(http, f"{public_url}/calendar/nobody.ics", 404, NOTHING):
        return ok("calendar links", "calendars reach theirs")
    mend = "Let your proxy pass GET /calendar/… and /sync/… too, or nobody can subscribe to their syncs."
    return warn("calendar links", f"{public_url}/calendar/ does not lead to Touchpoint", mend)


async def install_page(public_url: str, http: "ClientSession") -> Finding:
    """Where admins of workspaces begin; looking at it begins nothing."""
    from aiohttp import ClientError

    try:
        async with http.get(f"{public_url}/slack/install", allow_redirects=False) as response:
            if response.status == 302 and "/oauth/v2/authorize?" in response.headers.get("Location", ""):
                return ok("slack", f"{public_url}/slack/install leads to Slack's page")
    except (ClientError, TimeoutError, ValueError):
        pass
    mend = "Let your proxy pass GET /slack/install and /slack/oauth_redirect too, or no workspace can install the app."
    return warn("slack", f"{public_url}/slack/install does not lead to Touchpoint", mend)


async def slack_answers(settings: Settings, token: SecretStr, http: "ClientSession") -> AsyncIterator[Finding]:
    """auth.test costs nothing and changes nothing (https://docs.slack.dev/reference/methods/auth.test)."""
    bearer = {"Authorization": f"Bearer {token.get_secret_value()}"}
    status, answer, date = await _post(http, f"{settings.slack_api_url}auth.test", headers=bearer)
    if answer.get("ok"):
        yield ok("slack", f"the token is good for the workspace {answer.get('team', '?')}")
    elif "error" in answer:
        yield fail("slack", f"refuses the token: {answer['error']}", "Reinstall the app, and copy its bot token again.")
    else:
        yield _slack_is_silent(settings, status)
    if date and abs(skew := (datetime.now(UTC) - date).total_seconds()) > CLOCK_TOLERANCE:
        yield fail(
            "clock",
            f"is {skew:+.0f} s off; at 300 s Slack's signatures fail",
            "Set the clock (timedatectl set-ntp true).",
        )


async def slack_opens_sockets(settings: Settings, token: SecretStr, http: "ClientSession") -> Finding:
    """Asks for the address of a connection, which ends unused (https://docs.slack.dev/reference/methods/apps.connections.open)."""
    bearer = {"Authorization": f"Bearer {token.get_secret_value()}"}
    status, answer, _ = await _post(http, f"{settings.slack_api_url}apps.connections.open", headers=bearer)
    if answer.get("ok"):
        return ok("slack", "the app-level token opens connections")
    if "error" in answer:
        mend = "Make a new one under Basic Information → App-Level Tokens with connections:write, and switch Socket Mode on."
        return fail("slack", f"refuses the app-level token: {answer['error']}", mend)
    return _slack_is_silent(settings, status)


async def slack_knows(settings: Settings, app: "OAuthApp", http: "ClientSession") -> Finding:
    """Exchanges a code that there is not: only who has the credentials is told that the code is wrong
    (https://docs.slack.dev/reference/methods/oauth.v2.access)."""
    from aiohttp import encode_basic_auth

    us = {"Authorization": encode_basic_auth(app.client_id, app.client_secret)}
    status, answer, _ = await _post(
        http, f"{settings.slack_api_url}oauth.v2.access", data={"code": "doctor"}, headers=us
    )
    if answer.get("error") == "invalid_code":
        return ok("slack", "the client id and secret are good")
    if "error" in answer:
        mend = "Copy SLACK_CLIENT_ID and SLACK_CLIENT_SECRET again from Basic Information → App Credentials."
        return fail("slack", f"refuses the client id and secret: {answer['error']}", mend)
    return _slack_is_silent(settings, status)


def _slack_is_silent(settings: Settings, status: str) -> Finding:
    mend = f"Can this machine reach {settings.slack_api_url}? Behind a proxy set HTTPS_PROXY."
    return fail("slack", f"does not answer ({status})", mend)


async def teams_answers(settings: Settings, http: "ClientSession") -> Finding:
    """Fetches a token as the bot would (OAuth 2.0 client credentials, RFC 6749 §4.4)."""
    from adapters.teams.credentials import Credentials, CredentialUnusable
    from adapters.teams.tokens import sign_in_form

    config = teams_config(settings)
    if config.app_type == "UserAssignedMSI":
        return ok("teams", "a managed identity has no credential to try from here")
    try:
        form = sign_in_form(config, Credentials(config), config.channel_resource)
    except CredentialUnusable as unusable:
        return fail("teams", unusable.what, unusable.mend)
    status, answer, _ = await _post(http, config.token_url, data=form)
    if "access_token" in answer:
        return ok("teams", "the credentials are good")
    if "error" in answer:
        # The first sentence of the description carries Entra's code (AADSTS7000215: wrong secret) and no credential.
        said = str(answer.get("error_description") or answer["error"]).split(". ")[0]
        proof = "MICROSOFT_APP_PASSWORD" if config.app_password else "its certificate or federated credential"
        mend = f"Check MICROSOFT_APP_ID, {proof} and MICROSOFT_APP_TENANT_ID against the app registration."
        return fail("teams", f"refuses the credentials: {said}", mend)
    mend = f"Can this machine reach {config.login_url}? Behind a proxy set HTTPS_PROXY."
    return fail("teams", f"the login endpoint does not answer ({status})", mend)


async def _post(http: "ClientSession", url: str, **request: Any) -> tuple[str, dict[str, Any], datetime | None]:
    """What came of it in a word, the JSON object that came back or an empty one, and the server's time."""
    from aiohttp import ClientError

    try:
        async with http.post(url, allow_redirects=False, **request) as response:
            date = parsedate_to_datetime(response.headers["Date"]) if "Date" in response.headers else None
            answer = await response.json(content_type=None)
            return f"HTTP {response.status}", answer if isinstance(answer, dict) else {}, date
    except (ClientError, TimeoutError, ValueError) as error:
        return type(error).__name__, {}, None
