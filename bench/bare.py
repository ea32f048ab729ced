"""The yardstick: the app of Bolt's own first example, which does nothing but acknowledge a signed slash command.

It is given what makes Bolt fastest: `process_before_response`, no access log, and the event loop that Touchpoint runs on.
"""

import sys

import uvloop
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.doubles.slack_api import BOT_TOKEN, SIGNING_SECRET


def application(api_url: str) -> web.Application:
    """Everything between the socket and the listener is Bolt's."""
    bolt = AsyncApp(
        client=AsyncWebClient(token=BOT_TOKEN, base_url=api_url),
        signing_secret=SIGNING_SECRET,
        process_before_response=True,
    )

    @bolt.command("/touchpoint")
    async def acknowledge(ack: AsyncAck) -> None:
        await ack()

    async def take(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await bolt.async_dispatch(await to_bolt_request(request)))

    async def ready(_request: web.Request) -> web.Response:
        return web.Response(text="ready")

    app = web.Application()
    app.router.add_post("/slack/events", take)
    app.router.add_get("/readyz", ready)
    return app


if __name__ == "__main__":
    port, api_url = sys.argv[1:]
    web.run_app(
        application(api_url),
        host="127.0.0.1",
        port=int(port),
        access_log=None,
        print=None,
        loop=uvloop.new_event_loop(),
    )
