"""What calendars fetch: a person's syncs under their secret address, and one sync as a file. And what a browser gets of a link
to something in the record: how to open it, and nothing of it.

Whoever knows a calendar's address may read what is there, so it goes into no log and no error; a log says which feed it was.
Everything that serves nothing answers alike, whatever the reason. A link's page never looks into the record.
"""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

import structlog
from aiohttp import ETag, web

from adapters.web import Take
from bot import addresses, pages
from bot.incidents import report
from bot.pages import CalendarPage, NowOf

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from adapters.core import ThreadedCore

log = structlog.get_logger(__name__)

NOTHING = "There is no such calendar here, or it was stopped. Say “calendar” to Touchpoint for a new link.\n"
KEY = "{key:[A-Za-z0-9_-]+}"

HOW = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>{ref} in Touchpoint</title>
<h1>{ref}</h1>
<p>This is kept in Touchpoint, which lives in Slack and in Microsoft Teams. Nothing of it can be read here.</p>
<p>To open it, say this to Touchpoint there: <strong>{command}</strong></p>
<p>If you have no place in its touchpoint, ask whoever sent you the link.</p>
"""
COMMANDS = {"D": "decision show {ref}", "R": "risk show {ref}", "O": "owners"}
SEALED = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}

Find = Callable[["Engine", str, NowOf], CalendarPage | None]


def add_to(app: web.Application, core: "ThreadedCore") -> None:
    """All addresses, for GET and HEAD."""
    app.router.add_get(pages.feed_path(KEY), _page(core, pages.feed))
    app.router.add_get(pages.sync_path(KEY), _page(core, pages.sync_file, attached="sync.ics"))
    app.router.add_get(addresses.path(f"{{tag:{addresses.TAG}}}", f"{{ref:{addresses.REF}}}"), _how_to_open)


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


async def _how_to_open(request: web.Request) -> web.Response:
    """The same, whether there is such a thing or not."""
    ref = request.match_info["ref"]
    command = COMMANDS.get(ref[0], "find {ref}").format(ref=ref)
    return web.Response(text=HOW.format(ref=ref, command=command), content_type="text/html", headers=SEALED)


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
