"""What Slack needs to be told by the settings, and what is missing; no SDK is loaded for that."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from adapters.settings import Settings

_TEAM: Final = re.compile(r"[TE][A-Z0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthApp:
    """What Slack knows the app by, and where it sends people back. `teams` are let in; empty: whoever installs it."""

    client_id: str
    client_secret: str = field(repr=False)
    public_url: str
    teams: tuple[str, ...] = ()


def oauth_app(settings: "Settings") -> OAuthApp | None:
    """What several workspaces install; nothing where one token is authorized for everything."""
    if not settings.slack_client_id or not settings.slack_client_secret:
        return None
    return OAuthApp(
        client_id=settings.slack_client_id,
        client_secret=settings.slack_client_secret.get_secret_value(),
        public_url=settings.public_url or "",
        teams=settings.slack_teams,
    )


def bot_token(token: str) -> str:
    """The same. Raises `ValueError`, which never shows it."""
    if not token.startswith(("xoxb-", "xoxe.xoxb-")):
        raise ValueError(_wrong_token(token))
    return token


def _wrong_token(token: str) -> str:
    """What kind of token stands where the bot's should, told by its prefix (https://docs.slack.dev/authentication/tokens)."""
    found = {"xoxp": "a user token", "xapp": "an app-level token (it belongs in SLACK_APP_TOKEN)"}
    kind = found.get(token[:4], "no bot token")
    return f"is {kind}; copy the Bot User OAuth Token, which begins with xoxb-, from OAuth & Permissions"


def app_token(token: str) -> str:
    """The same. Raises `ValueError`, which never shows it."""
    if not token.startswith("xapp-"):
        raise ValueError(
            "is no app-level token; those begin with xapp- and are made under "
            "Basic Information → App-Level Tokens, with the scope connections:write"
        )
    return token


def teams(ids: tuple[str, ...]) -> tuple[str, ...]:
    """The same. Raises `ValueError`."""
    for team in ids:
        if not _TEAM.fullmatch(team):
            raise ValueError(f'"{team}" is no workspace; write ids such as T0123ABCD or, of an organization, E0123ABCD')
    return ids


def gaps(settings: "Settings") -> Iterator[str]:
    """What is missing, or too much: one line each."""
    if settings.slack_oauth:
        yield from _several(settings)
    elif settings.slack_bot_token:
        yield from _one(settings)
    else:
        yield from _neither(settings)


def _one(settings: "Settings") -> Iterator[str]:
    if settings.slack_client_secret:
        yield (
            "SLACK_CLIENT_SECRET is set, and SLACK_BOT_TOKEN is authorized for everything. "
            "Remove the one; or add SLACK_CLIENT_ID and remove SLACK_BOT_TOKEN, for several workspaces."
        )
    if not settings.slack_signing_secret and not settings.socket_mode:
        yield (
            "SLACK_SIGNING_SECRET is missing. Copy it from Basic Information → App Credentials; "
            "or set SLACK_APP_TOKEN (xapp-…) to use Socket Mode, which needs none."
        )


def _neither(settings: "Settings") -> Iterator[str]:
    if settings.slack_client_secret:
        yield "SLACK_CLIENT_ID is missing, but SLACK_CLIENT_SECRET is set. Add the id, or remove SLACK_CLIENT_SECRET."
        return
    for name, value in (
        ("SLACK_SIGNING_SECRET", settings.slack_signing_secret),
        ("SLACK_APP_TOKEN", settings.slack_app_token),
    ):
        if value:
            yield f"SLACK_BOT_TOKEN is missing, but {name} is set. Add the bot token (xoxb-…), or remove {name}."


def _several(settings: "Settings") -> Iterator[str]:
    """Several workspaces install the app, and Slack calls us for all of them."""
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"):
        if getattr(settings, name.lower()):
            yield f"{name} and SLACK_CLIENT_ID are both set. Several workspaces have a token each: remove {name}."
    where = "Basic Information → App Credentials"
    for name, value, mend in (
        ("SLACK_CLIENT_SECRET", settings.slack_client_secret, f"Copy it from {where}."),
        ("SLACK_SIGNING_SECRET", settings.slack_signing_secret, f"Copy it from {where}."),
        ("TOUCHPOINT_PUBLIC_URL", settings.public_url, "Slack sends people back there, and calls it."),
        ("TOUCHPOINT_KEYS", settings.keys, "It encrypts what workspaces entrust; make one with: touchpoint keys new"),
    ):
        if not value:
            yield f"{name} is missing, and SLACK_CLIENT_ID needs it. {mend}"
