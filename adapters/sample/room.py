"""The sample organization on the playground's listener: opened at start or when somebody looks, with what its year left behind.

Only what is whole is shown, and only what is shown is sent: while there is no sample, or another process is just writing one,
nothing here takes anything from the outbox.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler

from adapters.core import ThreadedCore
from adapters.playground.app import Commands, PlaygroundAdapter, Shortcut
from adapters.playground.edge import PACE, PlayEdge
from adapters.playground.room import Message, Room
from adapters.sample.cast import CAST, HALF, NAME, TENANT, TITLES
from bot import outbox
from bot.cards import Card
from storage import samples
from storage.people import Organization

PATH: Final = "/sample"
CLOSED: Final = replace(PACE, in_hand=0)
MOST: Final = 30
"""Messages a conversation that stand on the screens at first. The record knows all of them."""

MISSING: Final = "There is no sample organization. Write one with `touchpoint sample add`, then load this page again."
UNFINISHED: Final = "The sample organization is just being written. Load this page again in a minute."


class Today:
    """What time it is. Nobody moves this room's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def jump(self) -> datetime | None:
        return None


class SampleRoom:
    """Give it the core and the registry's commands and shortcuts; `edge` is for the outbox, `application` for the listener."""

    def __init__(self, core: ThreadedCore, commands: Commands, shortcuts: Mapping[str, Shortcut]) -> None:
        clock = Today()
        self.room = Room(clock.now, tuple(CAST.values()), TITLES)
        self.edge = PlayEdge(self.room, CLOSED)
        self._core = core
        self._page = PlaygroundAdapter(
            core,
            clock,
            commands,
            shortcuts,
            room=self.room,
            called=NAME,
            beside=("Playground", "/"),
            jumps=False,
        )
        self._shown: datetime | None = None
        self._opening = asyncio.Lock()

    def application(self) -> web.Application:
        """To be mounted at `PATH`."""
        return self._page.furnish(web.Application(middlewares=[self._only_if_there]))

    @web.middleware
    async def _only_if_there(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if missing := await self.look():
            if request.method == "POST":
                return web.json_response({"problem": missing}, status=404)
            raise web.HTTPNotFound(text=f"{missing}\n")
        return await handler(request)

    async def look(self) -> str:
        """Why there is nothing to show, if so. A sample that is there for the first time is opened."""
        async with self._opening:
            found = await self._core.run(samples.there, self._core.bot.engine, TENANT)
            whole = found is not None and found.name != HALF
            self.edge.pace = PACE if whole else CLOSED
            if found is None or not whole:
                self._shown = None
                return UNFINISHED if found else MISSING
            if self._shown != found.created_at:
                self.room.begin(await self._core.run(self._stood, found))
                self._core.bot.door.forget()
                self._shown = found.created_at
            return ""

    def _stood(self, organization: Organization) -> list[Message]:
        """The last messages of each conversation, as they are drawn today."""
        engine, now = self._core.bot.engine, self.room.now()
        sent = samples.standing(engine, organization.key, [*self.room.titles, *self.room.people], MOST)
        cards = outbox.draw_all(engine, self._core.bot.url_for, [(owed, now) for owed, _at in sent])
        return [
            Message(address=owed.message or "", conversation=owed.conversation, at=at, card=card, delivery=str(owed.id))
            for (owed, at), card in zip(sent, cards, strict=True)
            if isinstance(card, Card)
        ]
