"""The app package that an admin uploads: `manifest.json`, generated from the command registry, and two icons.

Built to Microsoft's published schema (developer.microsoft.com/json-schemas/teams/v1.29). The tests hold its limits.
"""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any, Protocol, TypeAlias
from urllib.parse import urlsplit

from adapters.teams.extensions import FORM, WORDS

Json: TypeAlias = dict[str, Any]

MANIFEST_VERSION = "1.29"
SCHEMA = f"https://developer.microsoft.com/json-schemas/teams/v{MANIFEST_VERSION}/MicrosoftTeams.schema.json"
COMMANDS = 12
TITLE = 128
DESCRIPTION = 4000
# Resource-specific consents, each with its reason; asked for only where the package is to work in private and shared
# channels. None to read messages: what is said to us in a thread, with a mention, reaches every bot without one.
CONSENTS = {
    "ChannelMember.Read.Group": "who in a private or shared channel is a guest or of another company, and being added there"
}
# The same manifest gives the same bytes: zip's clock begins here.
EPOCH = (1980, 1, 1, 0, 0, 0)
FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)


class Command(Protocol):
    """An entry of the one command registry. Teams puts its `name` into the compose box when it is chosen."""

    @property
    def name(self) -> str: ...

    @property
    def summary(self) -> str: ...


class Opener(Protocol):
    """A form that opens wherever somebody is."""

    @property
    def label(self) -> str: ...

    @property
    def summary(self) -> str: ...

    @property
    def form_id(self) -> str: ...


class Shortcut(Protocol):
    """What the registry offers on a message, or beside one that is being written."""

    @property
    def label(self) -> str: ...

    @property
    def summary(self) -> str: ...


def build_package(
    commands: Sequence[Command],
    shortcuts: Mapping[str, Shortcut],
    *,
    app_id: str,
    base_url: str,
    version: str = "",
    developer: str = "Touchpoint",
    targeted_messages: bool = False,
    openers: Mapping[str, Opener] | None = None,
    searches: Mapping[str, Shortcut] | None = None,
    private_channels: bool = False,
    installs: bool = False,
) -> bytes:
    """The zip to upload. `base_url` is where people find help, privacy notice and terms; `app_id` is the bot's.

    `private_channels` asks the owners of a team for `CONSENTS`; `installs` says that Graph may be asked to install it.
    """
    described = manifest(
        commands,
        shortcuts,
        app_id=app_id,
        base_url=base_url,
        version=version or _next_version(datetime.now(UTC)),
        developer=developer,
        targeted_messages=targeted_messages,
        openers=openers,
        searches=searches,
        private_channels=private_channels,
        installs=installs,
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        _add(package, "manifest.json", json.dumps(described, indent=2, ensure_ascii=False).encode())
        for icon in ("color.png", "outline.png"):
            _add(package, icon, files("adapters.teams").joinpath("assets", icon).read_bytes())
    return packed.getvalue()


def manifest(
    commands: Sequence[Command],
    shortcuts: Mapping[str, Shortcut],
    *,
    app_id: str,
    base_url: str,
    version: str,
    developer: str = "Touchpoint",
    targeted_messages: bool = False,
    openers: Mapping[str, Opener] | None = None,
    searches: Mapping[str, Shortcut] | None = None,
    private_channels: bool = False,
    installs: bool = False,
) -> Json:
    base = base_url.rstrip("/")
    described: Json = {
        "$schema": SCHEMA,
        "manifestVersion": MANIFEST_VERSION,
        "version": version,
        "id": app_id,
        "developer": {
            "name": developer[:32],
            "websiteUrl": base,
            "privacyUrl": f"{base}/privacy",
            "termsOfUseUrl": f"{base}/terms",
        },
        "name": {"short": "Touchpoint", "full": "Touchpoint: keeps a CIO and a CISO in step"},
        "description": {
            "short": "Keeps a CIO and a CISO in step: syncs, open risks, signed decisions.",
            "full": (
                "Recurring syncs with an agenda that builds itself, open risk items, decisions that both have signed, "
                "and who owns what, where the two already talk. Mention Touchpoint in a channel or a group chat, or "
                "write to it directly, and say help."
            ),
        },
        "icons": {"color": "color.png", "outline": "outline.png"},
        "accentColor": "#0F4C5C",
        "bots": [_bot(commands, app_id, targeted_messages)],
        "composeExtensions": [_extension(app_id, base, shortcuts, openers or {}, searches or {})],
        "permissions": ["identity", "messageTeamMembers"],
        "validDomains": [urlsplit(base).hostname or ""],
        # Teams takes no app of this schema version into a team without it; it opens private and shared channels to us.
        "supportsChannelFeatures": "tier1",
        "defaultInstallScope": "team",
        "defaultGroupCapability": {"team": "bot", "groupchat": "bot", "meetings": "bot"},
    }
    if private_channels:
        asked = [{"name": name, "type": "Application"} for name in CONSENTS]
        described["authorization"] = {"permissions": {"resourceSpecific": asked}}
    if private_channels or installs:  # Both are given to the app's registration; the address has no meaning here.
        described["webApplicationInfo"] = {"id": app_id, "resource": base}
    return described


def _next_version(now: datetime) -> str:
    """Higher than that of every package made before: Teams takes an update only if it is. By day and minute."""
    return f"1.{(now - FIRST_DAY).days}.{now.hour * 60 + now.minute}"


def _bot(commands: Sequence[Command], app_id: str, targeted_messages: bool) -> Json:
    bot: Json = {
        "botId": app_id,
        "scopes": ["personal", "team", "groupChat"],
        "isNotificationOnly": False,
        "supportsFiles": True,  # or Teams offers nobody to attach one in the chat with us
        "commandLists": [_listed(commands, ["personal"]), _listed(commands, ["team", "groupChat"])],
    }
    if targeted_messages:
        bot["supportsTargetedMessages"] = True
    return bot


def _listed(commands: Sequence[Command], scopes: list[str]) -> Json:
    """What Teams suggests while one types: those of every day."""
    return {
        "scopes": scopes,
        "commands": [
            {"title": command.name[:TITLE], "description": command.summary[:DESCRIPTION]}
            for command in _dozen(commands)
        ],
    }


def _dozen(commands: Sequence[Command]) -> list[Command]:
    """As many as Teams lists, and `help` always: it names the others."""
    helps = [command for command in commands if command.name == "help"]
    others = [command for command in commands if command.name != "help"]
    return [*others[: COMMANDS - len(helps)], *helps]


def _extension(
    app_id: str,
    base: str,
    shortcuts: Mapping[str, Shortcut],
    openers: Mapping[str, Opener],
    searches: Mapping[str, Shortcut],
) -> Json:
    """What is offered beside a message and on one (at most ten commands), and the address of which links become cards.

    No `supportsAnonymizedPayloads`: who has not installed the app is shown nothing for a link.
    """
    offered = [
        *(_search(kind, each) for kind, each in searches.items()),
        *(_message_action(action, each) for action, each in shortcuts.items()),
        *(_form(each) for each in openers.values()),
    ]
    host = urlsplit(base).hostname
    links = [{"type": "link", "value": {"domains": [host]}}] if host and searches else []
    return {"botId": app_id, "commands": offered, **({"messageHandlers": links} if links else {})}


def _search(kind: str, search: Shortcut) -> Json:
    """Beside a message alone: what is looked up in the command box goes nobody knows where. It begins with the newest
    ("Define message extension search commands")."""
    words = {"name": WORDS, "title": "Words or number", "description": search.summary, "inputType": "text"}
    return {
        "id": kind,
        "type": "query",
        "title": search.label,
        "description": search.summary,
        "context": ["compose"],
        "initialRun": True,
        "parameters": [words],
    }


def _form(opener: Opener) -> Json:
    """Beside a message and in the command box; its form opens at once."""
    return {
        "id": f"{FORM}{opener.form_id}",
        "type": "action",
        "title": opener.label,
        "description": opener.summary,
        "context": ["compose", "commandBox"],
        "fetchTask": True,
    }


def _message_action(action: str, shortcut: Shortcut) -> Json:
    """In the menu of every message; `fetchTask` asks us for the dialog ("Define message extension action commands")."""
    return {
        "id": action,
        "type": "action",
        "title": shortcut.label,
        "description": shortcut.summary,
        "context": ["message"],
        "fetchTask": True,
    }


def _add(package: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    package.writestr(entry, content)
