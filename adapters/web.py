"""What listens on TOUCHPOINT_HOST:TOUCHPOINT_PORT: the platforms' two paths, calendars, and what whoever runs the process asks.

No request is understood here. Each platform's adapter takes its own, checks that it is genuine, and answers it.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import structlog
from aiohttp import web

from adapters.metrics import ANSWERED

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from adapters.core import ThreadedCore

log = structlog.get_logger(__name__)

BODY_LIMIT = 1024 * 1024
"""Bytes. The largest that a platform sends is a full form, some tens of kilobytes."""

PATIENCE = 2.0
"""Seconds that the database has to answer a readiness check."""

Take: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]
"""How an adapter takes one HTTP request of its platform."""


@dataclass(slots=True, kw_only=True)
class Platform:
    """One platform that is switched on: who takes its requests, if it sends any, and why it is not ready, or nothing.

    `connections` are those that we hold open to it, each by its number: up, or why it is not. `pages` is what a browser gets.
    """

    take: Take | None
    objection: Callable[[], str]
    connections: Callable[[], Mapping[str, str]] = dict
    pages: Mapping[str, Take] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class House:
    """What the HTTP side needs to know of the process. `refusal` is why a platform takes nothing that is sent, or nothing.

    Without a `core` there are no calendars to be read. `tracker_secret` signs what a tracker sends; without it, none may.
    """

    engine: "Engine"
    core: "ThreadedCore | None" = None
    tracker_secret: str = ""
    platforms: dict[str, Platform] = field(default_factory=dict)
    refusal: Callable[[str], str] = lambda _platform: ""
    stopping: bool = False


PATHS = {"slack": "/slack/events", "teams": "/api/messages"}


POINTER = (
    "Touchpoint: POST /slack/events, /api/messages and /hooks/initiatives; "
    "GET /calendar/…, /sync/… and /open/…; GET /healthz, /readyz and /metrics.\n"
)

# The package for Teams must say where a privacy notice and terms of use stand. What is true of every installation is
# said here; who runs this one can answer the paths in the proxy with a page of their own.
PRIVACY = """Touchpoint is run by your own organization, on its own machines and for itself.

It keeps what its commands, forms and direct prompts are told (agenda items, decisions, risks, promises, who owns what),
who said it and when, and of each person the name, the time zone and the accounts that Slack or Microsoft Teams report.
It reads messages only where it is mentioned, in the direct chat with it, in answer to its own prompts, and where
somebody chooses one of its actions on a message.

It sends this to Slack and Microsoft Teams, where it is read, and to nobody else. It has no telemetry. Whoever asks for
a calendar link, or passes an “Add to calendar” link on, lets a calendar read when syncs are and what they are called.
Who administers Touchpoint in your organization can tell you how long it is kept, and can export it.
"""
TERMS = """Touchpoint is free software under the Apache License 2.0, without warranty of any kind.
The rules of your own organization, which runs it, apply to its use.
"""


def application(house: House) -> web.Application:
    """Everything that listens on TOUCHPOINT_HOST:TOUCHPOINT_PORT."""
    app = web.Application(client_max_size=BODY_LIMIT)
    app.router.add_get("/", _page(POINTER))
    app.router.add_get("/privacy", _page(PRIVACY))
    app.router.add_get("/terms", _page(TERMS))
    app.router.add_get("/healthz", _alive)
    app.router.add_get("/readyz", _ready_of(house))
    app.router.add_get("/metrics", _metrics)
    if house.core:
        from adapters import pages

        pages.add_to(app, house.core)
    if house.core and house.tracker_secret:
        from adapters import hooks

        app.router.add_post(hooks.PATH, timed("tracker", hooks.initiatives(house.core, house.tracker_secret)))
    for name, path in PATHS.items():
        platform = house.platforms.get(name)
        app.router.add_post(path, timed(name, platform.take) if platform and platform.take else _switched_off(name))
        for page, show in platform.pages.items() if platform else ():
            app.router.add_get(page, show)
    return app


def timed(platform: str, take: Take) -> Take:
    """Measures what the platform waited, whatever came of it."""

    async def measured(request: web.Request) -> web.StreamResponse:
        began, status = time.perf_counter(), "500"
        try:
            response = await take(request)
            status = str(response.status)
            return response
        except web.HTTPException as answer:
            status = str(answer.status)
            raise
        finally:
            ANSWERED.labels(platform, status).observe(time.perf_counter() - began)

    return measured


def _switched_off(platform: str) -> Take:
    async def absent(_request: web.Request) -> web.Response:
        raise web.HTTPNotFound(text=f"{platform} is not switched on here\n")

    return absent


def _page(text: str) -> Take:
    async def page(_request: web.Request) -> web.Response:
        return web.Response(text=text)

    return page


async def _alive(_request: web.Request) -> web.Response:
    """The process turns its loop: nothing else is asked, so that a slow database never gets it killed."""
    return web.Response(text="touchpoint is alive\n")


def _ready_of(house: House) -> Take:
    async def ready(_request: web.Request) -> web.Response:
        return await _ready(house)

    return ready


async def _ready(house: House) -> web.Response:
    """Whether a load balancer should send requests here, and if not, which part says no."""
    parts = {"database": await _database(house)}
    parts |= {name: platform.objection() or house.refusal(name) or "ok" for name, platform in house.platforms.items()}
    if house.stopping:
        parts["process"] = "stopping"
    ready = all(state == "ok" for state in parts.values())
    told = {f"{name} connections": held for name, p in house.platforms.items() if (held := dict(p.connections()))}
    return web.json_response({"ready": ready, **parts, **told}, status=200 if ready else 503)


async def _database(house: House) -> str:
    """What went wrong goes into the log; outside it is one word, without an address or an account in it."""
    from sqlalchemy.exc import SQLAlchemyError

    from storage.schema import is_current

    try:
        current = await asyncio.wait_for(asyncio.to_thread(is_current, house.engine), PATIENCE)
    except TimeoutError:
        return "does not answer in time"
    except SQLAlchemyError as error:
        log.warning("readiness.database", error=type(error).__name__)
        return "unreachable"
    return "ok" if current else "not migrated"


async def _metrics(_request: web.Request) -> web.Response:
    from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

    return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})
