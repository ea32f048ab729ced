"""Events: conversations that are renamed, shared, closed and opened, people who leave or become guests, and what is new."""

import json
from typing import Any

import pytest
from prometheus_client import REGISTRY as METRICS

from adapters.slack import people, places
from bot.incidents import Incident
from bot.replies import Reply
from bot.requests import (
    ButtonPressed,
    CommandTyped,
    ConversationLost,
    ConversationMoved,
    ConversationSeen,
    MessagePosted,
    Request,
)
from tests.adapters.slack.conftest import ScriptedCore, answers
from tests.contract.slack_stage import HOME, PAYLOADS, SlackChair, SlackStage, payload
from tests.doubles.slack_api import BOT_USER, TEAM, Json

NAMES = sorted(path.stem for path in PAYLOADS.glob("*.json") if not path.stem.startswith("socket_"))
NEW: Json = {"a_field_of_tomorrow": {"nested": ["x", 1, None]}}


def ignored(kind: str) -> float:
    return METRICS.get_sample_value("touchpoint_ignored_total", {"platform": "slack", "type": kind}) or 0.0


@pytest.mark.parametrize("name", ["channel_rename", "group_rename", "channel_unarchive"])
async def test_a_conversation_is_known_by_its_new_name_and_reachable_again(
    stage: SlackStage, core: ScriptedCore, name: str
) -> None:
    stage.slack.channels[HOME].name = "security-and-it"
    await stage.event(name)
    seen = core.last
    assert isinstance(seen, ConversationSeen)
    assert (seen.conversation, seen.title, seen.outsiders) == (stage.home, "#security-and-it", False)
    assert json.loads(seen.reference) == {"team": TEAM, "channel": HOME}


@pytest.mark.parametrize(("name", "shared"), [("channel_shared", True), ("channel_unshared", False)])
async def test_a_channel_shared_with_another_company_is_said(
    stage: SlackStage, core: ScriptedCore, name: str, shared: bool
) -> None:
    stage.slack.channels[HOME].shared = shared
    await stage.event(name)
    assert core.last.outsiders is shared


async def test_a_channel_that_got_another_id_is_the_same_conversation(stage: SlackStage, core: ScriptedCore) -> None:
    await stage.event("channel_id_changed")
    assert core.last == ConversationMoved(id=core.last.id, conversation=f"slack:{TEAM}/G0HOME", to=stage.home)


async def test_what_becomes_of_channels_without_the_bot_is_nobodys_business(
    stage: SlackStage, core: ScriptedCore
) -> None:
    stage.slack.channels[HOME].members.discard(BOT_USER)
    await stage.event("channel_rename")
    stage.slack.foreseen.add("channel_not_found")
    await stage.event("channel_rename", channel={"id": "G0GONE", "name": "gone"})
    stage.slack.channels[HOME].members.add(BOT_USER)
    stage.slack.channels[HOME].archived = True
    await stage.event("channel_rename")
    assert core.asked == []


async def test_an_event_is_not_acknowledged_before_slack_said_what_is_true_now(
    stage: SlackStage, core: ScriptedCore
) -> None:
    stage.slack.fail("conversations.info", ratelimited=3)
    await stage.event("channel_shared", ok=False)
    assert core.asked == []
    stage.slack.channels[HOME].shared = True
    await stage.redeliver()
    assert core.last.outsiders


async def test_the_bot_joins_also_where_slack_can_say_nothing_of_it(stage: SlackStage, core: ScriptedCore) -> None:
    stage.slack.fail("conversations.info", error="internal_error")
    await stage.event("member_joined_channel")
    assert (core.last.conversation, core.last.title, core.last.outsiders) == (stage.home, "", None)
    assert core.last.by == f"slack:{TEAM}/U0DANA"


async def test_the_bot_leaves_and_others_leave(stage: SlackStage, core: ScriptedCore) -> None:
    await stage.event("member_left_channel", user="U0RAVI")
    assert core.asked == []
    await stage.event("member_left_channel")
    assert core.last == ConversationLost(id=core.last.id, conversation=stage.home, reason="removed")


async def test_where_somebody_asks_is_looked_at_once_and_again_when_slack_says_something_new(
    stage: SlackStage, core: ScriptedCore, dana: SlackChair
) -> None:
    await dana.types("help")
    await dana.types("help")
    [seen] = core.visited
    assert (seen.conversation, seen.title, seen.outsiders) == (stage.home, "#security-sync", False)
    assert len(stage.slack.called("conversations.info")) == 1

    stage.slack.channels[HOME].shared = True
    stage.slack.foreseen.add("message_not_found")
    mention = payload("app_mention") | {"is_ext_shared_channel": True, "event_id": "Ev1"}
    mention["event"] |= {"channel": HOME, "user": dana._user}
    await stage._deliver(json.dumps(mention).encode(), "application/json")
    assert core.visited[-1].outsiders
    assert len(core.visited) == 2
    await stage._deliver(json.dumps(mention | {"event_id": "Ev2"}).encode(), "application/json")
    assert len(core.visited) == 2


async def test_that_others_read_along_is_not_missed_where_slack_could_not_say_so_at_once(
    stage: SlackStage, core: ScriptedCore, dana: SlackChair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "_RETRY", 0.0)
    stage.slack.channels[HOME].shared = True
    stage.slack.foreseen.add("message_not_found")
    stage.slack.fail("conversations.info", ratelimited=3)
    mention = payload("app_mention") | {"is_ext_shared_channel": True}
    mention["event"] |= {"channel": HOME, "user": dana._user}
    for number in range(3):
        await stage._deliver(json.dumps(mention | {"event_id": f"Ev{number}"}).encode(), "application/json")
    [seen] = core.visited
    assert seen.outsiders
    assert len(stage.slack.called("conversations.info")) == 2


async def test_what_the_core_did_not_take_is_told_it_again(
    stage: SlackStage, core: ScriptedCore, dana: SlackChair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "_RETRY", 0.0)
    really, told = core.ask, []

    async def away_once(request: Request) -> list[Reply]:
        if isinstance(request, ConversationSeen) and not told:
            told.append(request)
            raise Incident("1")
        return await really(request)

    monkeypatch.setattr(core, "ask", away_once)
    monkeypatch.setattr(stage.adapter._reception._places, "_tell", away_once)
    await dana.types("help")
    await dana.types("help")
    assert len(told) == len(core.visited) == 1


async def test_the_direct_chat_and_chats_without_the_bot_are_not_told(
    stage: SlackStage, core: ScriptedCore, dana: SlackChair
) -> None:
    await dana.types("help", where="direct")
    await dana.says("hello")
    stage.slack.channels[HOME].members.discard(BOT_USER)
    await dana.types("help")
    assert core.visited == []


async def test_a_group_message_has_no_name_and_is_a_place_like_any_other(
    stage: SlackStage, core: ScriptedCore, dana: SlackChair
) -> None:
    stage.slack.add_channel("C0GROUP", "mpdm-dana--ravi--touchpoint-1", dana._user)
    stage.slack.channels["C0GROUP"].group = True
    core.replies = answers("Here you are.")
    await dana.types("agenda", where="C0GROUP")
    assert core.last.where.title == ""
    assert not core.last.where.direct
    assert dana.screen()[-1].private
    [seen] = core.visited
    assert (seen.conversation, seen.title) == (f"slack:{TEAM}/C0GROUP", "")
    await dana.says("agenda", where="C0GROUP")
    assert isinstance(core.last, MessagePosted)
    assert (core.last.where.conversation, core.last.where.direct) == (f"slack:{TEAM}/C0GROUP", False)
    assert dana.screen()[-1].text.endswith("Here you are.")


@pytest.mark.parametrize("changes", [{"is_restricted": True}, {"is_ultra_restricted": True}, {"deleted": True}])
async def test_who_left_or_became_a_guest_is_told_at_once_also_unseen(
    stage: SlackStage, core: ScriptedCore, changes: Json
) -> None:
    user = payload("user_change")["event"]["user"]
    await stage.event("user_change", user=user)
    assert core.seen == []
    await stage.event("user_change", user=user | changes)
    [seen] = core.seen
    assert seen.profile.account == f"slack:{TEAM}/U0DANA"
    assert (seen.left, seen.profile.outsider) == ("deleted" in changes, "deleted" not in changes)
    if "deleted" not in changes:
        await stage.event("user_change", user=user | changes | {"updated": 1})
        assert len(core.seen) == 1, "a guest's new status is no news"
        await stage.event("user_change", user=user)
        assert not core.seen[-1].profile.outsider, "a member again"


async def test_names_and_zones_are_looked_up_again_after_hours(
    stage: SlackStage, core: ScriptedCore, dana: SlackChair, monkeypatch: pytest.MonkeyPatch
) -> None:
    await dana.types("help")
    stage.slack.users[dana._user] |= {"tz": "Asia/Tokyo"}
    await dana.types("help")
    assert core.seen[-1].profile.zone == "Europe/Zurich"
    monkeypatch.setattr(people, "_FRESH", 0.0)
    await dana.types("help")
    assert core.seen[-1].profile.zone == "Asia/Tokyo"


async def test_the_recorded_guest_is_one(stage: SlackStage, core: ScriptedCore) -> None:
    await stage.event("user_change_guest")
    assert core.seen[-1].profile.outsider


async def test_a_stranger_in_a_shared_channel_is_an_outsider_of_our_workspace(
    stage: SlackStage, core: ScriptedCore
) -> None:
    await stage.slack.until(stage.adapter.ready)
    stage.slack.add_user("U0OTHER", "Olga")
    stage.slack.users["U0OTHER"] |= {"team_id": "T0OTHER"}
    await stage.interaction(payload("block_actions_shared") | {"trigger_id": stage.slack.trigger("U0OTHER")})
    assert isinstance(core.last, ButtonPressed)
    assert core.last.actor.account == f"slack:{TEAM}/U0OTHER", "of our record, and of none of their own"
    assert core.last.actor.outsider


async def test_a_workspace_of_an_organization_that_installed_it_for_all_is_that_organization(
    stage: SlackStage, core: ScriptedCore
) -> None:
    await stage.slack.until(stage.adapter.ready)
    stage.adapter._own.teams = ("E0GRID",)
    stage.slack.foreseen.add("message_not_found")
    stage.slack.add_user("W0DANA", "Dana", enterprise_user={"enterprise_id": "E0GRID", "teams": ["T0EAST"]})
    await stage.command(payload("slash_command_grid"))
    await stage.interaction(payload("block_actions_grid"))
    await stage.event("app_mention_grid")
    assert [type(asked) for asked in core.asked] == [CommandTyped, ButtonPressed, MessagePosted]
    for asked in core.asked:
        assert asked.actor.account == "slack:E0GRID/W0DANA"
        assert not asked.actor.outsider
        assert asked.where.conversation.startswith("slack:E0GRID/")


@pytest.mark.parametrize("kind", ["canvas_sneezed", "emoji_changed"])
async def test_an_event_of_tomorrow_is_acknowledged_and_counted(
    stage: SlackStage, core: ScriptedCore, kind: str
) -> None:
    before = ignored(kind)
    await stage.event("channel_left", type=kind)
    assert stage.last_status == 200
    assert core.asked == []
    assert ignored(kind) == before + 1


@pytest.mark.parametrize("name", ["view_closed", "app_rate_limited"])
async def test_a_payload_of_a_kind_that_we_do_not_use_is_acknowledged_and_counted(
    stage: SlackStage, core: ScriptedCore, name: str
) -> None:
    before = ignored(name)
    deliver = stage.interaction if name == "view_closed" else _as_json(stage)
    await deliver(payload(name))
    assert stage.last_status == 200
    assert core.asked == []
    assert ignored(name) == before + 1


async def test_not_every_name_becomes_a_counter(stage: SlackStage) -> None:
    for number in range(60):
        await stage.event("channel_left", type=f"thing_{number}")
    await stage.event("channel_left", type="x" * 500)
    await stage.event("channel_left", type={"not": "a name"})
    named = sum(ignored(f"thing_{number}") > 0 for number in range(60))
    assert named <= 50
    assert ignored("other") > 0


def _as_json(stage: SlackStage) -> Any:
    async def deliver(body: Json) -> Json:
        return await stage._deliver(json.dumps(body).encode(), "application/json")

    return deliver


def with_news(part: Any) -> Any:
    """With something in every object of which nobody has heard yet."""
    if isinstance(part, dict):
        return {name: with_news(value) for name, value in part.items()} | NEW
    return [with_news(each) for each in part] if isinstance(part, list) else part


@pytest.mark.parametrize("name", NAMES)
async def test_unknown_fields_change_nothing(stage: SlackStage, core: ScriptedCore, name: str) -> None:
    """Every recorded payload, as it was and with new fields everywhere: the core hears the same."""
    await stage.slack.until(stage.adapter.ready)
    stage.slack.foreseen |= {"user_not_found", "channel_not_found", "message_not_found"}
    heard: list[list[Any]] = []
    body = payload(name)
    for sent in (body, with_news(body)):
        core.asked.clear()
        if "command" in body:
            await stage.command(sent | {"a_field_of_tomorrow": "x"})
        elif body["type"] in {"event_callback", "url_verification", "app_rate_limited"}:
            await _as_json(stage)(sent)
        else:
            if body["type"] == "view_submission":
                sent["view"]["state"]["values"] = body["view"]["state"]["values"]
            await stage.interaction(sent)
        assert stage.last_status == 200
        heard.append(list(core.asked))
    assert heard[0] == heard[1]
