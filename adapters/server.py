"""The one process: `serve` wires every part together, listens, and takes it all down again in order.

The order matters on the way out. First nothing new comes in (the listeners close and wait for the requests in flight),
then nothing new goes out (the tick, then the sends under way), then the platforms' connections, the core and its
database. What could not be finished in time stays as rows that the next process picks up: stopping loses nothing.
"""

import asyncio
import errno
import gc
import signal
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from aiohttp import web

from adapters.settings import Settings
from adapters.slack.config import oauth_app
from adapters.teams.config import teams_config
from adapters.web import House, Platform, application
from agenda.errors import TouchpointError

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Engine

    from adapters.clock import Clock
    from adapters.core import ThreadedCore
    from adapters.playground.app import PlaygroundAdapter
    from adapters.port import Edge
    from adapters.sample.room import SampleRoom
    from adapters.slack.app import SlackAdapter

log = structlog.get_logger(__name__)

GRACE = 10.0
"""Seconds that requests in flight have to finish, and after them the sends under way. Orchestrators kill after 30."""


class CannotStart(TouchpointError):
    """The process cannot do what it was told to; it says so and ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """Where the process really listens: settings with a port 0 leave it open. `playground` is the page's address."""

    port: int
    playground: str | None


async def serve(settings: Settings, *, stop: asyncio.Event, opened: Callable[[Opened], None]) -> None:
    """All of it, until `stop`. `opened` is called once everything listens. Raises `CannotStart`."""
    from adapters.clock import PLAYGROUND, Clock
    from adapters.core import ThreadedCore
    from adapters.deliver import Deliverer
    from adapters.feeds import Fetcher
    from adapters.heads import Heads
    from adapters.reachability import callable_host
    from adapters.scheduler import Scheduler
    from adapters.sources import Sources
    from bot.dispatch import Bot
    from storage.people import SAMPLE

    async with AsyncExitStack() as closing:  # what is entered last is left first
        engine = open_record(settings)
        closing.callback(engine.dispose)
        bot = Bot(engine, admins=frozenset(settings.admins), public_url=settings.public_url or "")
        clock = Clock(engine)
        core = ThreadedCore(bot, clock)
        closing.callback(core.close)

        house = House(engine=engine, core=core, tracker_secret=settings.tracker_secret)
        room = await _room(settings, core, clock)
        edges = [edge async for edge in _edges(settings, core, house, closing)]
        sample = _sample(core, room) if room else None
        deliverer = Deliverer(core, [*edges, room.edge, sample.edge] if room and sample else edges)
        closing.push_async_callback(deliverer.stop, GRACE)
        bot.wake = deliverer.wake
        house.refusal = deliverer.carrier.objection

        heads = Heads(engine, settings.heads_file) if settings.heads_file else None
        fetcher = Fetcher(proxy=settings.proxy.get_secret_value() if settings.proxy else "")
        sources = Sources(core, fetcher, settings.sources)
        scheduler = Scheduler(deliverer, heads, timedelta(days=settings.keep_days), sources)
        port = await closing.enter_async_context(listening(settings, house))
        playground = await closing.enter_async_context(_open_room(settings, room)) if room else None
        if playground:
            here = f"http://{callable_host(settings.host)}:{port}"
            bot.local_urls |= {PLAYGROUND: here, SAMPLE: here}  # who sits there sits here
        if sample:
            await sample.look()
        deliverer.start()
        scheduler.start()
        gc.freeze()  # what was loaded until here stays: the collector need never look at it again
        _say(settings, port)
        opened(Opened(port=port, playground=playground))

        await stop.wait()
        house.stopping = True
        log.info("stopping")
        scheduler.stop()
    log.info("stopped")


def open_record(settings: Settings) -> "Engine":
    """The database, brought to the schema of this version."""
    from sqlalchemy.exc import DBAPIError

    from storage import schema
    from storage.engine import open_engine

    engine = open_engine(settings.database_url.get_secret_value())
    try:
        if not schema.is_current(engine):
            log.info("upgrading the database", to=schema.HEAD, note="a large record takes some minutes")
        schema.upgrade(engine)
    except DBAPIError as error:
        engine.dispose()
        said = str(error.orig).strip().splitlines()[0]
        raise CannotStart(f"The database does not answer: {said}", "`touchpoint doctor` looks closer.") from error
    return engine


async def _edges(
    settings: Settings, core: "ThreadedCore", house: House, closing: AsyncExitStack
) -> "AsyncIterator[Edge]":
    """Each platform whose credentials are there, started; its SDK is loaded here and not before."""
    if settings.slack_on:
        slack = _slack(settings, core)
        closing.push_async_callback(slack.stop)
        await slack.start()
        house.platforms["slack"] = Platform(
            take=None if settings.socket_mode else slack.handle,
            objection=lambda: slack.reason,
            connections=slack.connections,
            pages=slack.pages(),
        )
        yield slack.edge
    if settings.teams_on:
        from adapters.teams.app import TeamsAdapter

        teams = TeamsAdapter(teams_config(settings), core)
        closing.push_async_callback(teams.stop)
        await teams.start()
        refused = "Microsoft refuses the credentials, or they cannot be read; the log says sign_in_failed and why"
        house.platforms["teams"] = Platform(take=teams.handle, objection=lambda: "" if teams.ready() else refused)
        yield teams.edge


def _slack(settings: Settings, core: "ThreadedCore") -> "SlackAdapter":
    """With the one token that is set, or with one for each workspace that installed the app. Raises `BadKeys`."""
    from adapters.slack.app import SlackAdapter, SlackConfig

    config = SlackConfig(
        bot_token=settings.slack_bot_token.get_secret_value() if settings.slack_bot_token else "",
        signing_secret=settings.slack_signing_secret.get_secret_value() if settings.slack_signing_secret else "",
        app_token=settings.slack_app_token.get_secret_value() if settings.slack_app_token else None,
        api_url=settings.slack_api_url,
        sockets=settings.slack_sockets,
        oauth=oauth_app(settings),
    )
    if not config.oauth:
        return SlackAdapter(config, core)
    from adapters.slack.installations import Installations
    from adapters.vaults import require_keys, vault_of

    vault = vault_of(settings)
    require_keys(core.bot.engine, vault)
    return SlackAdapter(config, core, Installations(core, vault))


class RoomClock:
    """The playground's time, and its jump: to the next prompt, which is on its way when this returns."""

    def __init__(self, core: "ThreadedCore", clock: "Clock") -> None:
        self._core = core
        self._clock = clock

    def now(self) -> "datetime":
        return self._clock.now("play")

    async def jump(self) -> "datetime | None":
        from bot import outbox

        reached = await self._core.run(self._clock.jump)
        await self._core.run(outbox.plan_everything, self._core.bot.engine, self._clock.now_of)
        self._core.bot.wake()
        return reached


async def _room(settings: Settings, core: "ThreadedCore", clock: "Clock") -> "PlaygroundAdapter | None":
    if not settings.playground:
        return None
    from adapters.playground.app import PlaygroundAdapter
    from bot.commands import REGISTRY

    room = PlaygroundAdapter(core, RoomClock(core, clock), REGISTRY, REGISTRY.shortcuts)
    await room.announce()
    return room


def _sample(core: "ThreadedCore", room: "PlaygroundAdapter") -> "SampleRoom":
    """Beside the playground, on the same listener."""
    from adapters.sample.room import PATH, SampleRoom
    from bot.commands import REGISTRY

    sample = SampleRoom(core, REGISTRY, REGISTRY.shortcuts)
    room.annex(PATH, sample.application())
    room.beside = ("Sample organization", f"{PATH}/")
    return sample


@asynccontextmanager
async def _open_room(settings: Settings, room: "PlaygroundAdapter") -> AsyncIterator[str]:
    try:
        port = await room.listen(settings.playground_port)
    except OSError as error:
        await room.close()
        raise _no_listener("127.0.0.1", settings.playground_port, "TOUCHPOINT_PLAYGROUND_PORT", error) from error
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        await room.close()


@asynccontextmanager
async def listening(settings: Settings, house: House) -> AsyncIterator[int]:
    """The platforms' listener, and its port. Leaving it closes the door first, and then waits for those inside."""
    runner = web.AppRunner(application(house), access_log=None, shutdown_timeout=GRACE)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, settings.host, settings.port).start()
        except OSError as error:
            raise _no_listener(settings.host, settings.port, "TOUCHPOINT_PORT", error) from error
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


def _no_listener(host: str, port: int, name: str, error: OSError) -> CannotStart:
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return CannotStart(f"{host} is no address of this machine.", "Set TOUCHPOINT_HOST to 127.0.0.1 or 0.0.0.0.")
    if error.errno == errno.EACCES:
        return CannotStart(f"This account may not listen on port {port}.", f"Set {name} to one above 1023.")
    if error.errno == errno.EADDRINUSE:
        mend = f"Stop what is listening there (another Touchpoint?), or set {name} to a free one."
        return CannotStart(f"Port {port} on {host} is taken.", mend)
    return CannotStart(f"Cannot listen on {host}:{port}: {error.strerror}.", f"See TOUCHPOINT_HOST and {name}.")


def _say(settings: Settings, port: int) -> None:
    by = "several workspaces" if settings.slack_oauth else "socket mode" if settings.socket_mode else "http"
    slack = by if settings.slack_on else "off: set SLACK_BOT_TOKEN"
    log.info("listening", port=port, slack=slack, teams="on" if settings.teams_on else "off: set MICROSOFT_APP_ID")


def run(settings: Settings) -> None:
    """`touchpoint serve`: logs, the fastest event loop that there is here, and everything until a signal."""
    from adapters import logs

    logs.configure(settings)
    with asyncio.Runner(loop_factory=_new_loop()) as runner:
        runner.run(_until_a_signal(settings))


def _new_loop() -> Callable[[], asyncio.AbstractEventLoop]:
    try:
        import uvloop
    except ImportError:  # there is none for Windows
        return asyncio.new_event_loop
    return uvloop.new_event_loop


async def _until_a_signal(settings: Settings) -> None:
    from adapters import banner

    stop, loop = asyncio.Event(), asyncio.get_running_loop()

    def asked() -> None:
        stop.set()
        for one in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(one)  # the second one ends it at once

    def opened(opened: Opened) -> None:
        if settings.log_format != "json":
            banner.show(settings, port=opened.port, playground=opened.playground)

    for one in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # on Windows Ctrl-C arrives as KeyboardInterrupt
            loop.add_signal_handler(one, asked)
    await serve(settings, stop=stop, opened=opened)
