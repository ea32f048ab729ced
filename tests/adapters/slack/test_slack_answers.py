"""What people see of an answer, for each way of asking, as conversations over the real adapter."""

import json
from typing import Any

import pytest

from bot.cards import Button, Item, ItemList, Paragraph, Table, card
from bot.forms import Choice, Form, Option, Person, Text
from bot.replies import Answer, CloseForm, OpenForm, RejectForm, Reply
from bot.requests import ButtonPressed, CommandTyped, FormRequested, FormSubmitted, MessagePosted, Profile
from tests.adapters.slack.conftest import ScriptedCore, answers
from tests.contract.slack_stage import HOME, SlackChair, SlackStage, payload
from tests.doubles import slack_blocks
from tests.doubles.slack_api import TEAM

SHARE = Button(action="share", label="Share here", value="D-12")
FORM = Form(
    form_id="decision",
    title="Record a decision",
    fields=(Text(name="title", label="Title"), Person(name="owner", label="Owner", required=False)),
    context={"touchpoint": "7"},
)
LONG = card("Long", ItemList(items=tuple(Item(title=f"Item {n}", detail="d" * 200) for n in range(400))))


# ── commands ────────────────────────────────────────────────────────────────────────────────────────────────────────


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
    assert [name for name, _ in stage.slack.calls if name not in ("auth.test", "users.info")] == []


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
    await dana.types("risk list")
    assert "R-7   12" in dana.screen()[-1].text  # the body of an acknowledgement takes no chances

    await dana.says("risk list")
    assert "R-7 | 12" in dana.screen()[-1].text
    stage.slack.unknown_blocks.add("table")
    await dana.says("risk list")
    assert "R-7   12" in dana.screen()[-1].text


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


# ── people ──────────────────────────────────────────────────────────────────────────────────────────────────────────


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


# ── buttons ─────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_button_says_what_and_where_it_is(stage: SlackStage, core: ScriptedCore, dana: SlackChair) -> None:
    posted = await stage.edge.post(conversation=stage.home, card=card("D-12", buttons=[SHARE]), delivery="d1")
    core.replies = answers("Shared.")
    await dana.presses("Share here")
    assert isinstance(core.last, ButtonPressed)
    assert (core.last.action, core.last.value, core.last.message) == ("share", "D-12", posted)
    assert core.last.where.conversation == stage.home
    answer = dana.screen()[-1]
    assert (answer.text, answer.private) == ("Answer\nShared.", True)
    assert dana.screen()[0].text == "D-12"


async def test_a_page_turns_in_place_where_only_one_person_sees_it(core: ScriptedCore, dana: SlackChair) -> None:
    core.replies = [Answer(card=card("Page 1", buttons=[Button(action="page", label="Next", value="2")]))]
    await dana.types("list")
    core.replies = [Answer(card=card("Page 2"), replaces=True)]
    await dana.presses("Next")
    assert [seen.text for seen in dana.screen()] == ["Page 2"]
    assert core.last.message is None  # nobody can address an ephemeral message


async def test_a_message_that_all_see_is_not_replaced_by_what_is_for_one(
    stage: SlackStage, core: ScriptedCore, dana: SlackChair, ravi: SlackChair
) -> None:
    page = card("Page 1", buttons=[Button(action="page", label="Next", value="2")])
    await stage.edge.post(conversation=stage.home, card=page, delivery="d1")
    core.replies = [Answer(card=card("Page 2"), replaces=True)]
    await dana.presses("Next")
    assert [seen.text for seen in dana.screen()] == ["Page 1", "Page 2"]
    assert [seen.text for seen in ravi.screen()] == ["Page 1"]


async def test_in_the_direct_chat_answers_are_messages_and_pages_are_redrawn(
    stage: SlackStage, core: ScriptedCore, dana: SlackChair
) -> None:
    page = card("Page 1", buttons=[Button(action="page", label="Next", value="2")])
    await stage.edge.post(conversation=dana.account, card=page, delivery="d1")
    core.replies = answers("beside it")
    await dana.presses("Next")
    core.replies = [Answer(card=card("Page 2"), replaces=True)]
    await dana.presses("Next")
    assert core.last.where.direct
    assert [(seen.text, seen.private) for seen in dana.screen()] == [("Page 2", False), ("Answer\nbeside it", False)]


async def test_a_link_button_asks_the_core_nothing(stage: SlackStage, core: ScriptedCore) -> None:
    body = payload("block_actions")
    body["actions"][0] |= {"action_id": "end.0|link", "url": "https://acme.test"}
    assert await stage.interaction(body) == {}
    assert core.asked == []


# ── forms ───────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_form_opens_is_filled_rejected_and_saved(
    stage: SlackStage, core: ScriptedCore, dana: SlackChair, ravi: SlackChair
) -> None:
    def replies(request: Any) -> list[Reply]:
        match request:
            case FormSubmitted() if request.values["title"] == "x":
                return [RejectForm(form=FORM, values=request.values, errors={"title": "Say more."})]
            case FormSubmitted() if request.values["title"] == "y":
                return [RejectForm(form=FORM, values=request.values, errors={"": "Somebody was faster."})]
            case FormSubmitted():
                return [CloseForm(), *answers("Saved.")]
            case _:
                return [OpenForm(form=FORM)]

    core.replies = replies
    await dana.types("decision add")
    assert dana.form
    assert dana.form.title == "Record a decision"

    await dana.fills(title="x", owner=ravi.account)
    assert dana.form.errors == {"title": "Say more."}
    await dana.fills(title="y")
    assert dana.form.errors == {"": "Somebody was faster."}
    assert dana.form.fields == {"title": "y", "owner": ravi.account}

    await dana.fills(title="Passkeys")
    assert dana.form is None
    assert core.last.context == {"touchpoint": "7"}
    assert core.last.where.conversation == stage.home
    assert core.last.people == (Profile(account=ravi.account, name="Ravi", zone="Asia/Kolkata"),)
    assert (dana.screen()[-1].text, dana.screen()[-1].private) == ("Answer\nSaved.", True)


async def test_a_form_that_opened_too_late_is_asked_for_by_a_button(
    stage: SlackStage, core: ScriptedCore, dana: SlackChair
) -> None:
    core.replies = [OpenForm(form=FORM)]
    stage.slack.fail("views.open", error="expired_trigger_id")
    await dana.types("decision add")
    assert dana.form is None
    await dana.presses("Open the form")
    assert isinstance(core.last, FormRequested)
    assert dana.form


async def test_a_form_whose_context_fits_no_button_is_asked_for_in_words(
    stage: SlackStage, core: ScriptedCore, dana: SlackChair
) -> None:
    core.replies = [OpenForm(form=Form(form_id="f", title="F", fields=FORM.fields, context={"x": "x" * 2000}))]
    stage.slack.fail("views.open", error="expired_trigger_id")
    await dana.types("decision add")
    assert "ask for it once more" in dana.screen()[-1].text


async def test_a_button_that_asks_for_a_form_again(stage: SlackStage, core: ScriptedCore, dana: SlackChair) -> None:
    """A message cannot open a form, so its answer is that button."""
    core.replies = [OpenForm(form=FORM)]
    await dana.says("decision add")
    await dana.presses("Open the form")
    assert core.last == FormRequested(
        id=core.last.id, actor=core.last.actor, where=core.last.where, form_id="decision", context={"touchpoint": "7"}
    )
    assert dana.form
    assert dana.form.title == "Record a decision"


async def test_a_form_without_an_explicit_close_is_closed_too(core: ScriptedCore, dana: SlackChair) -> None:
    core.replies = lambda request: answers("No.") if isinstance(request, FormSubmitted) else [OpenForm(form=FORM)]
    await dana.types("decision add")
    await dana.fills(title="x")
    assert dana.form is None


async def test_a_form_can_lead_to_the_next(core: ScriptedCore, dana: SlackChair) -> None:
    second = Form(form_id="next", title="Next", fields=(Choice(name="c", label="C", options=(Option("a", "A"),)),))
    core.replies = lambda request: [OpenForm(form=second if isinstance(request, FormSubmitted) else FORM)]
    await dana.types("setup")
    await dana.fills(title="x")
    assert dana.form
    assert dana.form.title == "Next"


@pytest.mark.parametrize("rejected", [True, False])
async def test_a_slow_core_keeps_the_form_and_everything_in_it(
    stage: SlackStage, core: ScriptedCore, dana: SlackChair, monkeypatch: pytest.MonkeyPatch, rejected: bool
) -> None:
    core.replies = [OpenForm(form=FORM)]
    await dana.types("decision add")
    monkeypatch.setattr("adapters.slack.reception.ANSWER_WITHIN", 0.05)
    reject = [RejectForm(form=FORM, values={"title": "x"}, errors={"title": "Say more."})]
    core.slow, core.replies = 0.2, reject if rejected else [CloseForm(), *answers("Saved.")]
    assert dana.form
    raw = dana.form.raw
    body = payload("view_submission") | {"user": dana._who(), "trigger_id": "t"}
    body["view"] |= raw | {"state": {"values": {"title": {"value": {"type": "plain_text_input", "value": "x"}}}}}
    answer = await stage.interaction(body)
    assert "a little longer" in slack_blocks.read(answer["view"]["blocks"])
    now = slack_blocks.read(stage.slack.views[dana._user]["blocks"])
    assert ("⚠ Title: Say more." in now) is rejected
    assert ("Done." in now) is not rejected


async def test_a_form_that_broke_stays_open_with_what_was_typed(
    stage: SlackStage, core: ScriptedCore, dana: SlackChair
) -> None:
    core.replies = [OpenForm(form=FORM)]
    await dana.types("decision add")
    core.error = RuntimeError("bug")
    with pytest.raises(AssertionError, match="500"):  # Slack says that it could not connect, and keeps the view
        await dana.fills(title="x")


# ── messages ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_reply_in_a_thread_of_the_direct_chat(stage: SlackStage, core: ScriptedCore, dana: SlackChair) -> None:
    prompt = await stage.edge.post(conversation=dana.account, card=card("What should we talk about?"), delivery="d1")
    core.replies = answers("Noted.")
    message = await dana.says("The <MFA> gap & more", to=dana.screen()[-1])
    assert isinstance(core.last, MessagePosted)
    assert (core.last.text, core.last.message) == ("The <MFA> gap & more", message)
    assert (core.last.where.conversation, core.last.where.direct, core.last.where.thread) == (
        dana.account,
        True,
        prompt,
    )
    assert (
        core.last.link
        == f"https://acme.slack.com/archives/{message.split('/')[1]}/p{message.split('/')[2].replace('.', '')}"
    )
    assert dana.screen()[-1].raw["thread_ts"] == prompt.split("/")[2]


async def test_an_edit_and_a_deletion_name_the_same_message(core: ScriptedCore, dana: SlackChair) -> None:
    message = await dana.says("first")
    await dana.edits(message, "second")
    assert (core.last.message, core.last.text, core.last.edited) == (message, "second", True)
    await dana.deletes(message)
    assert (core.last.message, core.last.text, core.last.deleted, core.last.link) == (message, "", True, None)
    assert len({request.id for request in core.asked}) == 3


async def test_a_mention_is_read_without_it_and_answered_privately(
    stage: SlackStage, core: ScriptedCore, dana: SlackChair, ravi: SlackChair
) -> None:
    core.replies = answers("For you.")
    message = await dana.says("find passkeys", where="home")
    assert (core.last.text, core.last.message, core.last.where.direct) == ("find passkeys", message, False)
    assert (dana.screen()[-1].text, dana.screen()[-1].private) == ("Answer\nFor you.", True)
    assert not any("For you." in seen.text for seen in ravi.screen())


async def test_references_read_as_people_saw_them(stage: SlackStage, core: ScriptedCore, ravi: SlackChair) -> None:
    stage.slack.say(HOME, "U0DANA", "x", ts="1690000003.000100")
    await stage.event("app_mention")
    assert core.last.text == "find R&D with @U0RAVI in #security-sync see the paper (https://acme.test/x)"
    assert core.last.where.thread == f"{stage.home}/1690000000.000100"


@pytest.mark.parametrize(
    ("name", "event"),
    [
        ("message_of_bot", {}),
        ("message_im", {"user": "U0BOT"}),
        ("message_im", {"bot_id": "B0OTHER"}),
        ("message_im", {"user": "USLACKBOT"}),
        ("message_im", {"subtype": "channel_join"}),
        ("message_im", {"subtype": "bot_message"}),
        (
            "message_changed",
            {"message": json.loads(json.dumps(payload("message_changed")["event"]["previous_message"]))},
        ),
        ("message_changed", {"message": payload("message_of_bot")["event"]}),
    ],
)
async def test_what_nobody_said_is_nobodys_words(
    stage: SlackStage, core: ScriptedCore, name: str, event: dict[str, Any]
) -> None:
    await stage.event(name, **event)
    assert core.asked == []


async def test_an_answer_that_is_lost_is_logged_and_harms_nobody(
    stage: SlackStage, core: ScriptedCore, dana: SlackChair
) -> None:
    core.replies = answers("Noted.")
    stage.slack.fail("chat.postMessage", ratelimited=30)
    await dana.says("hello")
    assert stage.last_status == 200
    assert [seen.text for seen in dana.screen()] == ["hello"]
