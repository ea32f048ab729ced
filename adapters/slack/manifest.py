"""The app manifest: what Slack must know of the app, made from the one command registry and the one table of scopes.

https://docs.slack.dev/reference/app-manifest. The table below is also the one in docs/install-slack.md, which
`guide` writes; a test compares them.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple, Protocol

COMMAND: Final = "/touchpoint"
_HINT_LENGTH: Final = 100  # it stands in one line of the composer's menu
_PATH: Final = "/slack/events"
REDIRECT: Final = "/slack/oauth_redirect"


class Described(Protocol):
    """What the manifest needs of a command."""

    @property
    def usage(self) -> str: ...
    @property
    def summary(self) -> str: ...


class Offered(Protocol):
    """What the manifest needs of a shortcut."""

    @property
    def label(self) -> str: ...
    @property
    def summary(self) -> str: ...


class Need(NamedTuple):
    """A scope, what for, and the events that it pays for."""

    scope: str
    reason: str
    events: tuple[str, ...] = ()


SCOPES: Final = (
    Need("commands", "the slash command /touchpoint, and the shortcuts, in a message's menu and in the composer's"),
    Need("chat:write", "agendas, reminders, minutes and private answers"),
    Need("app_mentions:read", "commands after a mention, where somebody prefers that", ("app_mention",)),
    Need("im:write", "opening the direct chat in which a principal is asked"),
    Need("im:history", "what principals answer there: an answer, an edit, a deletion", ("message.im",)),
    Need("users:read", "names, time zones, and who is a guest or has left", ("user_change",)),
    Need(
        "channels:read",
        "the name of a public channel, whether people of other companies read there, and hearing that the bot was added or "
        "removed, or that the channel was renamed, archived, opened again or shared",
        (
            "member_joined_channel",
            "member_left_channel",
            "channel_left",
            "channel_archive",
            "channel_unarchive",
            "channel_deleted",
            "channel_rename",
            "channel_id_changed",
            "channel_shared",
            "channel_unshared",
        ),
    ),
    Need(
        "groups:read",
        "the same for private channels",
        ("group_left", "group_archive", "group_unarchive", "group_deleted", "group_rename"),
    ),
    Need("mpim:read", "whether people of other companies read in a group message that the bot is in"),
    Need("channels:history", "after a broken connection only: was this message of ours delivered?"),
    Need("groups:history", "the same for private channels"),
)
# https://docs.slack.dev/reference/events/app_home_opened
_WITHOUT_SCOPE: Final = Need(
    "", "that somebody looks at its Home tab, and its own end", ("app_home_opened", "app_uninstalled", "tokens_revoked")
)


def guide() -> Iterator[str]:
    """The lines of the table in docs/install-slack.md: each scope, what for, and the events that come with it."""
    yield "| scope | what for | events |"
    yield "|---|---|---|"
    for need in (*SCOPES, _WITHOUT_SCOPE):
        events = ", ".join(f"`{event}`" for event in need.events)
        yield f"| {f'`{need.scope}`' if need.scope else 'none'} | {need.reason} | {events} |"


def build_manifest(
    commands: Iterable[Described],
    shortcuts: Mapping[str, Offered],
    openers: Mapping[str, Offered],
    *,
    base_url: str | None,
    socket_mode: bool,
    several: bool = False,
) -> dict[str, Any]:
    """`shortcuts` stand in a message's menu, `openers` in the composer's and in the search. `base_url` is the https address
    that Slack calls; Socket Mode needs none. `several` workspaces, or a whole organization, install it themselves."""
    base = (base_url or "").rstrip("/")
    url = None if socket_mode else f"{base}{_PATH}"
    leads_back = {"redirect_urls": [f"{base}{REDIRECT}"]} if several else {}
    events = [event for need in SCOPES for event in need.events]
    address = {"request_url": url} if url else {}
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": "Touchpoint",
            "description": "Keeps the CIO and the CISO in step: syncs, risks, decisions.",
            "background_color": "#1f3a5f",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "touchpoint", "always_online": True},
            "shortcuts": [*_offered("global", openers), *_offered("message", shortcuts)],
            "slash_commands": [_slash_command(commands, url)],
        },
        "oauth_config": {**leads_back, "scopes": {"bot": [need.scope for need in SCOPES]}},
        "settings": {
            "event_subscriptions": {**address, "bot_events": sorted([*events, *_WITHOUT_SCOPE.events])},
            "interactivity": {"is_enabled": True, **address},
            "org_deploy_enabled": several,
            "socket_mode_enabled": socket_mode,
            "token_rotation_enabled": several,
        },
    }


def _offered(kind: str, shortcuts: Mapping[str, Offered]) -> Iterator[dict[str, str]]:
    for action, shortcut in shortcuts.items():
        yield {"type": kind, "name": shortcut.label, "callback_id": action, "description": shortcut.summary}


def _slash_command(commands: Iterable[Described], url: str | None) -> dict[str, Any]:
    return {
        "command": COMMAND,
        "description": "Syncs, risks and decisions of the CIO and the CISO",
        "usage_hint": _usage_hint([command.usage for command in commands]),
        "should_escape": False,
        **({"url": url} if url else {}),
    }


def _usage_hint(usages: list[str]) -> str:
    """The first words of the commands, as many as fit; `help` names them all."""
    words = [*dict.fromkeys(["help", *(usage.split()[0] for usage in usages)])]
    while len(hint := " | ".join(words)) > _HINT_LENGTH:
        words = [*words[: -2 if words[-1] == "…" else -1], "…"]
    return hint
