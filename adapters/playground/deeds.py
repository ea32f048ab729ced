"""What a person on a chair does: one method a verb, each a JSON body in and what the page should do next out.

The page learns of messages by the live channel; the response carries only what concerns the one who acted, a dialog
above all.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, assert_never

from adapters.playground import inbound
from adapters.playground.drawing import Drawn, drawn_form
from adapters.playground.room import Happening, Message, Room
from adapters.port import Core
from bot.forms import Values
from bot.replies import Answer, CloseForm, OpenForm, RejectForm, Results
from bot.requests import FormSubmitted, FromPerson, Where

if TYPE_CHECKING:
    from adapters.playground.mirror.sides import Mirror


class Clock(Protocol):
    """The room's time, which a person can move forward. The process supplies it."""

    def now(self) -> datetime:
        """Aware UTC."""
        ...

    async def jump(self) -> datetime | None:
        """To the next prompt, which is sent then; nothing when nothing is planned."""
        ...


class Deeds:
    """The verbs of the page. Each may raise `inbound.BadBody`; what the core raises goes through."""

    def __init__(
        self,
        room: Room,
        core: Core,
        clock: Clock,
        *,
        is_command: Callable[[str], bool],
        mirror: "Callable[[], Mirror]",
    ) -> None:
        self.room = room
        self._core = core
        self._clock = clock
        self._is_command = is_command
        self._mirror = mirror

    async def command(self, body: inbound.Body) -> Drawn:
        request = inbound.command_typed(self.room, body)
        if not self.room.under_request(request.id):
            self._echo(request.id, request.actor.account, request.where.conversation, request.text)
        return await self._ask(request, sides="sides" in body)

    async def press(self, body: inbound.Body) -> Drawn:
        request = inbound.button_pressed(self.room, body)
        return await self._ask(request, pressed=self.room.message(request.message or ""), sides="sides" in body)

    async def take(self, body: inbound.Body) -> Drawn:
        return await self._ask(inbound.message_taken(self.room, body), sides="sides" in body)

    async def submit(self, body: inbound.Body) -> Drawn:
        """From the page's own form, or from one of its `sides`, as that platform sends it."""
        filled = inbound.filled_in(self._mirror(), body) if "side" in body else {}
        return await self._ask(inbound.form_submitted(self.room, {**body, **filled}), sides="side" in body)

    async def say(self, body: inbound.Body) -> Drawn:
        """What is a command without its slash, too, is one; a reply never is."""
        if not body.get("to") and self._is_command(inbound.words(body, "text")):
            return await self.command(body)
        message = self.room.under_request(inbound.request_id(self.room, body)) or self._put_said(body)
        posted = inbound.message_posted(self.room, body, message) if message.to_bot else None
        told = await self._ask(posted, sides="sides" in body) if posted else {}
        return told | {"message": message.address}

    async def edit(self, body: inbound.Body) -> Drawn:
        message = inbound.own_message(self.room, body)
        text = inbound.words(body, "text")
        to_bot = message.to_bot or inbound.is_to_bot(self.room, message.conversation, text, message.thread)
        now = self.room.reword(message, text, to_bot=to_bot)
        return await self._ask(inbound.message_posted(self.room, body, now, edited=True)) if to_bot else {}

    async def delete(self, body: inbound.Body) -> Drawn:
        message = inbound.own_message(self.room, body)
        told = await self._ask(inbound.message_posted(self.room, body, message, deleted=True)) if message.to_bot else {}
        self.room.remove(message)
        return told

    async def jump(self, _body: inbound.Body) -> Drawn:
        reached = await self._clock.jump()
        self.room.tell(Happening(kind="clock"))
        return {"now": self._clock.now().isoformat(), "jumped": reached is not None}

    def _echo(self, request: str, account: str, conversation: str, text: str) -> None:
        only_for = None if self.room.is_direct(conversation) else account
        line = f"/touchpoint {text}".strip()
        self.room.put(
            conversation=conversation, author=account, text=line, only_for=only_for, command=True, request=request
        )

    def _put_said(self, body: inbound.Body) -> Message:
        place, text = inbound.conversation(self.room, body), inbound.words(body, "text")
        thread = inbound.thread_of(self.room, body)
        return self.room.put(
            conversation=place,
            author=inbound.sitter(self.room, body).account,
            text=text,
            thread=thread,
            to_bot=inbound.is_to_bot(self.room, place, text, thread),
            request=inbound.request_id(self.room, body),
        )

    async def _ask(self, request: FromPerson, pressed: Message | None = None, *, sides: bool = False) -> Drawn:
        dialog: Drawn | None = None
        typed = request.values if isinstance(request, FormSubmitted) else {}
        for reply in await self._core.ask(request):
            if isinstance(reply, Answer):
                self._put_answer(request, reply, pressed)
            elif not isinstance(reply, Results):  # nobody searches here: “find” does that
                dialog = _dialog(reply, typed)
                if dialog and sides and not isinstance(reply, CloseForm):
                    dialog |= {"sides": self._sides(reply, request.where, typed)}
        where = {"conversation": request.where.conversation, "thread": request.where.thread}
        return {"dialog": dialog and dialog | where}

    def _sides(self, reply: OpenForm | RejectForm, where: Where, typed: Values) -> Drawn:
        if isinstance(reply, RejectForm):
            return dict(self._mirror().form(reply.form, where, {**typed, **reply.values}, reply.errors))
        return dict(self._mirror().form(reply.form, where))

    def _put_answer(self, request: FromPerson, answer: Answer, pressed: Message | None) -> None:
        """In place of the pressed message only where that is the asker's alone: what others see stays as it is."""
        asker, where = request.actor.account, request.where
        if answer.replaces and pressed and asker in (pressed.only_for, pressed.conversation):
            self.room.redraw(pressed, answer.card)
            return
        only_for = None if where.direct else asker
        self.room.put(conversation=where.conversation, card=answer.card, only_for=only_for, thread=where.thread)


def _dialog(reply: OpenForm | RejectForm | CloseForm, typed: Values) -> Drawn | None:
    match reply:
        case OpenForm():
            return {"form": drawn_form(reply.form)}
        case RejectForm():
            return {"form": drawn_form(reply.form, {**typed, **reply.values}, reply.errors)}
        case CloseForm():
            return None
    assert_never(reply)
