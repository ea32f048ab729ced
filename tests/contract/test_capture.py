"""A message on every platform, taken into the record from its own menu: the form holds its words, the record its link."""

from typing import Any

import pytest

from tests.contract.stage import Chair, Stage
from tests.contract.teams_stage import TeamsChair
from tests.contract.world import World, newest, sees
from tests.doubles.bot_connector import Conversation, Message

Chairs = tuple[Chair, Chair]
SAID = "Renew the <VPN> contract\nIt runs out in *May* & nobody owns it."
TITLE, REST = SAID.split("\n")
MORE = {
    "Record as decision": "rationale",
    "Raise a risk": "description",
    "Promise": "detail",
    "Add to the agenda": "detail",
}
KEPT_AS = {"Record as decision": "D-1 ", "Raise a risk": "R-1 ", "Promise": "P-1 ", "Add to the agenda": "Noted for"}


@pytest.mark.parametrize("label", MORE)
async def test_a_message_is_taken_into_the_record(here: World, chairs: Chairs, label: str) -> None:
    sam, dana = chairs
    await sam.takes(label, SAID, by=dana)
    assert sam.form, "no form opened"
    assert sam.form.fields["title"] == TITLE
    assert sam.form.fields[MORE[label]] == REST
    await here.settle()
    assert not sees(sam, KEPT_AS[label]), "nothing is recorded before the form is sent"
    await sam.fills(theme="hygiene")
    assert sam.form is None, sam.form
    await here.settle()
    assert TITLE in newest(sam, KEPT_AS[label]).text


async def test_what_was_taken_leads_back_to_its_message(stage: Stage, chairs: Chairs) -> None:
    sam, dana = chairs
    link = await sam.takes("Promise", SAID, by=dana)
    await sam.fills()
    assert links_in(newest(sam, "P-1 ").raw) == ({link} if link else set())
    link = await sam.takes("Add to the agenda", SAID, by=dana)
    await sam.fills()
    await sam.types("agenda")
    assert not link or link in links_in(newest(sam, "Agenda for").raw)
    assert bool(link) is (stage.platform != "play"), "only the playground's messages have no address"


async def test_what_is_wrong_with_it_is_mended_in_the_form(chairs: Chairs) -> None:
    sam, dana = chairs
    link = await sam.takes("Promise", SAID, by=dana)
    await sam.fills(due_on="2031-03-01")
    assert sam.form, "it must stay open"
    assert "has passed" in sam.form.errors["due_on"]
    assert sam.form.fields["detail"] == REST
    await sam.fills(due_on="2031-03-20")
    assert links_in(newest(sam, "P-1 ").raw) == ({link} if link else set())


async def test_a_message_without_words_opens_an_empty_form(chairs: Chairs) -> None:
    sam, dana = chairs
    await sam.takes("Record as decision", "", by=dana)
    assert sam.form
    assert sam.form.fields["title"] == ""


async def test_only_the_beginning_of_a_very_long_message_is_taken_and_that_is_said(chairs: Chairs) -> None:
    sam, dana = chairs
    await sam.takes("Promise", f"{TITLE}\n{'word ' * 800}", by=dana)
    assert sam.form
    assert len(sam.form.fields["detail"]) == 3000
    assert "Only the beginning of Dana’s message fits here" in str(sam.form.raw)


async def test_who_has_no_business_here_gets_nothing(stage: Stage, chairs: Chairs) -> None:
    _sam, dana = chairs
    noor, guest = await stage.seat("Noor"), await stage.seat("Guest", outsider=True)
    for chair, word in ((noor, "You have no chair in a touchpoint here"), (guest, "for members of this organization")):
        await chair.takes("Promise", SAID, by=dana)
        assert chair.form is None
        assert word in newest(chair, "").text


def links_in(raw: Any) -> set[str]:
    """Every address that a message can open, however its platform calls it."""
    if isinstance(raw, list):
        return {link for inner in raw for link in links_in(inner)}
    if not isinstance(raw, dict):
        return set()
    own = {raw[name] for name in ("url", "link") if isinstance(raw.get(name), str)}
    return own.union(*(links_in(inner) for inner in raw.values()))


# ── where the bot is not ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("platform", ["slack"])
async def test_a_chat_of_two_people_on_slack_is_taken_from_without_a_link(here: World, chairs: Chairs) -> None:
    stage: Any = here.stage("slack")
    sam, dana = chairs
    users = [chair.account.rpartition("/")[2] for chair in (sam, dana)]
    stage.slack.add_channel("D0PRIVATE", "directmessage", *users)
    stage.slack.channels["D0PRIVATE"].members.discard("U0BOT")
    stage.slack.foreseen |= {"channel_not_found", "not_in_channel"}
    await sam.takes("Promise", SAID, by=dana, where="slack:T0SLACK/D0PRIVATE")
    assert sam.form
    assert sam.form.fields["title"] == TITLE
    await sam.fills()
    assert links_in(newest(sam, "P-1 ").raw) == set()
    assert not any("P-1 " in str(message) for message in stage.slack.channels["D0PRIVATE"].messages)


@pytest.mark.parametrize("platform", ["teams"])
async def test_a_chat_of_two_people_on_teams_is_taken_from_and_answered_in_ours(here: World, chairs: Chairs) -> None:
    """We see no roster there, so our own chat with somebody says who they are; and we could send nothing there."""
    stage: Any = here.stage("teams")
    sam, dana = chairs
    assert isinstance(sam, TeamsChair)
    assert isinstance(dana, TeamsChair)
    await here.core.run(here.core.bot.door.forget)
    stage.adapter._people._known.clear()
    theirs = Conversation(id="19:0a0b_0c0d@unq.gbl.spaces", kind="personal")
    link = await sam.acts("Promise", Message(id="1700000000123", sender="", text=SAID), dana._member, theirs)
    assert sam.form
    await sam.fills()
    kept = newest(sam, "P-1 ")
    assert kept.place == sam.account
    assert links_in(kept.raw) == {link}


@pytest.mark.parametrize("platform", ["teams"])
async def test_a_guest_in_such_a_chat_stays_one(here: World, chairs: Chairs) -> None:
    stage: Any = here.stage("teams")
    _sam, dana = chairs
    assert isinstance(dana, TeamsChair)
    theirs = Conversation(id="19:0a0b_0c0d@unq.gbl.spaces", kind="personal")
    for installed in (True, False):
        guest = await stage.seat("Guest", outsider=True, installed=installed)
        await guest.acts("Promise", Message(id="1700000000123", sender="", text=SAID), dana._member, theirs)
        assert guest.form is None
        assert "for members of this organization" in newest(guest, "").text
