"""The app package: what Microsoft's published schema (v1.29) and the upload ask of it."""

import io
import json
import re
import struct
import zipfile
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from adapters.teams.manifest import CONSENTS, _next_version, build_package
from bot.commands import REGISTRY

GUIDE = Path(__file__).parents[3] / "docs" / "install-teams.md"
APP_ID = "8f2c1f0e-6a51-4a3b-9f6a-1d2c3b4a5e6f"


def package(**changes: Any) -> zipfile.ZipFile:
    settings = {"app_id": APP_ID, "base_url": "https://touchpoint.example.com/"} | changes
    return zipfile.ZipFile(io.BytesIO(build_package(REGISTRY.daily, REGISTRY.shortcuts, **settings)))


def manifest(**changes: Any) -> dict[str, Any]:
    described: dict[str, Any] = json.loads(package(**changes).read("manifest.json"))
    return described


def test_the_package_holds_three_files_at_its_root_and_is_the_same_every_time() -> None:
    assert package().namelist() == ["manifest.json", "color.png", "outline.png"]
    settings = {"app_id": APP_ID, "base_url": "https://touchpoint.example.com", "version": "1.2.3"}
    assert build_package(REGISTRY.daily, REGISTRY.shortcuts, **settings) == build_package(
        REGISTRY.daily, REGISTRY.shortcuts, **settings
    )


def test_the_manifest_has_what_the_schema_requires_and_nothing_that_it_does_not_know() -> None:
    described = manifest()
    required = {"manifestVersion", "version", "id", "developer", "name", "description", "icons", "accentColor"}
    known = required | {
        "$schema",
        "bots",
        "composeExtensions",
        "permissions",
        "validDomains",
        "supportsChannelFeatures",
        "defaultInstallScope",
        "defaultGroupCapability",
    }
    assert required <= described.keys() <= known
    assert described["$schema"].endswith(f"/v{described['manifestVersion']}/MicrosoftTeams.schema.json")
    assert re.fullmatch(r"\d+\.\d+\.\d+", described["version"])
    assert re.fullmatch(r"#[0-9A-Fa-f]{6}", described["accentColor"])


def test_a_package_made_later_can_take_the_place_of_one_made_before() -> None:
    first, later = (
        _next_version(datetime(2031, 3, 1, 23, 59, tzinfo=UTC)),
        _next_version(datetime(2031, 3, 2, tzinfo=UTC)),
    )
    assert [int(part) for part in first.split(".")] < [int(part) for part in later.split(".")]


def test_texts_are_within_the_schemas_lengths() -> None:
    described = manifest(developer="A company with a name that is very long indeed")
    assert len(described["developer"]["name"]) <= 32
    assert len(described["name"]["short"]) <= 30
    assert len(described["name"]["full"]) <= 100
    assert len(described["description"]["short"]) <= 80
    assert len(described["description"]["full"]) <= 4000
    assert all(url.startswith("https://") for key, url in described["developer"].items() if key.endswith("Url"))


def test_the_bot_speaks_in_person_in_teams_and_in_group_chats() -> None:
    (bot,) = manifest()["bots"]
    assert bot["botId"] == APP_ID
    assert bot["scopes"] == ["personal", "team", "groupChat"]
    assert bot["supportsFiles"] is True
    assert "supportsTargetedMessages" not in bot
    assert manifest(targeted_messages=True)["bots"][0]["supportsTargetedMessages"] is True


def test_channels_of_every_sort_may_have_it_as_teams_demands_of_new_manifests() -> None:
    """ "Agents and tab apps for shared and private channels": from 1.25 on, an app of the scope `team` must say it."""
    described = manifest()
    assert float(described["manifestVersion"]) >= 1.25
    assert described["supportsChannelFeatures"] == "tier1"


def test_nothing_is_asked_for_by_default_and_every_consent_has_its_reason_in_the_guide() -> None:
    plain, private = manifest(), manifest(private_channels=True)
    guide = GUIDE.read_text(encoding="utf-8")
    assert "authorization" not in plain
    assert "webApplicationInfo" not in plain
    asked = private["authorization"]["permissions"]["resourceSpecific"]
    assert asked == [{"name": name, "type": "Application"} for name in CONSENTS]
    assert private["webApplicationInfo"]["id"] == APP_ID
    assert set(re.findall(r"`(\w+\.\w+\.Group)`", guide)) - {"ChannelMessage.Read.Group"} == set(CONSENTS)
    assert all(f"| permission `{name}` |" in guide for name in plain["permissions"])
    assert "ChannelMessage" not in json.dumps(private), "no message that is not for us is ever sent to us"


def test_who_may_be_given_the_app_is_said_in_the_package_too() -> None:
    """ "Proactively install your bot for users": Graph's permission counts only with `webApplicationInfo`."""
    described = manifest(installs=True)
    assert described["webApplicationInfo"] == {"id": APP_ID, "resource": "https://touchpoint.example.com"}
    assert "authorization" not in described
    assert "TeamsAppInstallation.ReadWriteSelfForUser.All" in GUIDE.read_text(encoding="utf-8")


def test_a_dozen_commands_at_most_are_suggested_as_they_are_typed_and_help_is_always_one() -> None:
    lists = manifest()["bots"][0]["commandLists"]
    assert len(lists) <= 3
    for listed in lists:
        titles = [command["title"] for command in listed["commands"]]
        assert len(titles) <= 12
        assert {"find", "who owns", "risk add", "help"} <= set(titles)
        assert all(len(c["title"]) <= 128 and len(c["description"]) <= 4000 for c in listed["commands"])


def test_a_messages_menu_offers_what_the_registry_has_within_the_schemas_limits() -> None:
    described = manifest()
    (extension,) = described["composeExtensions"]
    assert extension.keys() == {"botId", "commands"}
    assert extension["botId"] == described["bots"][0]["botId"], "its answers come from the bot"
    assert [each["id"] for each in extension["commands"]] == list(REGISTRY.shortcuts)
    assert [each["title"] for each in extension["commands"]] == [known.label for known in REGISTRY.shortcuts.values()]
    assert 1 <= len(extension["commands"]) <= 10
    for each in extension["commands"]:
        assert each.keys() == {"id", "type", "title", "description", "context", "fetchTask"}
        assert (each["type"], each["context"], each["fetchTask"]) == ("action", ["message"], True)
        assert 1 <= len(each["id"]) <= 64
        assert 1 <= len(each["title"]) <= 32
        assert 1 <= len(each["description"]) <= 128


def test_icons_are_what_teams_asks_for() -> None:
    color, outline = _pixels(package().read("color.png"), 192), _pixels(package().read("outline.png"), 32)
    assert {pixel[3] for pixel in color} == {255}
    assert {pixel[:3] for pixel in outline} == {(255, 255, 255)}
    assert {0, 255} <= {pixel[3] for pixel in outline}


def _pixels(png: bytes, size: int) -> list[tuple[int, int, int, int]]:
    """RGBA of a PNG that has no filters, no interlacing and one data chunk, as ours are made."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">IIBBBBB", png[16:29]) == (size, size, 8, 6, 0, 0, 0)
    start = png.index(b"IDAT")
    (length,) = struct.unpack(">I", png[start - 4 : start])
    raw = zlib.decompress(png[start + 4 : start + 4 + length])
    rows = [raw[y * (size * 4 + 1) + 1 : (y + 1) * (size * 4 + 1)] for y in range(size)]
    return [(row[x], row[x + 1], row[x + 2], row[x + 3]) for row in rows for x in range(0, size * 4, 4)]
