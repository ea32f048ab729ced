"""The manifest: generated, within Slack's limits, and explained in the guide word for word."""

from pathlib import Path
from typing import NamedTuple

import pytest

from adapters.slack.manifest import SCOPES, build_manifest, guide
from bot.commands import REGISTRY
from tests.contract.slack_stage import SlackStage

GUIDE = Path(__file__).parents[3] / "docs" / "install-slack.md"


class Described(NamedTuple):
    usage: str
    summary: str


def test_socket_mode_needs_no_address() -> None:
    manifest = build_manifest([Described("setup", "Begin")], {}, {}, base_url=None, socket_mode=True)
    assert manifest["settings"]["socket_mode_enabled"]
    assert "http" not in str(manifest)


@pytest.mark.parametrize("base_url", ["https://touchpoint.acme.test", "https://touchpoint.acme.test/"])
def test_http_mode_names_the_address_three_times(base_url: str) -> None:
    manifest = build_manifest([Described("setup", "Begin")], {}, {}, base_url=base_url, socket_mode=False)
    assert str(manifest).count("'https://touchpoint.acme.test/slack/events'") == 3
    assert not manifest["settings"]["socket_mode_enabled"]


def test_one_workspace_gets_no_more_than_it_needs() -> None:
    manifest = build_manifest([], {}, {}, base_url="https://touchpoint.acme.test", socket_mode=False)
    assert manifest["oauth_config"].keys() == {"scopes"}
    assert not manifest["settings"]["org_deploy_enabled"]
    assert not manifest["settings"]["token_rotation_enabled"]


def test_several_workspaces_are_led_back_may_be_an_organization_and_get_tokens_that_end() -> None:
    manifest = build_manifest([], {}, {}, base_url="https://touchpoint.acme.test/", socket_mode=False, several=True)
    assert manifest["oauth_config"]["redirect_urls"] == ["https://touchpoint.acme.test/slack/oauth_redirect"]
    assert manifest["settings"]["org_deploy_enabled"]
    assert manifest["settings"]["token_rotation_enabled"]
    assert {"app_uninstalled", "tokens_revoked"} <= set(manifest["settings"]["event_subscriptions"]["bot_events"])


def test_the_one_command_hints_at_what_there_is() -> None:
    [command] = build_manifest(REGISTRY, REGISTRY.shortcuts, REGISTRY.openers, base_url=None, socket_mode=True)[
        "features"
    ]["slash_commands"]
    assert command["command"] == "/touchpoint"
    assert command["usage_hint"].startswith("help | ")
    assert command["should_escape"] is False
    assert len(command["usage_hint"]) <= 100


def test_a_hint_that_is_too_long_says_that_there_is_more() -> None:
    many = [Described(f"command{n} [x]", "") for n in range(30)]
    [command] = build_manifest(many, {}, {}, base_url=None, socket_mode=True)["features"]["slash_commands"]
    assert command["usage_hint"].endswith(" | …")
    assert len(command["usage_hint"]) <= 100


def test_both_menus_offer_what_the_registry_has_within_slacks_limits() -> None:
    """https://docs.slack.dev/reference/app-manifest; the length of a name is what the app's settings page allows."""
    manifest = build_manifest(REGISTRY, REGISTRY.shortcuts, REGISTRY.openers, base_url=None, socket_mode=True)
    offered = manifest["features"]["shortcuts"]
    for kind, registered in (("global", REGISTRY.openers), ("message", REGISTRY.shortcuts)):
        of_kind = [each for each in offered if each["type"] == kind]
        assert [each["callback_id"] for each in of_kind] == list(registered)
        assert [each["name"] for each in of_kind] == [one.label for one in registered.values()]
        assert 1 <= len(of_kind) <= 5
    assert len(offered) == len(REGISTRY.openers) + len(REGISTRY.shortcuts)
    for each in offered:
        assert 1 <= len(each["name"]) <= 24
        assert 1 <= len(each["description"]) <= 150
        assert 1 <= len(each["callback_id"]) <= 255
    assert manifest["settings"]["interactivity"]["is_enabled"], "or nothing comes back from them"


def test_slacks_limits_on_words() -> None:
    shown = build_manifest(REGISTRY, REGISTRY.shortcuts, REGISTRY.openers, base_url=None, socket_mode=True)[
        "display_information"
    ]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140


def test_every_scope_stands_in_the_guide_with_its_reason() -> None:
    said = GUIDE.read_text()
    written = list(guide())
    table = said[said.index(written[0]) :].partition("\n\n")[0]
    assert table.splitlines() == written
    assert len({need.scope for need in SCOPES}) == len(SCOPES)


async def test_every_event_that_comes_is_understood_and_none_is_asked_for_twice(stage: SlackStage) -> None:
    manifest = build_manifest([], {}, {}, base_url=None, socket_mode=True)
    asked = [event.partition(".")[0] for event in manifest["settings"]["event_subscriptions"]["bot_events"]]
    assert len(asked) == len(set(asked))
    assert set(asked) <= stage.adapter._reception._listening._ways.keys()
