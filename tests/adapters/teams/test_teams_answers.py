"""What people see: commands, buttons and forms through the real adapter, the real SDK and the double."""

from collections.abc import Callable

import pytest

from adapters.teams.answer import DONE, IN_OUR_CHAT, NO_CHAT
from adapters.teams.port import MakePort
from bot.cards import Button, Item, ItemList, Paragraph, card
from bot.forms import Check, Choice, Date, Form, Number, Option, Person, Text, Time
from bot.replies import Answer, CloseForm, OpenForm, RejectForm, Reply
from bot.requests import (
    ButtonPressed,
    CommandTyped,
    ConversationSeen,
    FormRequested,
    FormSubmitted,
    MessagePosted,
    Request,
)
from tests.adapters.teams.fake_core import FakeCore
from tests.contract.teams_stage import TeamsChair, TeamsStage, teams_stage
from tests.doubles.bot_connector import Fault

SETUP = Form(
    form_id="setup",
    title="Set up a touchpoint",
    intro="Two people, one rhythm.",
    context={"home": "here"},
    fields=(
        Person(name="cio", label="CIO"),
        Text(name="theme", label="Theme", value="threats", hint="One word"),
        Choice(
            name="days",
            label="Weekdays",
            options=(Option("tue", "Tue"), Option("fri,sat", "Fri or Sat")),
            value=("tue",),
            several=True,
        ),
        Date(name="first", label="First", value="2031-03-31", required=False),
        Time(name="at", label="At", value="09:30"),
        Number(name="every", label="Every", value="2", least=1, most=8),
        Check(name="quiet", label="Quiet hours", value=True),
    ),
)


def says(*replies: Reply) -> Callable[[Request], list[Reply]]:
    """The same replies for whatever a person asks; nothing for what the platform says."""
    return lambda request: [] if isinstance(request, ConversationSeen) else list(replies)


def last(seat: TeamsChair) -> str:
    return seat.screen()[-1].text


async def test_a_command_in_a_direct_chat_is_answered_there(core: FakeCore, dana: TeamsChair) -> None:
    core.answer = says(Answer(card=card("Open risks", Paragraph("None. Well done."))))
    await dana.types("risk list", where="direct")
    assert last(dana) == "Open risks\nNone. Well done."
    assert dana.screen()[-1].place == dana.account
    (asked,) = core.of(MessagePosted)
    assert (asked.text, asked.where.direct, asked.where.conversation) == ("risk list", True, dana.account)


async def test_a_command_in_a_channel_is_answered_in_the_direct_chat_and_says_so(
    core: FakeCore, stage: TeamsStage, dana: TeamsChair
) -> None:
    noor = await stage.seat("Noor")
    core.answer = says(Answer(card=card("Open risks")))
    await dana.types("risk list")
    (asked,) = core.of(CommandTyped)
    assert (asked.text, asked.where.conversation, asked.where.title) == ("risk list", stage.home, "security-sync")
    assert (last(dana), dana.screen()[-1].place) == ("Open risks", dana.account)
    assert [seen.text for seen in noor.screen()] == [IN_OUR_CHAT]


async def test_the_direct_chat_is_opened_once_and_remembered(core: FakeCore, dana: TeamsChair) -> None:
    core.answer = says(Answer(card=card("Yes")))
    await dana.types("help")
    await dana.types("help")
    opened = [seen for seen in core.of(ConversationSeen) if seen.conversation == dana.account]
    assert len(opened) == 1


async def test_somebody_without_the_app_is_told_how_to_get_it(core: FakeCore, stage: TeamsStage) -> None:
    noor = await stage.seat("Noor", installed=False)
    core.answer = says(Answer(card=card("Secret")))
    await noor.types("help")
    assert [seen.text for seen in noor.screen()] == [NO_CHAT]


async def test_somebody_who_blocked_the_bot_since_is_told_too(core: FakeCore, stage: TeamsStage) -> None:
    noor = await stage.seat("Noor")
    core.answer = says(Answer(card=card("Secret")))
    await noor.types("help")
    stage.double.people[noor.account.rsplit("/", 1)[1]].installed = False
    await noor.types("help")
    assert [seen.text for seen in noor.screen() if seen.place == stage.home] == [IN_OUR_CHAT, IN_OUR_CHAT, NO_CHAT]


async def test_where_the_tenant_has_targeted_messages_the_answer_stays_in_its_place(
    core: FakeCore, make_port: MakePort | None
) -> None:
    async with teams_stage(core, targeted_messages=True, make_port=make_port) as stage:
        dana, noor = await stage.seat("Dana"), await stage.seat("Noor")
        core.answer = says(Answer(card=card("For you alone")))
        await dana.types("help")
        assert [(seen.text, seen.private, seen.place) for seen in dana.screen()] == [
            ("For you alone", True, stage.home)
        ]
        assert noor.screen() == []


async def test_a_typed_command_offers_the_form_and_its_button_opens_it(core: FakeCore, dana: TeamsChair) -> None:
    core.answer = says(OpenForm(form=SETUP))
    await dana.types("setup")
    assert dana.form
    assert dana.form.title == "Set up a touchpoint"
    assert dana.form.fields == {
        "cio": "",
        "theme": "threats",
        "days": ("tue",),
        "first": "2031-03-31",
        "at": "09:30",
        "every": "2",
        "quiet": True,
    }
    (wanted,) = core.of(FormRequested)
    assert (wanted.form_id, wanted.context) == ("setup", {"home": "here"})


async def test_what_is_filled_in_comes_back_whole(core: FakeCore, stage: TeamsStage, dana: TeamsChair) -> None:
    noor = await stage.seat("Noor")
    core.answer = says(OpenForm(form=SETUP))
    await dana.types("setup")
    core.answer = says(CloseForm(), Answer(card=card("Set up")))
    await dana.fills(cio=noor.account, days=("tue", "fri,sat"), first="", quiet=False, theme="100% *mine*, yes")
    (form,) = core.of(FormSubmitted)
    assert form.values == {
        "cio": noor.account,
        "theme": "100% *mine*, yes",
        "days": ("tue", "fri,sat"),
        "first": "",
        "at": "09:30",
        "every": "2",
        "quiet": "",
    }
    assert (form.form_id, form.context, form.where.conversation) == ("setup", {"home": "here"}, stage.home)
    assert [(person.account, person.name) for person in form.people] == [(noor.account, "Noor")]
    assert dana.form is None
    assert last(dana) == "Set up"
    assert dana.toasts == [f"Set up\n\n{IN_OUR_CHAT}"]


async def test_a_rejected_form_keeps_what_was_typed_and_says_what_is_wrong(core: FakeCore, dana: TeamsChair) -> None:
    core.answer = says(OpenForm(form=SETUP))
    await dana.types("setup", where="direct")
    errors = {"": "Not yet.", "theme": "Themes are *one* word.", "every": "Between 1 and 8."}

    def reject(request: Request) -> list[Reply]:
        return (
            [RejectForm(form=SETUP, values=request.values, errors=errors)] if isinstance(request, FormSubmitted) else []
        )

    core.answer = reject
    await dana.fills(theme="two words", quiet=False, days=("fri,sat",))
    assert dana.form
    assert dana.form.errors == errors
    assert dana.form.fields["theme"] == "two words"
    assert dana.form.fields["days"] == ("fri,sat",)
    assert dana.form.fields["quiet"] is False
    core.answer = says(CloseForm())
    await dana.fills(theme="threats")
    assert dana.form is None


async def test_a_button_answers_in_a_direct_chat(core: FakeCore, dana: TeamsChair) -> None:
    start = Button(action="sync.start", label="Start", value="S-1", style="primary")
    core.answer = says(Answer(card=card("Ready?", buttons=[start])))
    await dana.types("agenda", where="direct")
    core.answer = says(Answer(card=card("Started")))
    on = dana.screen()[-1]
    await dana.presses("Start")
    (press,) = core.of(ButtonPressed)
    assert (press.action, press.value, press.message) == ("sync.start", "S-1", on.message)
    assert last(dana) == "Started"
    assert dana.toasts == ["Started"]


async def test_turning_a_page_replaces_the_card(core: FakeCore, dana: TeamsChair) -> None:
    more = Button(action="page", label="More", value="2")
    core.answer = says(Answer(card=card("Page 1", buttons=[more])))
    await dana.types("risk list", where="direct")
    core.answer = says(Answer(card=card("Page 2"), replaces=True))
    await dana.presses("More")
    assert [seen.text for seen in dana.screen()] == ["Page 2"]


async def test_a_button_in_a_channel_answers_privately(core: FakeCore, stage: TeamsStage, dana: TeamsChair) -> None:
    noor = await stage.seat("Noor")
    agenda = card(
        "Agenda", ItemList((Item(title="Phishing", buttons=(Button(action="drop", label="Drop", value="7"),)),))
    )
    await stage.adapter.edge.post(conversation=stage.home, card=agenda, delivery="d1")
    core.answer = says(Answer(card=card("Only the two principals may do that.")))
    await noor.presses("Drop")
    assert noor.toasts == [IN_OUR_CHAT]
    assert last(noor) == "Only the two principals may do that."
    assert [seen.text for seen in dana.screen()] == ["Agenda\nPhishing"]


async def test_without_a_direct_chat_a_press_is_answered_under_the_card(core: FakeCore, stage: TeamsStage) -> None:
    noor = await stage.seat("Noor", installed=False)
    button = Button(action="x", label="Do", value="")
    await stage.adapter.edge.post(conversation=stage.home, card=card("A", buttons=[button]), delivery="d1")
    core.answer = says(Answer(card=card("Done that", Paragraph("It is closed."))))
    await noor.presses("Do")
    assert noor.toasts == ["Done that – It is closed."]


async def test_without_a_direct_chat_a_dialogs_answer_can_be_pressed_where_it_stands(
    core: FakeCore, stage: TeamsStage
) -> None:
    noor = await stage.seat("Noor", installed=False)
    core.answer = says(OpenForm(form=SETUP))
    await noor.types("setup")
    buttons = (Button(action="save", label="Save", value="7"), Button(action="edit", label="Change", opens_form=True))
    once_more = ItemList(
        (Item(title="Tue 4 March", buttons=(Button(action="not", label="Not then", confirm="Sure?"),)),)
    )
    core.answer = says(CloseForm(), Answer(card=card("Every other Tuesday", once_more, buttons=buttons)))
    await noor.fills(at="09:30")
    for label, action in (("Save", "save"), ("Not then", "not")):
        core.answer = says(Answer(card=card(f"Done: {action}")))
        await noor.presses(label, on=next(seen for seen in noor.screen() if label in seen.buttons))
        assert core.of(ButtonPressed)[-1].action == action
        assert last(noor) == f"Done: {action}"
    core.answer = says(OpenForm(form=SETUP))
    await noor.presses("Change")
    assert noor.form


async def test_a_press_that_needs_no_answer_is_acknowledged(
    core: FakeCore, stage: TeamsStage, dana: TeamsChair
) -> None:
    button = Button(action="x", label="Do", confirm="Really?")
    await stage.adapter.edge.post(conversation=stage.home, card=card("A", buttons=[button]), delivery="d1")
    await dana.presses("Do")
    assert dana.toasts == [DONE]
    assert len(core.of(ButtonPressed)) == 1


async def test_a_button_that_opens_a_form_may_answer_with_a_card_instead(
    core: FakeCore, stage: TeamsStage, dana: TeamsChair
) -> None:
    button = Button(action="decision.record", label="Record decision", value="item:7", opens_form=True)
    await stage.adapter.edge.post(conversation=stage.home, card=card("A", buttons=[button]), delivery="d1")
    core.answer = says(OpenForm(form=SETUP))
    await dana.presses("Record decision")
    assert dana.form
    core.answer = says(Answer(card=card("That item is closed.")))
    await dana.presses("Record decision")
    assert (last(dana), dana.screen()[-1].private) == ("That item is closed.", True)


async def test_a_reply_in_a_thread_names_the_message_at_its_root(
    core: FakeCore, stage: TeamsStage, dana: TeamsChair
) -> None:
    posted = await stage.adapter.edge.post(
        conversation=stage.home, card=card("What shall we talk about?"), delivery="d1"
    )
    said = await dana.says("the new firewall", to=dana.screen()[0])
    (asked,) = core.of(MessagePosted)
    assert (asked.text, asked.where.thread, asked.message) == ("the new firewall", posted, said)
    assert asked.link
    assert asked.link.startswith("https://teams.microsoft.com/l/message/19%3A")


async def test_an_edit_and_a_deletion_name_the_same_message(core: FakeCore, dana: TeamsChair) -> None:
    said = await dana.says("phishing & vishing <b>")
    await dana.edits(said, "phishing")
    await dana.edits(said, "vishing")
    await dana.deletes(said)
    heard = core.of(MessagePosted)
    assert [asked.message for asked in heard] == [said] * 4
    assert [asked.text for asked in heard] == ["phishing & vishing <b>", "phishing", "vishing", ""]
    assert [(asked.edited, asked.deleted) for asked in heard] == [
        (False, False),
        (True, False),
        (True, False),
        (False, True),
    ]
    assert len({asked.id for asked in heard}) == 4


async def test_a_redelivered_activity_has_the_same_id(core: FakeCore, stage: TeamsStage, dana: TeamsChair) -> None:
    await dana.types("help")
    await stage.redeliver()
    first, second = core.of(CommandTyped)
    assert first.id == second.id
    await dana.types("help")
    assert core.of(CommandTyped)[2].id != first.id


@pytest.mark.parametrize("where", ["direct", "home"])
async def test_what_the_core_could_not_take_is_not_acknowledged(
    core: FakeCore, stage: TeamsStage, dana: TeamsChair, where: str
) -> None:
    await dana.types("help", where=where)
    core.broken = True
    await dana.says("phishing", where=where)
    assert stage.last_status == 500


async def test_an_answer_that_teams_does_not_take_is_lost_and_the_request_is_not_done_again(
    core: FakeCore, stage: TeamsStage, dana: TeamsChair
) -> None:
    await dana.types("help", where="direct")
    core.answer = says(Answer(card=card("Hello")))
    stage.double.faults.append(Fault(status=429, after="3"))
    await dana.types("help", where="direct")
    assert stage.last_status == 200
    assert dana.screen() == []


async def test_guests_are_outsiders_and_colleagues_are_not(core: FakeCore, stage: TeamsStage, dana: TeamsChair) -> None:
    guest = await stage.seat("Guest", outsider=True)
    await guest.types("help")
    await dana.types("help")
    assert [asked.actor.outsider for asked in core.of(CommandTyped)] == [True, False]
    assert core.of(CommandTyped)[1].actor.name == "Dana"
    assert core.of(CommandTyped)[1].actor.zone == "Europe/Zurich"


async def test_who_cannot_be_looked_up_now_is_asked_again_later(
    core: FakeCore, stage: TeamsStage, dana: TeamsChair
) -> None:
    stage.double.faults.append(Fault(status=502))
    await dana.types("help")
    assert stage.last_status == 503
    assert core.of(CommandTyped) == []


@pytest.mark.parametrize(
    ("shown_as", "outsider"),
    [
        ({}, False),
        ({"role": "guest"}, True),
        ({"role": "anonymous"}, True),
        ({"principal": "robin_partner.example#EXT#@contoso.example"}, True),
        ({"tenant": "99999999-0000-4000-8000-000000000000"}, True),
    ],
)
async def test_each_mark_of_a_stranger_is_enough(
    core: FakeCore, stage: TeamsStage, shown_as: dict[str, str], outsider: bool
) -> None:
    robin = await stage.seat("Robin")
    member = stage.double.people[robin.account.rsplit("/", 1)[1]]
    for name, value in shown_as.items():
        setattr(member, name, value)
    await robin.types("help")
    assert [asked.actor.outsider for asked in core.of(CommandTyped)] == [outsider]


async def test_somebody_who_is_not_in_the_conversation_is_a_stranger(core: FakeCore, stage: TeamsStage) -> None:
    robin = await stage.seat("Robin")
    del stage.at(stage.home).members[robin.account.rsplit("/", 1)[1]]
    await robin.types("help")
    assert [asked.actor.outsider for asked in core.of(CommandTyped)] == [True]


async def test_a_conversation_is_passed_on_when_it_is_new_or_changed(
    core: FakeCore, stage: TeamsStage, dana: TeamsChair
) -> None:
    await dana.types("help")
    await dana.types("help")
    assert [seen.conversation for seen in core.of(ConversationSeen)] == [stage.home]
    stage.at(stage.home).name = "renamed"
    await dana.types("help")
    assert [seen.title for seen in core.of(ConversationSeen)] == ["security-sync", "renamed"]


async def test_the_roster_is_asked_once_for_a_person(stage: TeamsStage, dana: TeamsChair) -> None:
    for _ in range(3):
        await dana.types("help")
    assert len([path for method, path in stage.double.requests if method == "GET"]) == 1


async def test_in_a_private_channel_whose_roster_is_closed_our_direct_chat_says_who_somebody_is(
    core: FakeCore, stage: TeamsStage
) -> None:
    """Without the consent ChannelMember.Read.Group; a stranger in a shared channel has no direct chat with us."""
    stage.at(stage.home).sort = "private"
    dana, robin = await stage.seat("Dana"), await stage.seat("Robin", installed=False)
    await dana.types("help")
    await robin.types("help")
    assert [asked.actor.outsider for asked in core.of(CommandTyped)] == [False, True]
    assert {seen.outsiders for seen in core.of(ConversationSeen) if seen.conversation == stage.home} == {False}


async def test_a_chat_in_which_somebody_of_another_company_speaks_is_open_to_them(
    core: FakeCore, stage: TeamsStage, dana: TeamsChair
) -> None:
    stranger = await stage.seat("Alex")
    stage.double.people[stranger.account.rsplit("/", 1)[1]].tenant = "99999999-0000-4000-8000-000000000000"
    await dana.types("help", where="other")
    await stranger.types("help", where="other")
    await dana.types("help", where="other")
    assert [asked.actor.outsider for asked in core.of(CommandTyped)] == [False, True, False]
    seen = [one.outsiders for one in core.of(ConversationSeen) if one.conversation == stage.other]
    assert seen == [None, True]
