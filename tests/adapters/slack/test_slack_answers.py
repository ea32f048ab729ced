"""Buttons and forms, as conversations over the real adapter."""

from typing import Any

import pytest

from bot.cards import Button, card
from bot.forms import Choice, Form, Option, Person, Text
from bot.replies import Answer, CloseForm, OpenForm, RejectForm, Reply
from bot.requests import ButtonPressed, FormRequested, FormSubmitted, Profile
from tests.adapters.slack.conftest import ScriptedCore, answers
from tests.contract.slack_stage import SlackChair, SlackStage, payload
from tests.doubles import slack_blocks

SHARE = Button(action="share", label="Share here", value="D-12")
FORM = Form(
    form_id="decision",
    title="Record a decision",
    fields=(Text(name="title", label="Title"), Person(name="owner", label="Owner", required=False)),
    context={"touchpoint": "7"},
)


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
