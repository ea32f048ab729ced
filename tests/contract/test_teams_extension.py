"""Searches beside a message, pasted links and forms from the compose box, and each reader's own view: through the real SDK."""

from typing import Any, TypeAlias

import pytest

from tests.contract.teams_stage import CARD_RESPONSE, TeamsChair, TeamsStage, payload
from tests.contract.world import PAGES, World, newest, sees
from tests.doubles.adaptive_cards import buttons_of, check_card, lines_of
from tests.doubles.bot_connector import TENANT, Conversation, Message

Json: TypeAlias = dict[str, Any]
Chairs: TypeAlias = tuple[TeamsChair, TeamsChair]
VPN = "Switch the old VPN off"
MISSING = "Your key is missing."


@pytest.fixture(params=["teams", "teams, another port"])
def platform(request: pytest.FixtureRequest) -> str:
    """Through whichever SDK."""
    return str(request.param)


async def looks_up(chair: TeamsChair, kind: str, words: str, place: Conversation | None = None) -> Json:
    """Typed beside a message."""
    activity = chair._invoked("invoke-query", place or chair._place("home"), None)
    activity["channelData"]["source"] = {"name": "compose"}
    activity["value"] |= {"commandId": kind, "parameters": [{"name": "words", "value": words}]}
    said: Json = (await chair._stage.deliver(activity))["composeExtension"]
    for attachment in said.get("attachments", []):
        check_card(attachment["content"] | {"version": "1.5"})
    return said


async def pastes(chair: TeamsChair, url: str, place: Conversation | None = None) -> Json:
    activity = chair._invoked("invoke-query-link", place or chair._place("home"), None)
    activity["channelData"]["source"] = {"name": "compose"}
    activity["value"] = {"url": url}
    return await chair._stage.deliver(activity)


async def opens(chair: TeamsChair, card: Json, place: Conversation) -> None:
    """Presses the one button of a card that stands in somebody's message; what comes back is a dialog."""
    (button,) = buttons_of(card)
    sent = Message(id=chair._stage.double.next_id(), sender="somebody")
    activity = chair._invoked("invoke-task-fetch-button", place, sent)
    activity["value"] = {"data": button["data"], "context": {"theme": "default"}}
    chair._show(await chair._stage.deliver(activity), place)


def posted(stage: TeamsStage, words: str) -> tuple[Conversation, Message]:
    """The last message of ours at home that says this."""
    home = stage.at(stage.home)
    found = [m for m in home.messages if m.activity and m.card and words in "\n".join(lines_of(m.card))]
    return home, found[-1]


async def looks_at(chair: TeamsChair, place: Conversation, message: Message, *, manual: bool = False) -> Json:
    """What the client does with a card that names this reader."""
    assert message.card
    activity = chair._invoked("invoke-refresh", place, message)
    activity["value"] |= {
        "action": message.card["refresh"]["action"],
        "trigger": "manual" if manual else "automatic",
    }
    return await chair._stage.deliver(activity)


def text(card: Json) -> str:
    return "\n".join(lines_of(card))


def elsewhere() -> Conversation:
    """A chat of two people, in which we are not."""
    return Conversation(id="19:0a0b_0c0d@unq.gbl.spaces", kind="personal")


async def decides(here: World, chair: TeamsChair) -> None:
    await chair.types("decision add")
    await chair.fills(title=VPN)
    await here.settle()


# ── the compose box ─────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_decision_is_found_and_put_into_a_message(here: World, stage: TeamsStage, chairs: Chairs) -> None:
    sam, dana = chairs
    await decides(here, sam)
    for words in ("", "vpn", "d-1", "1"):
        (one,) = (await looks_up(dana, "decisions", words))["attachments"]
        assert one["preview"]["content"]["title"] == f"D-1 {VPN}"
        assert one["preview"]["content"]["text"].endswith("Shown in full here")
        assert VPN in text(one["content"])
    before = len(dana.screen())
    await opens(dana, one["content"], stage.at(stage.home))
    assert VPN in dana.screen()[-1].text
    assert dana.screen()[-1].private
    assert len(dana.screen()) == before + 1, "only the dialog"


async def test_where_we_are_not_the_card_has_a_number_and_opens_for_who_has_a_place(
    here: World, stage: TeamsStage, chairs: Chairs
) -> None:
    sam, dana = chairs
    noor = await stage.seat("Noor")
    await decides(here, sam)
    stage.adapter._people._known.clear()  # As if they had never been met here.
    place = elsewhere()
    (one,) = (await looks_up(sam, "decisions", "vpn", place))["attachments"]
    assert one["preview"]["content"]["text"].endswith("Only its number will be shown here")
    assert text(one["content"]).splitlines()[0] == "D-1"
    assert "VPN" not in str(one["content"])
    await opens(dana, one["content"], place)
    assert VPN in dana.screen()[-1].text
    key = next(one for one in buttons_of(dana.screen()[-1].raw) if one["title"] == "Turn my key")
    await dana._press(key, place, None)
    await here.settle()
    await sam.types("decision show 1")
    assert "agreed by both" in newest(sam, f"D-1 {VPN}").text
    await opens(noor, one["content"], place)
    assert "You cannot open this." in noor.screen()[-1].text
    assert "VPN" not in noor.screen()[-1].text


async def test_the_card_of_the_command_box_has_no_word_of_it_even_at_home(here: World, chairs: Chairs) -> None:
    sam, _dana = chairs
    await decides(here, sam)
    activity = sam._invoked("invoke-query", sam._place("home"), None)
    activity["channelData"]["source"] = {"name": "commandBox"}
    (one,) = (await sam._stage.deliver(activity))["composeExtension"]["attachments"]
    assert "VPN" not in str(one["content"])


async def test_who_gets_nothing_from_us_finds_nothing(here: World, stage: TeamsStage, chairs: Chairs) -> None:
    sam, _dana = chairs
    await decides(here, sam)
    noor, guest = await stage.seat("Noor"), await stage.seat("Guest", outsider=True)
    for chair, word in ((noor, "no chair"), (guest, "members of this organization")):
        said = await looks_up(chair, "decisions", "vpn")
        assert said["type"] == "message"
        assert word in said["text"]


async def test_a_form_opens_from_the_compose_box(here: World, stage: TeamsStage, chairs: Chairs) -> None:
    sam, _dana = chairs
    activity = sam._invoked("invoke-form", stage.at(stage.home), None)
    sam._show(await stage.deliver(activity), stage.at(stage.home), submits="invoke-message-action-submit")
    assert sam.form, "no dialog"
    await sam.fills(title="The laptops")
    await here.settle()
    await sam.types("agenda")
    assert "The laptops" in newest(sam, "Agenda for").text


# ── links ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_link_of_ours_becomes_a_card_and_any_other_stays_what_it_is(
    here: World, stage: TeamsStage, chairs: Chairs
) -> None:
    sam, dana = chairs
    await decides(here, sam)
    await dana.types("decision show 1")
    await dana.presses("Copy link")
    address = next(line for line in newest(dana, "Link to D-1").text.splitlines() if line.startswith(PAGES))
    (one,) = (await pastes(dana, address))["composeExtension"]["attachments"]
    assert VPN in text(one["content"])
    assert one["preview"]["content"]["title"] == f"D-1 {VPN}"
    (one,) = (await pastes(dana, address, elsewhere()))["composeExtension"]["attachments"]
    assert "VPN" not in str(one["content"])
    for foreign in ("https://example.com/open/0123456789/D-1", address[:-1] + "7", "no address"):
        assert await pastes(dana, foreign) == {}
    guest = await stage.seat("Guest", outsider=True)
    assert await pastes(guest, address) == {}
    await here.settle()
    assert not sees(sam, "outside"), "to paste a link is to ask nothing of us"


async def test_a_link_of_somebody_without_the_app_becomes_nothing(stage: TeamsStage, chairs: Chairs) -> None:
    assert chairs
    activity = payload("invoke-anonymous-query-link") | {"serviceUrl": stage.double.service_url}
    activity["channelData"]["tenant"]["id"] = activity["conversation"]["tenantId"] = TENANT
    sent = await stage._http.post("/api/messages", json=activity, headers={"Authorization": stage.double.sign()})
    assert sent.status == 501, "as if we did not know of it"


# ── one message, each reader's own view ─────────────────────────────────────────────────────────────────────────────────


async def test_each_principal_sees_what_is_theirs_and_everybody_else_the_plain_card(
    here: World, stage: TeamsStage, chairs: Chairs
) -> None:
    sam, dana = chairs
    noor = await stage.seat("Noor")
    await decides(here, sam)
    await sam.types("decision show 1")
    await sam.presses("Share here")
    await here.settle()
    place, message = posted(stage, "Shared by Sam")
    assert message.card
    assert set(message.card["refresh"]["userIds"]) == {sam._member.id, dana._member.id}
    assert all(one.startswith("29:") for one in message.card["refresh"]["userIds"])
    hers, his = await looks_at(dana, place, message), await looks_at(sam, place, message)
    for answer in (hers, his):
        assert (answer["statusCode"], answer["type"]) == (200, CARD_RESPONSE)
        check_card(answer["value"])
        assert answer["value"]["refresh"]["userIds"] == message.card["refresh"]["userIds"]
    assert MISSING in text(hers["value"])
    assert "Turn my key" in [button["title"] for button in buttons_of(hers["value"])]
    assert MISSING not in text(his["value"])
    assert "Turn my key" not in [button["title"] for button in buttons_of(his["value"])]
    assert MISSING not in text(message.card)
    assert "Turn my key" not in [button["title"] for button in buttons_of(message.card)], (
        "it would be refused to all others"
    )
    for manual in (True, False):
        theirs = await looks_at(noor, place, message, manual=manual)
        assert theirs["type"] == "application/vnd.microsoft.activity.message"
        assert "VPN" not in str(theirs)


async def test_a_key_turned_on_ones_own_view_redraws_the_message_for_all(
    here: World, stage: TeamsStage, chairs: Chairs
) -> None:
    sam, dana = chairs
    await decides(here, sam)
    await sam.types("decision show 1")
    await sam.presses("Share here")
    await here.settle()
    place, message = posted(stage, "Shared by Sam")
    hers = (await looks_at(dana, place, message))["value"]
    button = next(one for one in buttons_of(hers) if one["title"] == "Turn my key")
    edits = message.edits
    await dana._press(button, place, message)
    await here.settle()
    assert message.edits > edits, "the press named the message that it stands on"
    assert "agreed by both" in text(message.card or {})
    assert "refresh" not in (message.card or {}), "nobody's client asks any more"


async def test_an_agenda_and_a_sync_say_whose_key_is_missing(here: World, stage: TeamsStage, chairs: Chairs) -> None:
    sam, dana = chairs
    await decides(here, sam)
    await here.wait(minutes=31)
    place, message = posted(stage, "Agenda for")
    assert MISSING in text((await looks_at(dana, place, message))["value"])
    assert MISSING not in text((await looks_at(sam, place, message))["value"])
    await sam.presses("Start", on=newest(sam, "Agenda for"))
    await here.settle()
    place, message = posted(stage, "Sync in progress")
    assert MISSING in text((await looks_at(dana, place, message))["value"])


async def test_a_client_that_looks_for_a_guest_is_no_attempt_of_theirs_and_sends_nobody_a_message(
    here: World, stage: TeamsStage, chairs: Chairs
) -> None:
    sam, _dana = chairs
    guest = await stage.seat("Guest", outsider=True)
    await decides(here, sam)
    await sam.types("decision show 1")
    await sam.presses("Share here")
    await here.settle()
    place, message = posted(stage, "Shared by Sam")
    for chair in (guest, await stage.seat("Noor")):
        before = len(chair.screen())
        await looks_at(chair, place, message)
        await here.settle()
        assert len(chair.screen()) == before
    assert not sees(sam, "outside")


async def test_in_ones_own_chat_nothing_is_told_apart(here: World, stage: TeamsStage, chairs: Chairs) -> None:
    sam, dana = chairs
    await decides(here, sam)
    chat = stage.double.direct(dana._member)
    cards = [message.card for message in chat.messages if message.card]
    assert cards
    assert not any("refresh" in card for card in cards)
