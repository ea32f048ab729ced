"""What a person on a chair does becomes one request to the core, and what it answers stands where it should."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.playground.room import HOME, OTHER
from adapters.port import SendRefused
from bot.cards import Paragraph, card
from bot.requests import (
    ButtonPressed,
    CommandTyped,
    ConversationSeen,
    FormSubmitted,
    MessagePosted,
    MessageTaken,
    ProfileSeen,
)
from tests.adapters.playground.conftest import Play
from tests.adapters.playground.showroom import AGENDA, CIO, CISO, EVERY_FIELD


@pytest.mark.parametrize(
    "typed", ["/touchpoint agenda", "touchpoint agenda", "/agenda", "agenda", " /Touchpoint  agenda "]
)
async def test_a_command_is_read_with_and_without_its_prefix(play: Play, typed: str) -> None:
    await play.send("command", chair=CIO, conversation=HOME, text=typed, zone="Asia/Tokyo")
    (asked,) = play.core.asked
    assert isinstance(asked, CommandTyped)
    assert asked.text == "agenda"
    assert (asked.actor.account, asked.actor.name, asked.actor.zone) == (CIO, "Sam Okafor", "Asia/Tokyo")
    assert (asked.where.conversation, asked.where.title, asked.where.direct) == (HOME, "#security-sync", False)


async def test_what_is_said_and_all_of_it_a_command_is_one_but_never_a_reply(play: Play) -> None:
    await play.send("say", chair=CIO, conversation=HOME, text="risk list")
    (asked,) = play.core.asked
    assert isinstance(asked, CommandTyped)
    echo, _answer = await play.messages()
    assert (echo["text"], echo["only_for"]) == ("/touchpoint risk list", CIO)
    await play.send("say", chair=CIO, conversation=HOME, text="risk list", to=echo["address"])
    assert (await play.messages())[-1]["text"] == "risk list"


async def test_an_answer_among_others_is_for_the_asker_alone(play: Play) -> None:
    await play.send("command", chair=CIO, conversation=HOME, text="agenda")
    await play.send("command", chair=CIO, conversation=CIO, text="agenda")
    echo, answer, _, direct = await play.messages()
    assert (echo["text"], echo["command"], echo["only_for"]) == ("/touchpoint agenda", True, CIO)
    assert (answer["conversation"], answer["only_for"]) == (HOME, CIO)
    assert (direct["conversation"], direct["only_for"]) == (CIO, None)


async def test_a_zone_that_does_not_exist_falls_back(play: Play) -> None:
    for zone in ("Mars/Olympus", "../etc/passwd", "Europe", ""):
        await play.send("command", chair=CIO, conversation=CIO, text="agenda", zone=zone)
    assert {asked.actor.zone for asked in play.core.asked if isinstance(asked, CommandTyped)} == {"Europe/Zurich"}


async def test_the_same_request_again_says_nothing_twice_and_keeps_its_id(play: Play) -> None:
    for _ in range(2):
        await play.send("say", id="same", chair=CIO, conversation=CIO, text="Budget")
        await play.send("command", id="again", chair=CIO, conversation=CIO, text="agenda")
    own = [message for message in await play.messages() if message["author"] == CIO]
    assert [message["text"] for message in own] == ["Budget", "/touchpoint agenda"]
    assert [getattr(asked, "id", "") for asked in play.core.asked] == ["play:local/same", "play:local/again"] * 2


async def test_a_button_carries_its_message_and_a_page_turns_in_place(play: Play) -> None:
    await play.send("command", chair=CIO, conversation=HOME, text="showroom")
    _, shown = await play.messages()
    await play.send("press", chair=CIO, message=shown["address"], action="page", value="2")
    pressed = play.core.asked[-1]
    assert isinstance(pressed, ButtonPressed)
    assert (pressed.action, pressed.value, pressed.message) == ("page", "2", shown["address"])
    _, turned = await play.messages()
    assert turned["address"] == shown["address"]
    assert turned["card"]["title"] == "Quarter in review, page 2"


async def test_a_page_turned_by_one_leaves_what_the_others_see(play: Play) -> None:
    address = await play.adapter.edge.post(conversation=HOME, card=AGENDA, delivery="d1")
    await play.send("press", chair=CISO, message=address, action="page")
    shared, private = await play.messages()
    assert shared["card"]["title"] == AGENDA.title
    assert (private["only_for"], private["card"]["title"]) == (CISO, "Quarter in review, page 2")


async def test_nobody_presses_what_stands_on_anothers_screen(play: Play) -> None:
    await play.send("command", chair=CIO, conversation=HOME, text="showroom")
    private = (await play.messages())[1]["address"]
    asked = len(play.core.asked)
    refusal = await play.send("press", status=400, chair=CISO, message=private, action="page")
    assert "no longer here" in refusal["problem"]
    assert len(play.core.asked) == asked


async def test_a_form_comes_back_with_what_was_typed_and_what_is_wrong(play: Play) -> None:
    opened = (await play.send("command", chair=CIO, conversation=HOME, text="risk add"))["dialog"]
    assert [field["type"] for field in opened["form"]["fields"]] == [
        "text", "text", "choice", "number", "person", "date", "check",
    ]  # fmt: skip
    typed = {"title": "VPN", "detail": "Line one\nline two", "notify": "", "owner": CISO}
    form = {"conversation": opened["conversation"], "form_id": EVERY_FIELD.form_id, "context": {}, "values": typed}
    rejected = (await play.send("submit", chair=CIO, **form))["dialog"]["form"]
    assert "few words" in rejected["errors"]["title"]
    stands = {field["name"]: field["value"] for field in rejected["fields"]}
    assert stands | typed == stands
    form["values"] = typed | {"title": "VPN gateways reach end of support"}
    assert (await play.send("submit", chair=CIO, **form))["dialog"] is None
    submitted = play.core.asked[-1]
    assert isinstance(submitted, FormSubmitted)
    assert [(one.account, one.name) for one in submitted.people] == [(CISO, "Dana Reyes")]
    assert (await play.messages())[-1]["only_for"] == CIO


async def test_several_choices_arrive_as_a_tuple(play: Play) -> None:
    values: dict[str, Any] = {"weekdays": ["MO", "TH"], "every": "0"}
    await play.send("submit", chair=CIO, conversation=HOME, form_id="setup", context={"home": HOME}, values=values)
    submitted = play.core.asked[-1]
    assert isinstance(submitted, FormSubmitted)
    assert submitted.values["weekdays"] == ("MO", "TH")
    assert submitted.context == {"home": HOME}


async def test_a_reply_an_edit_and_a_deletion_reach_the_core_as_one_message(play: Play) -> None:
    prompt = await play.adapter.edge.post(conversation=CIO, card=card("What should we talk about?"), delivery="p")
    said = (await play.send("say", chair=CIO, conversation=CIO, text="Bugdet", to=prompt))["message"]
    await play.send("edit", chair=CIO, message=said, text="Budget")
    await play.send("delete", chair=CIO, message=said)
    posted = [asked for asked in play.core.asked if isinstance(asked, MessagePosted)]
    assert [(one.text, one.edited, one.deleted) for one in posted] == [
        ("Bugdet", False, False),
        ("Budget", True, False),
        ("", False, True),
    ]
    assert {one.message for one in posted} == {said}
    assert {one.where.thread for one in posted} == {prompt}
    assert len({one.id for one in posted}) == 3
    assert said not in [message["address"] for message in await play.messages()]


async def test_among_others_the_bot_hears_only_what_is_said_to_it(play: Play) -> None:
    await play.send("say", chair=CIO, conversation=HOME, text="Lunch?")
    await play.send("say", chair=CIO, conversation=HOME, text="@Touchpoint, budget for the SOC")
    agenda = await play.adapter.edge.post(conversation=HOME, card=AGENDA, delivery="a")
    await play.send("say", chair=CISO, conversation=HOME, text="And the drill", to=agenda)
    heard = [asked.text for asked in play.core.asked if isinstance(asked, MessagePosted)]
    assert heard == ["budget for the SOC", "And the drill"]


async def test_only_ones_own_words_can_be_changed(play: Play) -> None:
    said = (await play.send("say", chair=CIO, conversation=HOME, text="Lunch?"))["message"]
    await play.send("edit", status=400, chair=CISO, message=said, text="No lunch")
    await play.send("delete", status=400, chair=CISO, message=said)
    assert [message["text"] for message in await play.messages()] == ["Lunch?"]


async def test_nobody_is_in_anothers_direct_chat(play: Play) -> None:
    await play.send("say", status=400, chair=CISO, conversation=CIO, text="Hello")
    await play.send("command", status=400, chair="play:local/nobody", conversation=HOME, text="agenda")
    assert play.core.asked == []


async def test_a_failing_core_is_not_acknowledged_and_the_same_again_works(play: Play) -> None:
    play.core.failing = True
    refusal = await play.send("say", id="once", status=503, chair=CIO, conversation=CIO, text="Budget")
    assert "Incident" in refusal["problem"]
    assert "database" not in refusal["problem"]
    play.core.failing = False
    await play.send("say", id="once", chair=CIO, conversation=CIO, text="Budget")
    assert [message["text"] for message in await play.messages()] == ["Budget", ""]


@pytest.mark.parametrize("body", [b"", b"[]", b"not json", b'{"chair": 7}', b'{"id": 1, "chair": "play:local/cio"}'])
async def test_nonsense_is_a_400(play: Play, body: bytes) -> None:
    async with play.http.post("/command", data=body, headers={"Content-Type": "application/json"}) as response:
        assert response.status == 400
        assert (await response.json())["problem"]


async def test_markup_stays_text(play: Play) -> None:
    script = "<script>alert(1)</script>"
    await play.adapter.edge.post(conversation=HOME, card=card(script, Paragraph(script)), delivery="x")
    (message,) = await play.messages()
    assert (message["card"]["title"], message["card"]["blocks"][0]["text"]) == (script, script)


async def test_the_clock_jumps_and_says_when_nothing_is_planned(play: Play) -> None:
    before = play.clock.now()
    assert (await play.send("jump"))["jumped"]
    assert play.clock.now() > before
    assert {message["conversation"] for message in await play.messages()} == {CIO, CISO}
    play.clock.jumps = 9
    assert not (await play.send("jump"))["jumped"]


async def test_the_live_channel_begins_with_everything_and_goes_on(play: Play) -> None:
    async with play.http.get("/events") as channel:
        kind, state = await _event(channel)
        assert (kind, state["messages"]) == ("state", [])
        address = await play.adapter.edge.post(conversation=HOME, card=AGENDA, delivery="d1")
        kind, message = await _event(channel)
        assert (kind, message["address"]) == ("message", address)
        await play.adapter.edge.update(message=address, card=card("Minutes"))
        assert (await _event(channel))[1]["card"]["title"] == "Minutes"
        await play.send("jump")
        assert [(await _event(channel))[0] for _ in range(3)] == ["message", "message", "clock"]
        async with asyncio.timeout(2):
            await play.adapter.close()
            assert await channel.content.read() == b""


async def test_the_edge_says_truthfully_what_became_of_a_delivery(play: Play) -> None:
    edge, now = play.adapter.edge, datetime.now(UTC)
    address = await edge.post(conversation=OTHER, card=AGENDA, delivery="d7")
    assert address.startswith("play:local/random/")
    assert await edge.find(conversation=OTHER, delivery="d7", since=now) == address
    assert await edge.find(conversation=HOME, delivery="d7", since=now) is None
    direct = await edge.post(conversation=CIO, card=AGENDA, delivery="d8")
    assert direct.startswith("play:local/cio/")
    with pytest.raises(SendRefused) as nowhere:
        await edge.post(conversation="play:local/nowhere", card=AGENDA, delivery="d9")
    assert nowhere.value.conversation_gone
    with pytest.raises(SendRefused) as nothing:
        await edge.update(message="play:local/random/1", card=AGENDA)
    assert not nothing.value.conversation_gone


async def test_the_room_announces_who_and_what_is_in_it(play: Play) -> None:
    await play.adapter.announce()
    names = {asked.profile.name for asked in play.core.asked if isinstance(asked, ProfileSeen)}
    titles = {asked.title for asked in play.core.asked if isinstance(asked, ConversationSeen)}
    assert {"Sam Okafor", "Dana Reyes", "Robin Vale"} <= names
    assert titles == {"#security-sync", "#random"}


async def test_old_messages_leave_the_screen_one_by_one(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.playground.room.KEPT", 3)
    posted = [await play.adapter.edge.post(conversation=HOME, card=AGENDA, delivery=str(n)) for n in range(5)]
    await play.adapter.edge.post(conversation=CIO, card=AGENDA, delivery="direct")
    kept = [message["address"] for message in await play.messages() if message["conversation"] == HOME]
    assert kept == posted[2:]


async def test_a_page_that_stopped_reading_is_let_go(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.playground.room.BEHIND", 2)
    frozen = play.adapter.room.listen()
    for number in range(5):
        await play.adapter.edge.post(conversation=HOME, card=AGENDA, delivery=str(number))
    assert [bool(frozen.get_nowait()) for _ in range(frozen.qsize())] == [True, True, False]


async def _event(channel: Any) -> tuple[str, dict[str, Any]]:
    async with asyncio.timeout(2):
        block = (await channel.content.readuntil(b"\n\n")).decode()
    kind, data = block.strip().split("\n", 1)
    return kind.removeprefix("event: "), json.loads(data.removeprefix("data: "))


async def test_anybodys_message_can_be_taken_and_nothing_of_it_is_told_before(play: Play) -> None:
    said = await play.send("say", chair=CISO, conversation=HOME, text="@Touchpoint the VPN\nruns out in May", to=None)
    answer = await play.send("take", chair=CIO, message=said["message"], action="take.decision")
    asked = play.core.asked[-1]
    assert isinstance(asked, MessageTaken)
    assert (asked.action, asked.text, asked.author) == ("take.decision", "the VPN\nruns out in May", "Dana Reyes")
    assert (asked.message, asked.link, asked.actor.account) == (said["message"], None, CIO)
    assert answer["dialog"]["form"]["form_id"] == EVERY_FIELD.form_id
    assert answer["dialog"]["conversation"] == HOME


async def test_only_what_a_person_said_in_sight_can_be_taken(play: Play) -> None:
    await play.send("command", chair=CIO, conversation=HOME, text="agenda")
    said = await play.send("say", chair=CISO, conversation=CISO, text="in private", to=None)
    echo, card_of_ours, *_ = await play.messages()
    for message in (echo["address"], card_of_ours["address"], said["message"], "play:local/random/1"):
        await play.send("take", status=400, chair=CIO, message=message, action="take.decision")
    assert not any(isinstance(asked, MessageTaken) for asked in play.core.asked)
