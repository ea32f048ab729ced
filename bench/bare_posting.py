"""The outbox's yardstick: a bare loop of Slack's own client, that posts the same messages, drawn beforehand, and no more.

It is given what makes the client fastest: one kept session, no retry handlers, as many posts at once as our adapter has, and
the event loop that Touchpoint runs on. For each line that it reads it posts them all once, and says how long that took.
"""

import asyncio
import gc
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import aiohttp
import uvloop
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import select

from adapters.slack import addresses, cards
from adapters.slack.chats import DirectChats
from adapters.slack.clients import OneClient
from adapters.slack.send import SlackEdge
from bot import outbox
from bot.cards import Card
from storage.claims import owed
from storage.deliveries import Delivery
from storage.engine import open_engine
from storage.unit_of_work import transaction
from tests.doubles.slack_api import BOT_TOKEN

Arguments = Mapping[str, Any]


def messages(url: str) -> list[Arguments]:
    """Every message that the outbox owes, as chat.postMessage takes it."""
    engine = open_engine(url)
    with transaction(engine, writes=False) as session:
        every = [owed(row) for row in session.execute(select(Delivery)).scalars()]
    now = datetime.now(UTC)
    drawn = outbox.draw_all(engine, lambda _address: "", [(one, now) for one in every])
    engine.dispose()
    return [
        {
            "channel": "D" + addresses.last_of(one.conversation)[1:],
            "metadata": {"event_type": "touchpoint_delivery", "event_payload": {"delivery": str(one.id)}},
            **message.arguments(),
        }
        for one, card in zip(every, drawn, strict=True)
        if isinstance(card, Card)
        for message in cards.render(card)
    ]


async def post_all(client: AsyncWebClient, every: list[Arguments], at_once: int) -> float:
    """In seconds."""
    waiting = iter(every)

    async def post() -> None:
        for arguments in waiting:
            await client.chat_postMessage(**arguments)

    began = time.perf_counter()
    await asyncio.gather(*(post() for _ in range(at_once)))
    return time.perf_counter() - began


async def run(api_url: str, url: str) -> None:
    """Until there is nothing more to read."""
    every, loop = messages(url), asyncio.get_running_loop()
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(token=BOT_TOKEN, base_url=api_url, session=session, retry_handlers=[])
        at_once = SlackEdge(OneClient(client), DirectChats(OneClient(client))).pace.at_once
        gc.freeze()
        say(f"{len(every)}")
        while await loop.run_in_executor(None, sys.stdin.readline):
            say(f"{await post_all(client, every, at_once)}")


def say(line: str) -> None:
    """To whoever started it."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    uvloop.run(run(*sys.argv[1:]))
