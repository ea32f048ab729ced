"""Replies, carried out in the breath that asked for them: as messages, as an action's response, or as a dialog.

Teams has no ephemeral message for everybody, so a private answer in a shared conversation goes to the direct chat, and
one line says so where it was asked. Where the tenant has targeted messages (a setting) the answer stays in its place.
"""

from collections.abc import Sequence
from typing import Any, TypeAlias, assert_never

import structlog

from adapters.port import SendLater, SendRefused, SendUnknown
from adapters.teams.cards import ADAPTIVE, dialog_card, messages, summary
from adapters.teams.chats import Chats
from adapters.teams.forms import dialog, form_card, request_data
from adapters.teams.inbound import Heard
from adapters.teams.people import People
from adapters.teams.port import Port
from adapters.teams.references import Reference
from adapters.teams.send import truthfully
from adapters.teams.text import escaped
from adapters.teams.views import own_view, readers_of
from adapters.teams.wire import ConnectorAnswered
from bot.cards import Card
from bot.forms import Form
from bot.replies import Answer, CloseForm, OpenForm, RejectForm, Reply, Results

Json: TypeAlias = dict[str, Any]

log = structlog.get_logger(__name__)

IN_OUR_CHAT = "The answer is in our direct chat, where only you can read it."
NO_CHAT = "I cannot write to you directly yet. Add Touchpoint for yourself under Apps, then ask again."
FORM_BELOW = "Press the button on the new card to open the form."
DONE = "Done."
NOT_YOURS = "This card says the same to everybody."
SAID = "application/vnd.microsoft.activity.message"
_SEND_ERRORS = (SendLater, SendRefused, SendUnknown)


class Answers:
    """One for the process. What cannot be delivered is logged by id; a reply may be lost, an outbox row may not."""

    def __init__(self, port: Port, chats: Chats, people: People, *, targeted: bool) -> None:
        self._port = port
        self._chats = chats
        self._people = people
        self._targeted = targeted

    async def to_message(self, heard: Heard, replies: Sequence[Reply]) -> None:
        for reply in replies:
            try:
                await self._say(heard, reply)
            except _SEND_ERRORS as error:
                log.warning("answer_lost", request=heard.delivery, error=type(error).__name__)

    async def _say(self, heard: Heard, reply: Reply) -> None:
        match reply:
            case Answer() if heard.where.direct:
                await self._send(heard.reference, reply.card)
            case Answer():
                await self._say_privately(heard, reply.card)
            case OpenForm() | RejectForm():
                await self._offer(heard, reply.form)
            case CloseForm() | Results():
                return
            case _:
                assert_never(reply)

    async def _say_privately(self, heard: Heard, card: Card) -> None:
        """The line in the conversation comes first, so that the answer is the newest thing to read."""
        if self._targeted and await self._target(heard, card):
            return
        chat = await self._chat_with(heard)
        await self._line(heard, IN_OUR_CHAT if chat else NO_CHAT)
        if chat:
            try:
                await self._send(chat, card)
            except SendRefused:
                await self._line(heard, NO_CHAT)

    async def to_action(self, heard: Heard, replies: Sequence[Reply]) -> Json:
        """The response to `Action.Execute`: a card in place of the pressed one, or a line for its presser alone."""
        said = DONE
        for reply in replies:
            match reply:
                case Answer(replaces=True):
                    return await self._in_place(heard, reply.card)
                case Answer():
                    said = await self._after_press(heard, reply.card)
                case OpenForm() | RejectForm():
                    with truthfully():
                        await self._offer(heard, reply.form)
                    said = FORM_BELOW
                case CloseForm() | Results():
                    continue
                case _:
                    assert_never(reply)
        return _response(SAID, said)

    async def to_look(self, heard: Heard, replies: Sequence[Reply]) -> Json:
        """The response to a client that asks for its reader's own view: that, or no other. Nobody is told anything besides."""
        own = next((reply for reply in replies if isinstance(reply, Answer) and reply.replaces), None)
        return await self._in_place(heard, own.card) if own else _response(SAID, NOT_YOURS)

    async def _in_place(self, heard: Heard, card: Card) -> Json:
        return _response(ADAPTIVE, own_view(card, await readers_of(card, self._people, heard.reference)))

    async def _after_press(self, heard: Heard, card: Card) -> str:
        """What the toast says: where the answer is, or the answer itself if it could be put nowhere else."""
        if not await self._privately_put(heard, card):
            return summary(card)
        return card.title if heard.where.direct or self._targeted else IN_OUR_CHAT

    async def to_dialog(self, heard: Heard, replies: Sequence[Reply], *, submitted: bool) -> Json:
        """The response to `task/fetch` and `task/submit`. Nothing at all closes the dialog."""
        for reply in replies:
            match reply:
                case OpenForm():
                    return dialog(form_card(reply.form, heard.tenant), reply.form.title)
                case RejectForm():
                    drawn = form_card(reply.form, heard.tenant, reply.values, reply.errors)
                    return dialog(drawn, reply.form.title)
                case Answer():
                    return await self._close_with(heard, reply.card, submitted=submitted)
                case CloseForm() | Results():
                    continue
                case _:
                    assert_never(reply)
        return {}

    async def _close_with(self, heard: Heard, card: Card, *, submitted: bool) -> Json:
        """A dialog is private by itself, so it shows what cannot be put into the direct chat."""
        if not submitted or not await self._privately_put(heard, card):
            return dialog(dialog_card(card), card.title)
        if heard.where.direct or self._targeted:
            return {}
        return {"task": {"type": "message", "value": f"{card.title}\n\n{IN_OUR_CHAT}"}}

    async def _privately_put(self, heard: Heard, card: Card) -> bool:
        """Whether the card now stands where this person alone reads it."""
        try:
            if heard.where.direct:
                await self._send(heard.reference, card)
                return True
            if self._targeted and await self._target(heard, card):
                return True
            chat = await self._chat_with(heard)
            if chat:
                await self._send(chat, card)
            return chat is not None
        except _SEND_ERRORS as error:
            log.warning("answer_not_in_chat", request=heard.delivery, error=type(error).__name__)
            return False

    async def _target(self, heard: Heard, card: Card) -> bool:
        try:
            for activity in messages(card):
                await self._port.send_targeted(heard.reference, heard.person, activity)
        except ConnectorAnswered as answered:
            log.warning("targeted_message_refused", request=heard.delivery, status=answered.status, code=answered.code)
            return False
        return True

    async def _chat_with(self, heard: Heard) -> Reference | None:
        """Nothing if this person does not have the app and it may not be put there."""
        try:
            with truthfully():
                return await self._chats.reference(heard.account, heard.person)
        except SendRefused:
            return None

    async def _send(self, reference: Reference, card: Card) -> None:
        for activity in messages(card):
            with truthfully():
                await self._port.send(reference, activity)

    async def _line(self, heard: Heard, text: str) -> None:
        with truthfully():
            await self._port.send(heard.reference, {"type": "message", "textFormat": "plain", "text": text})

    async def _offer(self, heard: Heard, form: Form) -> None:
        """A typed command cannot open a dialog; a button can ask for it. It stays where it was asked for."""
        with truthfully():
            await self._port.send(heard.reference, _invitation(form))


def _invitation(form: Form) -> Json:
    title = {"type": "TextBlock", "text": escaped(form.title), "weight": "Bolder", "wrap": True, "style": "heading"}
    intro = [{"type": "TextBlock", "text": escaped(form.intro), "wrap": True}] if form.intro else []
    data = {"msteams": {"type": "task/fetch"}, **request_data(form)}
    button = {"type": "Action.Submit", "title": "Open the form", "style": "positive", "data": data}
    card = {
        "type": "AdaptiveCard",
        "version": "1.5",
        "fallbackText": form.title,
        "body": [title, *intro, {"type": "ActionSet", "actions": [button]}],
    }
    return {"type": "message", "summary": form.title, "attachments": [{"contentType": ADAPTIVE, "content": card}]}


def _response(kind: str, value: Any) -> Json:
    """The shape of an invoke's answer ("Universal Actions", response format)."""
    return {"statusCode": 200, "type": kind, "value": value}
