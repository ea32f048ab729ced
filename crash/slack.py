"""The Slack that the replicas send to: by chance it takes messages and drops the connection, throttles, answers 500, is slow.

Two more methods, for the campaign alone: one tells every message of ours that stands, the other ends the bad weather.
"""

import asyncio
import sys
import time
from collections.abc import Callable
from random import Random

from bench.slack import CIO, CISO, HOME
from tests.doubles.slack_api import BOT_USER, Json, Refused, SlackApi, Weather

CHANNELS, PEOPLE = 40, 20
STANDING, CLEAR = "crash.standing", "crash.clear"


def places() -> tuple[str, ...]:
    """Every conversation that is owed messages directly: channels, and people's direct chats."""
    return tuple(f"C0CRASH{n}" for n in range(CHANNELS)) + tuple(f"U0CRASH{n}" for n in range(PEOPLE))


class UnreliableSlack(SlackApi):
    """With a clock that goes, because messages are looked for by their time."""

    def __init__(self, weather: Weather, *, readable: bool) -> None:
        super().__init__()
        self.weather = weather
        self.foreseen = {"missing_scope"}
        self._readable = readable
        self._last = 0.0
        self._became: dict[str, int] = {}
        self.add_user(CIO, "Sam")
        self.add_user(CISO, "Dana")
        self.add_channel(HOME, "security-sync", CIO, CISO)
        for place in places():
            if place.startswith("C"):
                self.add_channel(place, place.lower(), CIO, CISO)
            else:
                self.add_user(place, place.lower())

    def ts(self) -> str:
        self._last = max(time.time(), self._last + 0.000001)
        return f"{self._last:.6f}"

    def _methods(self) -> dict[str, Callable[[Json], Json]]:
        ours: dict[str, Callable[[Json], Json]] = {STANDING: self._standing, CLEAR: self._clear}
        if not self._readable:
            ours["conversations.history"] = self._unreadable
        return super()._methods() | ours

    def _standing(self, _: Json) -> Json:
        """Each message of ours: where it is, what it says and what its metadata names."""
        messages = [
            {
                "channel": channel.id,
                "ts": m["ts"],
                "text": m["text"],
                "named": (m.get("metadata") or {}).get("event_payload"),
            }
            for channel in self.channels.values()
            for m in channel.messages
            if m["user"] == BOT_USER
        ]
        return {"messages": messages, "rejected": self.rejected, "weather": self._became}

    def _clear(self, _: Json) -> Json:
        self.weather = None
        return {}

    def _unreadable(self, _: Json) -> Json:
        raise Refused("missing_scope")

    def _fault(self, method: str):  # type: ignore[no-untyped-def]  # the double's own
        fault = super()._fault(method)
        for name, happened in (
            ("taken, then the connection dropped", fault.drop),
            ("taken, then answered 500", fault.then),
            ("answered 429", fault.ratelimited is not None),
        ):
            self._became[name] = self._became.get(name, 0) + bool(happened)
        return fault


async def run(seed: str, *, readable: bool) -> None:
    """Says where it listens, and serves until it is ended."""
    weather = Weather(random=Random(seed), drop=0.08, then_500=0.03, throttled=0.06, retry_after=1, slow=0.15)
    async with UnreliableSlack(weather, readable=readable) as slack:
        sys.stdout.write(f"{slack.url}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1], readable=sys.argv[2] == "readable"))
