"""Replies carried out, for each way of asking.

A slash command is answered in its acknowledgement; a longer answer, and a button, through the `response_url`; a form in
the acknowledgement (errors, another view, close) and then privately where it was opened; a message privately beside it.
Slack waits three seconds: where the core takes longer, it is acknowledged first and answered after. What fails after an
acknowledgement is logged with the request's id; a reply may be lost with its connection, a delivery may not.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from contextlib import nullcontext
from functools import lru_cache, partial
from typing import Any, Final, assert_never

import structlog
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.port import Core, SendLater, SendRefused, SendUnknown
from adapters.slack import addresses, cards, forms, limits, surfaces
from adapters.slack.chats import DirectChats
from adapters.slack.clients import Clients
from adapters.slack.inbound import ASK_FOR_FORM
from adapters.slack.messages import Message
from adapters.slack.people import Spawn
from adapters.slack.responses import ResponseUrls
from adapters.slack.send import send
from adapters.slack.web import truthfully
from adapters.slack.windows import ELSEWHERE, NOTHING, Window, notice
from bot.cards import Button, Card, Paragraph, card
from bot.forms import Form
from bot.replies import Answer, CloseForm, OpenForm, RejectForm, Reply, Results
from bot.requests import (
    ButtonPressed,
    CommandTyped,
    FormRequested,
    FormSubmitted,
    FromPerson,
    HomeOpened,
    MessagePosted,
    MessageTaken,
)

log = structlog.get_logger(__name__)

Body = Mapping[str, Any]
Ack = str  # the body of an acknowledgement: JSON, or nothing
Late = Callable[[Sequence[Reply]], Coroutine[Any, Any, None]]

_PATIENCE: Final = 10.0  # seconds; who asked has turned to something else after that


WORKING = "This takes a little longer than usual. What you wrote is on its way; you may wait here or close this window."


class Answering:
    def __init__(self, core: Core, clients: Clients, chats: DirectChats, responses: ResponseUrls, spawn: Spawn) -> None:
        self._core = core
        self._clients = clients
        self._chats = chats
        self._responses = responses
        self._spawn = spawn

    def window(self, team: str, body: Body, *, framed: bool) -> Window:
        """What the body's trigger can open."""
        return Window(self._clients, team, body["trigger_id"], framed=framed)

    async def command(self, request: CommandTyped, body: Body, window: Window, deadline: float) -> Ack:
        async def late(replies: Sequence[Reply]) -> None:
            await self._respond(request, body, _messages(await self._opened(replies, request, window)))

        replies = await self._asked(request, deadline, late, window)
        if replies is None:
            return ""
        answers = await self._opened(replies, request, window)
        if len(answers) == 1 and (ack := _acknowledgement(answers[0].card)):
            return ack
        if answers:  # all by the same way, or a later message could overtake the acknowledgement
            self._after(request, self._respond(request, body, _messages(answers)))
        return ""

    async def press(
        self, request: ButtonPressed | FormRequested | MessageTaken, body: Body, window: Window, deadline: float
    ) -> Ack:
        over = surfaces.is_in_view(body)

        async def late(replies: Sequence[Reply]) -> None:
            await self._beside(request, body, await self._opened(replies, request, window, over=over))

        replies = await self._asked(request, deadline, late, window)
        if replies is not None and (answers := await self._opened(replies, request, window, over=over)):
            self._after(request, self._beside(request, body, answers))
        return ""

    async def submission(self, request: FormSubmitted, body: Body, deadline: float) -> Ack:
        async def late(replies: Sequence[Reply]) -> None:
            view = next(filter(None, (_next_view(reply, request) for reply in replies)), notice(NOTHING))
            client = await self._client_of(request)
            await truthfully(client.views_update(view_id=body["view"]["id"], view=view))
            await self._privately(request, _messages(replies))

        replies = await self._asked(request, deadline, late)
        if replies is None:
            return json.dumps({"response_action": "update", "view": notice(WORKING)})
        if messages := _messages(replies):
            self._after(request, self._privately(request, messages))
        kept = next(filter(None, (_kept_open(reply, request) for reply in replies)), None)
        return json.dumps(kept or {"response_action": "clear"})

    async def home(self, request: HomeOpened) -> None:
        """What stands there is the outbox's to draw; who gets nothing reads that there."""
        refusals = [reply.card for reply in await self._core.ask(request) if isinstance(reply, Answer)]
        if refusals:
            user, client = addresses.last_of(request.actor.account), await self._client_of(request)
            self._after(request, surfaces.publish(client, user, refusals[0]))

    async def words(self, request: MessagePosted) -> None:
        """Raises what the core raises: then the event is not acknowledged, and comes again."""
        replies = await self._core.ask(request)
        again = [Answer(card=_asks_again(r.form)) if isinstance(r, OpenForm) else r for r in replies]
        if messages := _messages(again):
            self._after(request, self._privately(request, messages))

    async def _asked(
        self, request: FromPerson, deadline: float, late: Late, window: Window | None = None
    ) -> Sequence[Reply] | None:
        """The core's replies; None if they are not there in time, and then they are carried out when they are."""
        asking = asyncio.ensure_future(self._core.ask(request))
        done, _ = await asyncio.wait([asking], timeout=max(0.0, deadline - asyncio.get_running_loop().time()))
        if done:
            return asking.result()

        async def afterwards() -> None:
            async with window or nullcontext():
                await late(await asking)

        self._after(request, afterwards())
        return None

    async def _opened(
        self, replies: Sequence[Reply], request: FromPerson, window: Window, *, over: bool = False
    ) -> list[Answer]:
        """The answers among the replies. A form is shown, and one that cannot be shown becomes a button that asks again.

        `over` says that an answer is shown too, because there is no conversation beside the button.
        """
        answers: list[Answer] = []
        if over and await _shown(replies, window):
            return answers
        if not any(isinstance(reply, OpenForm) for reply in replies):
            await window.settle(ELSEWHERE if replies else NOTHING)
        for reply in replies:
            match reply:
                case Answer():
                    answers.append(reply)
                case OpenForm(form=form):
                    if not await window.show(forms.view(form, request.where)):
                        answers.append(Answer(card=_asks_again(form)))
                case RejectForm() | CloseForm() | Results():
                    log.error("slack.reply_without_form", request=request.id, reply=type(reply).__name__)
                case _:
                    assert_never(reply)
        return answers

    async def _beside(
        self, request: ButtonPressed | FormRequested | MessageTaken, body: Body, answers: Sequence[Answer]
    ) -> None:
        """The answer to a press: in the place of the message it stands on, or beside it."""
        for answer in answers:
            first, *more = cards.render(answer.card)
            if not (answer.replaces and await self._replaced(request, body, first)):
                more = [first, *more]
            if request.where.direct:
                await self._privately(request, more)
            else:
                await self._respond(request, body, more)

    async def _replaced(self, request: FromPerson, body: Body, message: Message) -> bool:
        """A message that others see too is never replaced by what is for one."""
        pressed_on = request.message if isinstance(request, ButtonPressed) else None
        url = self._responses.of(body)
        if pressed_on and request.where.direct:
            client = await self._client_of(request)
            channel, ts = addresses.message_at(pressed_on)
            await send(
                message,
                lambda text, blocks, **_: client.chat_update(channel=channel, ts=ts, text=text, blocks=blocks),
            )
            return True
        if (body.get("container") or {}).get("is_ephemeral") and url:
            await self._responses.send(url, message, replace_original=True)
            return True
        return False

    async def _respond(self, request: FromPerson, body: Body, messages: Sequence[Message]) -> None:
        """Through the `response_url` while it lasts, the rest privately."""
        url = self._responses.of(body)
        for at, message in enumerate(messages):
            if url is None or url.left <= 0:
                await self._privately(request, messages[at:])
                return
            await _patiently(partial(self._responses.send, url, message, replace_original=False, **_thread(request)))

    async def _privately(self, request: FromPerson, messages: Sequence[Message]) -> None:
        """For this person alone, where they asked; in the direct chat where the bot cannot speak there."""
        directly = request.where.direct
        for message in messages:
            directly = directly or not await self._ephemeral(request, message)
            if directly:
                await self._directly(request, message)

    async def _ephemeral(self, request: FromPerson, message: Message) -> bool:
        """False where the bot is no member and cannot speak."""
        user, channel = addresses.last_of(request.actor.account), addresses.last_of(request.where.conversation)
        thread = _thread(request)
        client = await self._client_of(request)

        async def call(text: str, blocks: Any, **_: Any) -> AsyncSlackResponse:
            return await client.chat_postEphemeral(channel=channel, user=user, text=text, blocks=blocks, **thread)

        try:
            await _patiently(partial(send, message, call))
        except SendRefused as refused:
            log.info("slack.answered_in_direct_chat", request=request.id, reason=refused.reason)
            return False
        return True

    async def _directly(self, request: FromPerson, message: Message) -> None:
        channel = await self._chats.channel_of(request.actor.account)
        thread = _thread(request) if request.where.direct else {}
        client = await self._client_of(request)

        async def call(**drawn: Any) -> AsyncSlackResponse:
            return await client.chat_postMessage(channel=channel, **thread, **drawn)

        await _patiently(partial(send, message, call))

    async def _client_of(self, request: FromPerson) -> AsyncWebClient:
        return await self._clients.of(addresses.team_of(request.actor.account))

    def _after(self, request: FromPerson, work: Awaitable[None]) -> None:
        self._spawn(self._logged(request.id, work))

    async def _logged(self, request_id: str, work: Awaitable[None]) -> None:
        try:
            await work
        except (SendLater, SendRefused, SendUnknown) as error:
            log.warning("slack.answer_lost", request=request_id, outcome=type(error).__name__, reason=str(error))
        except Exception:
            log.exception("slack.answer_broke", request=request_id)


async def _shown(replies: Sequence[Reply], window: Window) -> bool:
    """Do the answers stand in the window?"""
    answers = [reply.card for reply in replies if isinstance(reply, Answer)]
    view = surfaces.answer_view(answers) if len(answers) == len(replies) > 0 else None
    return view is not None and await window.show(view)


async def _patiently(attempt: Callable[[], Awaitable[object]]) -> None:
    """Once more if Slack did not take it now and says that it soon will."""
    try:
        await attempt()
    except SendLater as later:
        if later.after > _PATIENCE:
            raise
        await asyncio.sleep(later.after)
        await attempt()


@lru_cache(maxsize=256)
def _acknowledgement(card: Card) -> Ack:
    """An answer of one message. Many people ask for the same few cards, help above all, and drawing is most of the work.

    A block that Slack rejects in here would cost the answer unseen. So one with a figure goes by the `response_url`, where
    it can be sent once more, drawn plainer.
    """
    first, *more = cards.render(card)
    whole = not more and first.plainer == first.blocks
    return json.dumps({"response_type": "ephemeral", **first.arguments()}) if whole else ""


def _thread(request: FromPerson) -> dict[str, Any]:
    return {"thread_ts": addresses.message_at(request.where.thread).ts} if request.where.thread else {}


def _messages(replies: Iterable[Reply]) -> list[Message]:
    return [message for reply in replies if isinstance(reply, Answer) for message in cards.render(reply.card)]


def _next_view(reply: Reply, request: FormSubmitted) -> dict[str, Any] | None:
    match reply:
        case RejectForm(form=form, values=values, errors=errors):
            return forms.view(form, request.where, values=values, errors=errors)
        case OpenForm(form=form):
            return forms.view(form, request.where)
        case Answer() | CloseForm() | Results():
            return None
        case _:
            assert_never(reply)


def _kept_open(reply: Reply, request: FormSubmitted) -> dict[str, Any] | None:
    """Errors beside their fields where each has one: then Slack leaves everything that was typed as it stands."""
    if isinstance(reply, RejectForm) and (beside := forms.field_errors(reply.form, reply.errors)):
        return {"response_action": "errors", "errors": beside}
    view = _next_view(reply, request)
    return {"response_action": "update", "view": view} if view else None


def _asks_again(form: Form) -> Card:
    value = json.dumps({"form": form.form_id, "context": dict(form.context)}, ensure_ascii=False)
    if not limits.fits(value, limits.BUTTON_VALUE):
        return card(form.title, Paragraph("The form did not open in time. Please ask for it once more."))
    opens = Button(action=ASK_FOR_FORM, label="Open the form", value=value, style="primary", opens_form=True)
    return card(form.title, Paragraph("Press the button, and the form opens."), buttons=[opens])
