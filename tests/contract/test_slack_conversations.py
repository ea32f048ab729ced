"""What happens to conversations and people on Slack, through the real adapter and the real core, from event to screen."""

import pytest

from tests.contract.slack_stage import HOME, SlackChair, SlackStage, payload
from tests.contract.world import World, newest, sees
from tests.doubles.slack_api import BOT_USER, TEAM

Chairs = tuple[SlackChair, SlackChair]
AGENDA = "Agenda for Tue 4 March"


@pytest.fixture
def platform() -> str:
    return "slack"


async def opens(stage: SlackStage, chair: SlackChair, action: str) -> None:
    """Chooses a shortcut in the menu beside the composer, or finds it in the search."""
    chosen = {"callback_id": action, "user": chair._who(), "trigger_id": stage.slack.trigger(chair._user)}
    await stage.interaction(payload("shortcut") | chosen)
    chair._look_at_form()


def says_of_user(stage: SlackStage, chair: SlackChair, **changes: bool) -> dict[str, object]:
    stage.slack.users[chair._user] |= changes
    return stage.slack.users[chair._user]


async def test_a_point_is_raised_from_anywhere(here: World, stage: SlackStage, chairs: Chairs) -> None:
    sam, dana = chairs
    await opens(stage, sam, "open.item")
    assert sam.form
    await sam.fills(title="The budget of the VPN")
    assert sam.form is None
    await here.wait(minutes=31)
    assert "The budget of the VPN" in newest(dana, AGENDA).text


async def test_who_sits_nowhere_hears_so_in_their_direct_chat(stage: SlackStage, chairs: Chairs) -> None:
    noor = await stage.seat("Noor")
    await opens(stage, noor, "open.item")
    assert noor.form is None
    assert newest(noor, "You have no chair in a touchpoint").place == noor.account
    await opens(stage, noor, "open.of_last_year")
    assert "older version" in noor.screen()[-1].text


async def test_a_home_is_called_by_its_new_name(here: World, stage: SlackStage, chairs: Chairs) -> None:
    sam, _ = chairs
    stage.slack.channels[HOME].name = "security-and-it"
    await stage.event("channel_rename")
    stage.slack.channels[HOME].archived = True
    await stage.event("channel_archive")
    await here.settle()
    assert "#security-and-it" in newest(sam, "I cannot post in").text


async def test_a_home_that_is_archived_and_opened_again(here: World, stage: SlackStage, chairs: Chairs) -> None:
    sam, _ = chairs
    stage.slack.foreseen.add("is_archived")
    stage.slack.channels[HOME].archived = True
    await stage.event("channel_archive")
    await here.wait(minutes=31)
    assert sum("I cannot post in" in seen.text for seen in sam.screen()) == 1
    assert not sees(sam, AGENDA)
    stage.slack.channels[HOME].archived = False
    await stage.event("channel_unarchive")
    await here.settle()
    assert newest(sam, AGENDA).place == stage.home


async def test_in_a_home_that_is_shared_with_another_company_nothing_of_the_record_is_posted(
    here: World, stage: SlackStage, chairs: Chairs
) -> None:
    sam, dana = chairs
    stage.slack.channels[HOME].shared = True
    await stage.event("channel_shared")
    await sam.types("agenda add Where the new firewall stands")
    await here.wait(minutes=31)
    posted = [message["text"] for message in stage.slack.channels[HOME].messages]
    assert not any("firewall" in text for text in posted)
    for chair in (sam, dana):
        assert newest(chair, AGENDA).place == chair.account
    stage.slack.channels[HOME].shared = False
    await stage.event("channel_unshared")
    await here.settle()
    assert newest(sam, "Where the new firewall stands").place == stage.home


async def test_a_home_that_was_shared_unheard_is_noticed_when_somebody_asks_there(
    here: World, stage: SlackStage, chairs: Chairs
) -> None:
    sam, _ = chairs
    stage.slack.channels[HOME].shared = True
    stage.adapter._reception._places._known.clear()  # as after a restart
    await sam.types("help")
    await here.wait(minutes=31)
    assert newest(sam, AGENDA).place == sam.account


async def test_a_home_with_another_id_is_the_same_home(here: World, stage: SlackStage, chairs: Chairs) -> None:
    sam, _ = chairs
    await here.wait(minutes=31)
    live = newest(sam, AGENDA)
    moved = stage.slack.channels.pop(HOME)
    moved.id = "C0MOVED"
    stage.slack.channels["C0MOVED"] = moved
    await stage.event("channel_id_changed", old_channel_id=HOME, new_channel_id="C0MOVED")
    await sam.types("agenda add Where the new firewall stands", where="C0MOVED")
    await here.settle()
    redrawn = newest(sam, AGENDA)
    assert (redrawn.raw["ts"], redrawn.place) == (live.raw["ts"], f"slack:{TEAM}/C0MOVED")
    assert "Where the new firewall stands" in redrawn.text


async def test_a_principal_who_is_deactivated_or_turned_guest_gets_nothing_from_then_on(
    here: World, stage: SlackStage, chairs: Chairs
) -> None:
    """Also where the process was started anew since they were last seen."""
    sam, dana = chairs
    stage.adapter._reception._people._profiles.clear()
    await stage.event("user_change", user=says_of_user(stage, dana, is_restricted=True))
    await here.settle()
    assert sees(sam, "Dana")
    before = [seen.message for seen in dana.screen() if seen.place == dana.account]
    await dana.types("decision list")
    assert "members of this organization" in dana.screen()[-1].text
    await sam.types("decision add Replace the old VPN")
    await here.wait(days=1)
    after = [seen.message for seen in dana.screen() if seen.place == dana.account]
    assert after == before, "nothing new in private"


async def test_the_record_lives_in_a_group_message(here: World, stage: SlackStage) -> None:
    """One that was begun with the bot in it. It has no name, and needs no scope but that to ask who reads there."""
    sam, dana = await stage.seat("Sam"), await stage.seat("Dana")
    group = stage.slack.add_channel("C0GROUP", "mpdm-sam--dana--touchpoint-1", sam._user, dana._user)
    stage.slack.channels[group].group = True
    await sam.types("setup", where=group)
    chairs = {"cio": sam.account, "ciso": dana.account}
    await sam.fills(**chairs, rhythm="weekly:2", weekdays=("TU",), at="09:30", zone="Europe/Zurich")
    await sam.presses("Save")
    await here.wait(minutes=31)
    live = newest(dana, AGENDA)
    assert live.place == f"slack:{TEAM}/{group}"
    await dana.says("agenda add The budget of the VPN", where=group)
    await here.settle()
    assert "The budget of the VPN" in newest(sam, AGENDA).text


async def test_where_the_bot_was_put_out_nothing_is_posted_and_back_in_it_goes_on(
    here: World, stage: SlackStage, chairs: Chairs
) -> None:
    sam, _ = chairs
    stage.slack.foreseen.add("not_in_channel")
    stage.slack.channels[HOME].members.discard(BOT_USER)
    await stage.event("member_left_channel")
    await here.wait(minutes=31)
    assert not sees(sam, AGENDA)
    stage.slack.channels[HOME].members.add(BOT_USER)
    await stage.event("member_joined_channel")
    await here.settle()
    assert newest(sam, AGENDA).place == stage.home
