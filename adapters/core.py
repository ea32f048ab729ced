"""The inner rings behind one thread hop: few threads, because SQLite has one writer and Python one interpreter lock."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from adapters.clock import Clock
from bot.dispatch import Bot
from bot.incidents import Incident, incident_card
from bot.replies import Answer, Reply, Results
from bot.requests import (
    ButtonPressed,
    CommandTyped,
    FormRequested,
    FormSubmitted,
    LinkSeen,
    MessageTaken,
    ProfileSeen,
    Request,
    SearchTyped,
    platform_of,
)
from storage import places
from storage.unit_of_work import transaction

# SQLite has one writer and its reads never wait for anything, so a second thread only contends for the interpreter's lock:
# measured, one answers a tenth more than two. PostgreSQL is waited for, and meanwhile others can be served.
WORKERS = {"sqlite": 1, "postgresql": 8}
Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


class ThreadedCore:
    """`adapters.port.Core`, for the event loop."""

    def __init__(self, bot: Bot, clock: Clock) -> None:
        self.bot = bot
        self.clock = clock
        self.pool = ThreadPoolExecutor(WORKERS[bot.engine.dialect.name], thread_name_prefix="core")

    async def run(
        self, function: Callable[Parameters, Result], /, *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> Result:
        """Any synchronous work of the inner rings, in one of their threads."""
        return await asyncio.get_running_loop().run_in_executor(self.pool, lambda: function(*args, **kwargs))

    async def ask(self, request: Request) -> list[Reply]:
        """What to answer at once. Raises `Incident` for messages and platform events, so that they are delivered again."""
        now = self.clock.now(platform_of(address_of(request)))
        try:
            return await asyncio.get_running_loop().run_in_executor(self.pool, self.bot.dispatch, request, now)
        except Incident as incident:
            if isinstance(request, CommandTyped | ButtonPressed | FormRequested | FormSubmitted | MessageTaken):
                return [Answer(card=incident_card(incident.incident))]
            if isinstance(request, SearchTyped | LinkSeen):
                return [Results(note=f"Something went wrong on our side. Incident {incident.incident}")]
            raise

    async def reference(self, conversation: str) -> str | None:
        """How its adapter reaches a conversation."""

        def read() -> str | None:
            with transaction(self.bot.engine, writes=False) as session:
                return places.reference(session, conversation)

        return await self.run(read)

    def close(self) -> None:
        """Waits for what is running."""
        self.pool.shutdown(wait=True)


def address_of(request: Request) -> str:
    """Some address of the platform that it came from."""
    if isinstance(request, ProfileSeen):
        return request.profile.account
    return request.where.conversation if hasattr(request, "where") else request.conversation
