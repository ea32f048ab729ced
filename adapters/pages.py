"""What calendars fetch: a person's syncs under their secret address, and one sync as a file.

Whoever knows an address may read what is there, so the address goes into no log and no error; a log says which feed it was.
Everything that serves nothing answers alike, whatever the reason.
"""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

import structlog
from aiohttp import ETag, web

from adapters.web import Take
from bot import pages
from bot.dispatch import report
from bot.pages import CalendarPage, NowOf

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from adapters.core import ThreadedCore

log = structlog.get_logger(__name__)

NOTHING = "There is no such calendar here, or it was stopped. Say “calendar” to Touchpoint for a new link.\n"
KEY = "{key:[A-Za-z0-9_-]+}"

Find = Callable[["Engine", str, NowOf], CalendarPage | None]


def add_to(app: web.Application, core: "ThreadedCore") -> None:
    """Both addresses, for GET and HEAD."""
    app.router.add_get(pages.feed_path(KEY), _page(core, pages.feed))
    app.router.add_get(pages.sync_path(KEY), _page(core, pages.sync_file, attached="sync.ics"))


def _page(core: "ThreadedCore", find: Find, *, attached: str = "") -> Take:
    async def page(request: web.Request) -> web.StreamResponse:
        try:
            found = await core.run(find, core.bot.engine, request.match_info["key"], core.clock.now_of)
        except Exception as error:
            incident = report(error, "calendar")  # The request's own words would be the secret.
            raise web.HTTPServiceUnavailable(text=f"Incident {incident.incident}. Try again later.\n") from None
        if found is None:
            raise web.HTTPNotFound(text=NOTHING, headers={"Cache-Control": "no-store"})
        log.debug("calendar.served", page=found.id)
        return await _answer(request, found, attached)

    return page


async def _answer(request: web.Request, found: CalendarPage, attached: str) -> web.Response:
    """The calendar, or that it is still the one that the reader has (RFC 9110 section 13.1.2).

    The tag is a weak one: each writing of the same calendar carries another DTSTAMP.
    """
    tag = ETag(value=found.tag, is_weak=True)
    response = web.Response(headers={"Cache-Control": "private, no-cache", "X-Content-Type-Options": "nosniff"})
    response.etag = tag
    if any(known.value in {"*", tag.value} for known in request.if_none_match or ()):
        response.set_status(304)
        return response
    response.content_type, response.charset = "text/calendar", "utf-8"
    if attached:
        response.headers["Content-Disposition"] = f'attachment; filename="{attached}"'
    response.body = await asyncio.to_thread(found.body)
    return response
