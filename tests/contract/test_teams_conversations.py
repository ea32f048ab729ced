"""What happens to conversations on Teams, through the real adapter and the real core: named, renamed, lost, found again."""

from typing import Any

import pytest

from tests.contract.stage import Chair
from tests.contract.teams_stage import TeamsChair, TeamsStage, payload
from tests.contract.world import World, newest, sees
from tests.doubles.bot_connector import APP_ID

Chairs = tuple[TeamsChair, TeamsChair]
Json = dict[str, Any]
ELSEWHERE = "99999999-0000-4000-8000-000000000000"


@pytest.fixture
def platform() -> str:
    return "teams"


def news(stage: TeamsStage, by: TeamsChair, event: str, *, name: str = "", sort: str = "") -> Json:
    """An event of the team about the home's channel, as Teams tells it: from the team's first conversation."""
    home = stage.at(stage.home)
    activity = by._from_me(payload("conversation-update-channel-renamed"), home, None)
    activity["id"] = f"f:{stage.double.next_id()}"
    activity["channelData"] |= {"eventType": event, "channel": {"id": home.id, "name": name or home.name}}
    if sort:
        activity["channelData"]["channel"]["type"] = sort
    activity["conversation"]["id"] = "19:0a1b2c3d4e5f60718293a4b5c6d7e8f9@thread.tacv2"
    return activity


async def test_a_channel_that_is_renamed_is_called_so_from_then_on(
    here: World, stage: TeamsStage, chairs: Chairs
) -> None:
    sam, dana = chairs
    await stage.deliver(news(stage, dana, "channelRenamed", name="risk-sync"))
    stage.at(stage.home).name = "risk-sync"
    await stage.deliver(news(stage, dana, "channelDeleted"))
    await here.settle()
    assert "risk-sync" in newest(sam, "I cannot post in").text


async def test_a_channel_that_is_deleted_and_restored(here: World, stage: TeamsStage, chairs: Chairs) -> None:
    sam, dana = chairs
    home = stage.at(stage.home)
    await stage.deliver(news(stage, dana, "channelDeleted"))
    home.gone = True
    await here.settle()
    assert sum("I cannot post in" in seen.text for seen in sam.screen()) == 1
    await here.wait(minutes=31)
    assert not sees(sam, "Agenda for Tue 4 March")
    home.gone = False
    await stage.deliver(news(stage, dana, "channelRestored"))
    await here.settle()
    assert newest(sam, "Agenda for Tue 4 March").place == stage.home, "what was refused meanwhile goes on"


async def test_who_removes_the_app_is_said_to_an_admin_and_gets_what_was_owed_when_they_add_it_again(
    here: World, stage: TeamsStage, chairs: Chairs
) -> None:
    sam, dana = chairs
    dana._member.installed = False
    await stage.deliver(dana._from_me(payload("installation-remove-personal"), stage.double.direct(dana._member), None))
    await here.settle()
    assert "Ask them to add it" in newest(sam, "I cannot write to Dana in private").text
    await sam.types("decision add Replace the old VPN")
    await here.settle()
    assert not any("Replace the old VPN" in seen.text for seen in dana.screen() if seen.place == dana.account)
    dana._member.installed = True
    added = dana._from_me(payload("installation-add-personal"), stage.double.direct(dana._member), None)
    await stage.deliver({**added, "id": stage.double.next_id()})
    await here.settle()
    await here.wait(days=1)
    assert any("Replace the old VPN" in seen.text for seen in dana.screen() if seen.place == dana.account)


async def test_whoever_puts_the_bot_into_a_chat_reads_its_first_words_once(here: World, stage: TeamsStage) -> None:
    """Teams tells of it twice, and again whenever somebody puts it there anew."""
    sam = await stage.seat("Sam")
    other = stage.at(stage.other)
    for example in ("installation-add-team", "conversation-update-group-added", "conversation-update-group-added"):
        activity = sam._from_me(payload(example), other, None)
        activity["id"] = f"f:{stage.double.next_id()}"
        if "membersAdded" in activity:
            activity["membersAdded"] = [{"id": f"28:{APP_ID}"}]
        await stage.deliver(activity)
        await here.settle()
    assert [seen.place for seen in sam.screen()] == [stage.other]
    assert "Set up" in sam.screen()[0].buttons


async def test_a_home_that_is_shared_with_others_is_told_and_nothing_more_is_posted_there(
    here: World, stage: TeamsStage, chairs: Chairs
) -> None:
    sam, dana = chairs
    await stage.deliver(news(stage, dana, "channelShared", sort="shared"))
    stage.at(stage.home).sort = "shared"
    await here.settle()
    assert "People of other companies can read" in newest(sam, "People of other companies can read").text
    before = len(stage.at(stage.home).messages)
    await sam.types("decision add Replace the old VPN", where="direct")
    await here.settle()
    said = [message.activity.get("summary", "") for message in stage.at(stage.home).messages[before:]]
    assert not any("VPN" in words for words in said)


async def test_a_meetings_chat_works_like_any_other_chat(here: World, stage: TeamsStage, chairs: Chairs) -> None:
    sam, _dana = chairs
    meeting = stage.double.conversation(payload("message-meeting-mention")["conversation"]["id"], "groupChat")
    meeting.members = dict(stage.at(stage.home).members)
    await sam.types("help", where=f"teams:{stage.home.split(':')[1].split('/')[0]}/{meeting.id}")
    assert sees(sam, "The answer is in our direct chat")


async def test_a_stranger_in_a_shared_channel_gets_nothing(here: World, stage: TeamsStage, chairs: Chairs) -> None:
    sam, _dana = chairs
    await sam.types("risk add Ours alone")
    stage.at(stage.home).sort = "shared"
    alex = await stage.seat("Alex", installed=False)
    alex._member.tenant = ELSEWHERE
    await alex.types("risk list")
    await alex.says("hello", where="home")
    await here.settle()
    assert not sees_alone(alex, "Ours alone")


def sees_alone(chair: Chair, words: str) -> bool:
    return any(words in seen.text for seen in chair.screen() if seen.place == chair.account or seen.private)
