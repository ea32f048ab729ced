"""The playground: a web page where one person sits on both chairs. Its own listener, on this machine only.

What the page does goes to the core as the same requests that Slack and Teams send, and what the core answers goes
into the room (`room.py`), from where every open page hears of it at once. No rule of the product lives here.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from adapters.playground import inbound
from adapters.playground.deeds import Clock, Deeds
from adapters.playground.drawing import Drawn, drawn_message
from adapters.playground.edge import PlayEdge
from adapters.playground.guard import guard, harden
from adapters.playground.room import Happening, Message, Room
from adapters.port import Core
from bot.incidents import Incident, report
from bot.requests import ConversationSeen, ProfileSeen

if TYPE_CHECKING:
    from adapters.playground.mirror.sides import Mirror

log = structlog.get_logger(__name__)

LOOPBACK = "127.0.0.1"
Drawing: TypeAlias = Callable[[Message], Drawn]
PAGE = Path(__file__).parent / "page"
HEARTBEAT = 20.0
"""Seconds between two signs of life on a quiet channel, by which a closed tab is noticed."""


class Command(Protocol):
    """What the page suggests while one types: an entry of the one command registry."""

    @property
    def usage(self) -> str: ...

    @property
    def summary(self) -> str: ...


class Commands(Protocol):
    """The one command registry."""

    def __iter__(self) -> Iterator[Command]: ...

    def exact(self, text: str) -> object | None:
        """Something, if all of a text can be a command and is not as likely a sentence."""
        ...


class Shortcut(Protocol):
    """What the page offers on a message: an entry of the same registry."""

    @property
    def label(self) -> str: ...


class PlaygroundAdapter:
    """Give it a core, a clock, the commands and the shortcuts; `listen` and open the page. `edge` is where the outbox posts.

    A room of its own says what its page is `called`; `beside` is the label and the path of another one on this listener, and
    where the clock only ever shows what time it is, nothing `jumps`.
    """

    def __init__(
        self,
        core: Core,
        clock: Clock,
        commands: Commands,
        shortcuts: Mapping[str, Shortcut],
        *,
        room: Room | None = None,
        called: str = "Playground",
        beside: tuple[str, str] | None = None,
        jumps: bool = True,
    ) -> None:
        self.room = room or Room(clock.now)
        self.called = called
        self.beside = beside
        self.jumps = jumps
        self.edge = PlayEdge(self.room)
        self._core = core
        self._clock = clock
        self._commands = commands
        self._shortcuts = shortcuts
        self._annexes: dict[str, web.Application] = {}
        self._runner: web.AppRunner | None = None

    async def listen(self, port: int = 3979) -> int:
        """Serve on 127.0.0.1 and nowhere else; port 0 takes a free one. Returns the port."""
        self._runner = web.AppRunner(self.application(), access_log=None, shutdown_timeout=2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, LOOPBACK, port)
        await site.start()
        return int(self._runner.addresses[0][1])

    async def close(self) -> None:
        if self._runner:
            await self._runner.cleanup()

    async def announce(self) -> None:
        """Tells the core who and what is in the room, as a platform does at install. Doing it again changes nothing."""
        for sitter in self.room.people.values():
            profile = inbound.profile_of(sitter)
            await self._core.ask(ProfileSeen(id=f"{sitter.account}/seen", profile=profile))
        for conversation, title in self.room.titles.items():
            seen = ConversationSeen(id=f"{conversation}/seen", conversation=conversation, reference="{}", title=title)
            await self._core.ask(seen)

    def annex(self, path: str, other: web.Application) -> None:
        """Another room on the same listener, below `path`; to be said before `listen`."""
        self._annexes[path] = other

    def application(self) -> web.Application:
        """The page of this room and those of its annexes, guarded."""
        app = web.Application(middlewares=[guard, explain])
        app.on_response_prepare.append(harden)
        app.router.add_static("/page/", PAGE)
        for path, other in self._annexes.items():
            app.add_subapp(path, other)
        return self.furnish(app)

    def furnish(self, app: web.Application) -> web.Application:
        """This room's own addresses."""
        deeds = Deeds(
            self.room,
            self._core,
            self._clock,
            is_command=lambda text: self._commands.exact(text) is not None,
            mirror=lambda: self.mirror,
        )
        app.on_shutdown.append(self._close_room)
        app.router.add_get("/", self._page)
        app.router.add_get("/state", self._state)
        app.router.add_get("/events", self._events)
        said = (deeds.say, deeds.edit, deeds.delete, deeds.take)
        for verb in (deeds.command, deeds.press, deeds.submit, *said, deeds.jump):
            app.router.add_post(f"/{verb.__name__}", _json_endpoint(verb))
        return app

    @cached_property
    def mirror(self) -> "Mirror":
        """Loaded by the first page that shows what Slack and Teams make of it: most never do."""
        from adapters.playground.mirror.sides import Mirror

        return Mirror(self.room.home, lambda: {one.account: one.name for one in self.room.people.values()})

    async def _page(self, _request: web.Request) -> web.StreamResponse:
        return web.FileResponse(PAGE / "index.html")

    async def _state(self, _request: web.Request) -> web.Response:
        return web.json_response(self.snapshot())

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: all of it first, so that a page that reconnects misses nothing, then what happens.

        With `?sides`, every message comes with what Slack and what Teams would be sent of it.
        """
        drawn = self._with_sides if "sides" in request.query else drawn_message
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        queue = self.room.listen()
        try:
            await response.write(_event("state", self.snapshot(drawn)))
            while (line := await self._next_line(queue, drawn)) is not None:
                await response.write(line)
        except ConnectionResetError:
            log.debug("playground.tab_closed")
        finally:
            self.room.leave(queue)
        return response

    async def _next_line(self, queue: asyncio.Queue[Happening | None], drawn: Drawing) -> bytes | None:
        try:
            happening = await asyncio.wait_for(queue.get(), HEARTBEAT)
        except TimeoutError:
            return b": still here\n\n"
        if happening is None:
            return None
        if happening.message:
            return _event(happening.kind, drawn(happening.message))
        return _event(happening.kind, {"now": self._clock.now().isoformat()})

    def _with_sides(self, message: Message) -> Drawn:
        return drawn_message(message) | {"sides": self.mirror.shown(message.card) if message.card else None}

    def snapshot(self, drawn: Drawing = drawn_message) -> Drawn:
        """Everything that a page shows, all chairs of it."""
        people = [{"account": s.account, "name": s.name, "role": s.role} for s in self.room.people.values()]
        return {
            "now": self._clock.now().isoformat(),
            "called": self.called,
            "beside": self.beside and {"href": self.beside[1], "label": self.beside[0]},
            "jumps": self.jumps,
            "home": self.room.home,
            "people": people,
            "conversations": [{"address": address, "title": title} for address, title in self.room.titles.items()],
            "commands": [{"usage": command.usage, "summary": command.summary} for command in self._commands],
            "shortcuts": [{"action": action, "label": each.label} for action, each in self._shortcuts.items()],
            "messages": [drawn(message) for message in self.room.messages()],
        }

    async def _close_room(self, _app: web.Application) -> None:
        self.room.close()


@web.middleware
async def explain(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Problems become JSON that the page shows; what was typed stays with the page, which can send it again."""
    try:
        return await handler(request)
    except inbound.BadBody as problem:
        return web.json_response({"problem": str(problem)}, status=400)
    except web.HTTPException:
        raise
    except Exception as error:
        incident = error if isinstance(error, Incident) else report(error, request.path)
        said = f"Something broke on our side and was not recorded. Incident {incident.incident} in the log says what."
        return web.json_response({"problem": said}, status=503)


def _json_endpoint(verb: Callable[[inbound.Body], Awaitable[Drawn]]) -> Handler:
    async def endpoint(request: web.Request) -> web.StreamResponse:
        return web.json_response(await verb(await _body(request)))

    return endpoint


async def _body(request: web.Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError as error:
        raise inbound.BadBody("that is not JSON") from error
    if not isinstance(body, dict):
        raise inbound.BadBody("that is not a JSON object")
    return body


def _event(kind: str, data: Drawn) -> bytes:
    return f"event: {kind}\ndata: {json.dumps(data)}\n\n".encode()
