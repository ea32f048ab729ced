"""The way in: one request, one transaction, the replies.

Access first, then the handler, then the commit. What a person can mend comes back as a card or beside the field, with
everything that they typed; what nobody foresaw is logged with its trace under an id, and the person is told the id.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import assert_never

import structlog
from sqlalchemy import Engine

from agenda.errors import BadInput, NotAllowed, TouchpointError
from bot import denials, pages, platform_events, telling
from bot.access import Asker, Door
from bot.cards import Paragraph, card
from bot.commands import REGISTRY, Registry
from bot.forms import Form
from bot.handlers import inserts
from bot.handlers.access.help import unknown_command
from bot.handlers.agenda import answers
from bot.handlers.me import home
from bot.incidents import report
from bot.legible import legible
from bot.offers import offered
from bot.refusals import refusal, typed_in
from bot.replies import Answer, CloseForm, OpenForm, RejectForm, Reply, Results
from bot.requests import (
    ButtonPressed,
    CommandTyped,
    FormRequested,
    FormSubmitted,
    FromPerson,
    FromPlatform,
    HomeOpened,
    LinkSeen,
    MessagePosted,
    MessageTaken,
    ProfileSeen,
    Request,
    SearchTyped,
    platform_of,
)
from bot.turns import Command, FormKind, Guarded, Replies, Submission, Turn
from storage import inbox
from storage.unit_of_work import Record, tried_again, unit_of_work

log = structlog.get_logger(__name__)

ONCE = "once"
ALREADY_SENT = card(
    "You sent this form already.", Paragraph("It was recorded the first time; nothing was recorded twice.")
)


class Bot:
    """The core behind its one door. `wake` is called after a commit that owes somebody a message.

    `public_url` is where everybody reaches our own pages; `local_urls` where a platform's people do who sit at this machine.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        wake: Callable[[], None] = lambda: None,
        admins: frozenset[str] = frozenset(),
        registry: Registry = REGISTRY,
        public_url: str = "",
    ) -> None:
        self.engine = engine
        self.wake = wake
        self.admins = admins
        self.registry = registry
        self.public_url = public_url
        self.local_urls: dict[str, str] = {}
        self.door = Door(engine)

    def url_for(self, address: str) -> str:
        """Where our own pages are for who reads at this address; nothing where they cannot be reached."""
        return self.public_url or self.local_urls.get(platform_of(address), "")

    def dispatch(self, request: Request, now: datetime) -> list[Reply]:
        """What to answer at once. Raises `Incident` and nothing else."""
        request = legible(request)
        try:
            if isinstance(request, FromPlatform):
                self._from_platform(request, now)
                return []
            url = self.url_for(request.actor.account)
            return [pages.led(reply, url) for reply in self._from_person(request, now)]
        except Exception as error:
            raise report(error, request.id) from error

    def _from_platform(self, request: FromPlatform, now: datetime) -> None:
        address = request.profile.account if isinstance(request, ProfileSeen) else request.conversation
        organization_id = self.door.organization_id(address, now)

        def taken() -> bool:
            with unit_of_work(self.engine, organization_id=organization_id, now=now) as record:
                platform_events.take(record, request)
            return record.posted

        posted = tried_again(taken)
        self.door.forget()
        self._woken(posted)

    def _from_person(self, request: FromPerson, now: datetime) -> list[Reply]:
        asker = self.door.asker(request.actor, now)
        try:
            if asker.outsider or asker.left:
                raise NotAllowed(
                    "Touchpoint is for members of this organization.",
                    "Guests and people from outside get no answers here.",
                )
            return self._taken(request, asker, now)
        except NotAllowed as error:
            if not isinstance(request, HomeOpened):  # Who only looks what this is attempts nothing.
                self._woken(denials.keep(self.engine, self.registry, asker, request, now))
            return self._refused(request, asker, now, error)
        except TouchpointError as error:
            return self._refused(request, asker, now, error)

    def _taken(self, request: FromPerson, asker: Asker, now: datetime) -> list[Reply]:
        match request:
            case CommandTyped():
                return self._typed(request, request.text, asker, now)
            case MessagePosted():
                return self._said(request, asker, now)
            case FormSubmitted():
                return self._submitted(request, asker, now)
            case ButtonPressed() | FormRequested() | MessageTaken():
                return self._chosen(request, asker, now)
            case HomeOpened() | SearchTyped() | LinkSeen():
                return self._looked(request, asker, now)
            case _:
                assert_never(request)

    def _chosen(
        self, request: ButtonPressed | FormRequested | MessageTaken, asker: Asker, now: datetime
    ) -> list[Reply]:
        match request:
            case ButtonPressed():
                press = self.registry.buttons.get(request.action)
                if press is None:
                    raise BadInput("That button belongs to an older card.", "Ask for the card again with a command.")
                return self._turn(
                    request, asker, now, lambda turn: press.handle(turn, request.value), of=press, writes=press.writes
                )
            case FormRequested():
                kind = self._kind(request.form_id)
                return self._turn(
                    request, asker, now, lambda turn: [OpenForm(form=built(kind, turn, request.context))], of=kind
                )
            case MessageTaken():
                shortcut = self.registry.shortcuts.get(request.action)
                if shortcut is None:
                    raise BadInput("That shortcut belongs to an older version.", "Ask your admin to update the app.")
                return self._turn(request, asker, now, lambda turn: shortcut.handle(turn, request), of=shortcut)
            case _:
                assert_never(request)

    def _typed(self, request: FromPerson, text: str, asker: Asker, now: datetime) -> list[Reply]:
        matched = self.registry.match(text) if text.strip() else self.registry.match("help")
        if matched is None:
            return [Answer(card=unknown_command(text, self.registry.nearest(text)))]
        return self._command(request, matched, asker, now)

    def _command(self, request: FromPerson, matched: tuple[Command, str], asker: Asker, now: datetime) -> list[Reply]:
        command, argument = matched
        if command.argument.startswith("<") and not argument:
            raise BadInput(f"“{command.name}” wants {command.argument} behind it.", f"Like this: “{command.usage}”.")
        return self._turn(
            request, asker, now, lambda turn: command.handle(turn, argument), of=command, writes=command.writes
        )

    def _said(self, request: MessagePosted, asker: Asker, now: datetime) -> list[Reply]:
        if request.edited or request.deleted:
            return self._turn(request, asker, now, lambda turn: answers.follow(turn, request), writes=True)
        if request.where.thread is None:
            matched = self.registry.exact(request.text)
            if matched:
                return self._command(request, matched, asker, now)
            if not request.where.direct:
                return self._typed(request, request.text, asker, now)
        return self._turn(request, asker, now, lambda turn: answers.answer(turn, request), writes=True)

    def _looked(self, request: HomeOpened | SearchTyped | LinkSeen, asker: Asker, now: datetime) -> list[Reply]:
        match request:
            case HomeOpened():
                return self._turn(request, asker, now, lambda turn: home.opened(turn, request), writes=True)
            case SearchTyped():
                return self._searched(request, asker, now)
            case LinkSeen():
                return self._turn(request, asker, now, lambda turn: inserts.linked(turn, request.url))
            case _:
                assert_never(request)

    def _searched(self, request: SearchTyped, asker: Asker, now: datetime) -> list[Reply]:
        search = self.registry.searches.get(request.kind)
        if search is None:
            raise BadInput("That search belongs to an older version.", "Ask your admin to update the app.")
        return self._turn(request, asker, now, lambda turn: inserts.found(turn, search, request.text), of=search)

    def _submitted(self, request: FormSubmitted, asker: Asker, now: datetime) -> list[Reply]:
        kind = self._kind(request.form_id)
        submission = Submission(context=request.context, values=request.values, people=request.people)

        def submit(turn: Turn) -> Replies:
            once = request.context.get(ONCE)
            if once and not inbox.first_time(turn.record, f"form:{asker.account}:{once}"):
                return [CloseForm(), Answer(card=ALREADY_SENT)]
            return kind.submit(turn, submission)

        return self._turn(request, asker, now, submit, of=kind, writes=True)

    def _turn(
        self,
        request: FromPerson,
        asker: Asker,
        now: datetime,
        act: Callable[[Turn], Replies],
        *,
        of: Guarded | None = None,
        writes: bool = False,
    ) -> list[Reply]:
        def taken() -> tuple[Record, Replies]:
            # A search is asked at every letter: whoever only looks something up holds up nobody who writes.
            may_write = writes or (asker.elsewhere and not isinstance(request, SearchTyped | LinkSeen))
            with unit_of_work(
                self.engine, organization_id=asker.organization_id, now=now, actor=asker.actor, writes=may_write
            ) as record:
                if writes and not inbox.first_time(record, request.id):
                    return record, [CloseForm()] if isinstance(request, FormSubmitted) else []
                record.names[asker.person_id] = asker.name
                turn = self._turn_of(record, asker, request, of)
                turn.require_somewhere()
                replies = act(turn)
                if asker.elsewhere and answers_with(request, replies, writes=writes):
                    telling.follow(record, asker.person_id, asker.account)
                return record, replies

        record, replies = tried_again(taken)
        if record.people_changed:
            self.door.forget()
        self._woken(record.posted)
        where, presses = request.where.conversation, self.registry.buttons
        return [opened_once(offered(reply, asker, where, presses), request.id) for reply in replies]

    def _turn_of(self, record: Record, asker: Asker, request: FromPerson, of: Guarded | None) -> Turn:
        record.admins = self.admins
        return Turn(
            record=record,
            asker=asker,
            request=request,
            registry=self.registry,
            right=of.right if of else None,
            conversation=of.conversation if of else None,
            public_url=self.url_for(asker.account),
        )

    def _woken(self, posted: bool) -> None:
        if posted:
            self.wake()

    def _kind(self, form_id: str) -> FormKind:
        kind = self.registry.forms.get(form_id)
        if kind is None:
            raise BadInput("That form belongs to an older version.", "Open it again with a command.")
        return kind

    def _refused(self, request: FromPerson, asker: Asker, now: datetime, error: TouchpointError) -> list[Reply]:
        if isinstance(request, SearchTyped | LinkSeen):
            return [Results(note=str(error))]
        if not isinstance(request, FormSubmitted) or isinstance(error, NotAllowed):
            return [Answer(card=refusal(error, typed_in(request)))]
        fields = error.fields if isinstance(error, BadInput) else {}
        try:
            with unit_of_work(self.engine, organization_id=asker.organization_id, now=now, writes=False) as record:
                kind = self._kind(request.form_id)
                form = built(kind, self._turn_of(record, asker, request, kind), request.context)
        except TouchpointError:
            return [CloseForm(), Answer(card=refusal(error, typed_in(request)))]
        form = replace(form, context={**form.context, ONCE: request.context.get(ONCE, request.id)})
        return [RejectForm(form=form, values=request.values, errors=fields or {"": str(error)})]


def built(kind: FormKind, turn: Turn, context: Mapping[str, str]) -> Form:
    """The form, from what came back of its context."""
    return kind.build(turn, {name: value for name, value in context.items() if name != ONCE})


def answers_with(request: FromPerson, replies: Replies, *, writes: bool) -> bool:
    """Is somebody at work here? Who writes or opens a form is; who looks something up may only be passing by."""
    if isinstance(request, HomeOpened | SearchTyped | LinkSeen):
        return False
    return writes or any(isinstance(reply, OpenForm) for reply in replies)


def opened_once(reply: Reply, request_id: str) -> Reply:
    """A form that opens may be submitted once, however often it is sent."""
    if isinstance(reply, OpenForm):
        return OpenForm(form=replace(reply.form, context={**reply.form.context, ONCE: request_id}))
    return reply
