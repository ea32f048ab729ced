"""Slash commands, and who types them, as conversations over the real adapter."""

from typing import Any

import pytest

from bot.cards import Button, HeatCell, HeatMap, Item, ItemList, Paragraph, Table, card
from bot.replies import Answer
from bot.requests import CommandTyped, Profile
from tests.adapters.slack.conftest import ScriptedCore, answers
from tests.contract.slack_stage import HOME, SlackChair, SlackStage
from tests.doubles.slack_api import TEAM

SHARE = Button(action="share", label="Share here", value="D-12")
LONG = card("Long", ItemList(items=tuple(Item(title=f"Item {n}", detail="d" * 200) for n in range(400))))


async def test_a_command_is_read_and_answered_in_its_acknowledgement(
    stage: SlackStage, core: ScriptedCore, dana: SlackChair
) -> None:
    core.replies = [Answer(card=card("Decision D-12", Paragraph("Passkeys"), buttons=[SHARE]))]
    await dana.types("decision show R&D <x>")
    assert isinstance(core.last, CommandTyped)
    assert core.last.text == "decision show R&D <x>"
    assert core.last.actor == Profile(account=dana.account, name="Dana", zone="Europe/Zurich")
    assert (core.last.where.conversation, core.last.where.title, core.last.where.direct) == (
        stage.home,
        "#security-sync",
        False,
    )
    [seen] = dana.screen()
    assert (seen.text, seen.buttons, seen.private, seen.place) == (
        "Decision D-12\nPasskeys",
        ("Share here",),
        True,
        stage.home,
    )
    assert [
        name for name, _ in stage.slack.calls if name not in ("auth.test", "users.info", "conversations.info")
    ] == []


async def test_nobody_else_sees_a_private_answer(core: ScriptedCore, dana: SlackChair, ravi: SlackChair) -> None:
    core.replies = answers("for Dana")
    await dana.types("help")
    assert ravi.screen() == []


async def test_an_empty_answer_is_an_empty_acknowledgement(core: ScriptedCore, dana: SlackChair) -> None:
    await dana.types("")
    assert core.last.text == ""
    assert dana.screen() == []


async def test_an_answer_of_many_messages_arrives_whole(
    stage: SlackStage, core: ScriptedCore, dana: SlackChair
) -> None:
    """Five by response_url, in order, and the rest as ephemeral messages."""
    core.replies = [Answer(card=LONG)]
    await dana.types("list")
    assert len(dana.screen()) > 6
    assert sum(seen.text.count("d" * 200) for seen in dana.screen()) == 400
    assert len(stage.slack.called("response_url")) == 5
    assert all(seen.private for seen in dana.screen())


async def test_where_the_bot_is_no_member_the_rest_comes_in_the_direct_chat(
    stage: SlackStage, core: ScriptedCore, dana: SlackChair
) -> None:
    stage.slack.channels[HOME].members.discard("U0BOT")
    stage.slack.foreseen.add("not_in_channel")
    core.replies = [Answer(card=LONG)]
    await dana.types("list")
    assert {seen.place for seen in dana.screen()[:5]} == {stage.home}
    assert {seen.place for seen in dana.screen()[5:]} == {dana.account}
    assert len(stage.slack.called("chat.postEphemeral")) == 1


async def test_a_block_that_a_workspace_does_not_know_yet_is_drawn_plainer(
    stage: SlackStage, core: ScriptedCore, dana: SlackChair
) -> None:
    table = card("Risks", Table(columns=("Risk", "Score"), rows=(("R-7", "12"),)))
    core.replies = [Answer(card=table)]
    for ask in (dana.types, dana.says):
        stage.slack.unknown_blocks.clear()
        await ask("risk list")
        assert "R-7 | 12" in dana.screen()[-1].text
        stage.slack.unknown_blocks.add("table")
        await ask("risk list")
        assert "R-7   12" in dana.screen()[-1].text


async def test_a_heat_map_that_a_workspace_cannot_draw_is_written_out(
    stage: SlackStage, core: ScriptedCore, dana: SlackChair
) -> None:
    cells = ((HeatCell("2", "critical", above=True), HeatCell("", "low")),)
    matrix = HeatMap(
        title="Risks", down="Likelihood", across="Impact", rows=("high",), columns=("high", "low"), cells=cells
    )
    core.replies = [Answer(card=card("Matrix", matrix))]
    stage.slack.unknown_blocks.add("table")
    await dana.types("risk matrix")
    assert "C 2 ▲" in dana.screen()[-1].text
    assert "Likelihood high, impact high: 2 (critical, above appetite)" in dana.screen()[-1].text


async def test_a_command_in_the_direct_chat_and_in_a_chat_between_two_people(
    stage: SlackStage, core: ScriptedCore, dana: SlackChair
) -> None:
    await dana.types("help", where="direct")
    assert (core.last.where.conversation, core.last.where.direct) == (dana.account, True)

    theirs = stage.slack.add_channel("D0OTHERS", "directmessage", dana._user)
    stage.slack.channels[theirs].members.discard("U0BOT")
    await dana.types("help", where=theirs)
    assert (core.last.where.conversation, core.last.where.direct) == (f"slack:{TEAM}/{theirs}", False)
    assert core.last.where.title == ""


async def test_a_slow_core_is_answered_after_the_acknowledgement(
    stage: SlackStage, core: ScriptedCore, dana: SlackChair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.slack.reception.ANSWER_WITHIN", 0.05)
    await dana.types("first, so that the profile is known")
    core.slow, core.replies = 0.2, answers("at last")
    await dana.types("help")
    assert [seen.text for seen in dana.screen()] == ["Answer\nat last"]
    assert len(stage.slack.called("response_url")) == 1


async def test_somebody_is_looked_up_once_and_the_core_is_told(
    stage: SlackStage, core: ScriptedCore, dana: SlackChair
) -> None:
    await dana.types("one")
    await dana.types("two")
    assert len(stage.slack.called("users.info")) == 1
    assert [seen.profile for seen in core.seen] == [Profile(account=dana.account, name="Dana", zone="Europe/Zurich")]


@pytest.mark.parametrize(
    "flags",
    [
        {"is_restricted": True},
        {"is_ultra_restricted": True},
        {"is_stranger": True},
        {"is_bot": True},
        {"team_id": "T0OTHER"},
    ],
    ids=str,
)
async def test_an_outsider_is_one_from_the_first_word(
    stage: SlackStage, core: ScriptedCore, flags: dict[str, Any]
) -> None:
    guest = await stage.seat("Gus")
    stage.slack.users[guest._user] |= flags
    await guest.types("decision list")
    assert core.last.actor.outsider


async def test_people_of_another_workspace_of_the_same_organization_are_no_outsiders(
    stage: SlackStage, core: ScriptedCore
) -> None:
    colleague = await stage.seat("Kim")
    stage.slack.users[colleague._user] |= {"team_id": "T0EAST", "enterprise_user": {"teams": [TEAM, "T0EAST"]}}
    await colleague.types("help")
    assert not core.last.actor.outsider


async def test_a_command_does_not_wait_long_for_a_profile(
    stage: SlackStage, core: ScriptedCore, dana: SlackChair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.slack.people.FIRST_SIGHT", 0.05)
    stage.slack.fail("users.info", slow=0.3)
    await dana.types("help")
    assert core.last.actor == Profile(account=dana.account)
    await stage.slack.until(lambda: len(core.seen) == 1)
    await dana.types("help")
    assert core.last.actor.name == "Dana"


async def test_a_changed_name_is_told_and_a_changed_status_is_not(
    stage: SlackStage, core: ScriptedCore, dana: SlackChair
) -> None:
    def user(**changes: Any) -> dict[str, Any]:
        return {**stage.slack.users[dana._user], **changes}

    await stage.event("user_change", user=user())
    assert core.seen == []  # not met since the start
    await dana.types("help")
    await stage.event("user_change", user=user(profile={"display_name": "Dana", "status_text": "Away"}))
    assert len(core.seen) == 1
    await stage.event("user_change", user=user(tz="Europe/London"))
    assert core.seen[-1].profile.zone == "Europe/London"
    await stage.event("user_change", user=user(deleted=True))
    assert core.seen[-1].left
    stranger = {"id": "U9GONE", "team_id": TEAM, "deleted": True, "profile": {"real_name": "Gone"}}
    await stage.event("user_change", user=stranger)
    assert (core.seen[-1].profile.account, core.seen[-1].left) == (f"slack:{TEAM}/U9GONE", True)
