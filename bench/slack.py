"""The Slack that the apps talk to: the double of the test suite, in a process of its own, with everybody in it.

One more method tells what it took since it was last asked, and forgets it, so that the double stays as small as it was.
"""

import asyncio
import sys
from collections import Counter
from collections.abc import Callable

import uvloop

from tests.doubles.slack_api import TEAM, Json, SlackApi

CIO, CISO, HOME = "U0CIO", "U0CISO", "C0HOME"
TAKEN = "bench.taken"


def account(user: str) -> str:
    """As the record addresses them."""
    return f"slack:{TEAM}/{user}"


def member(number: int) -> str:
    """One of many."""
    return f"U{number:06}"


class CountingSlack(SlackApi):
    """As strict as ever; only that the calls can be counted from outside."""

    def _methods(self) -> dict[str, Callable[[Json], Json]]:
        return super()._methods() | {TAKEN: self._taken}

    def _taken(self, _: Json) -> Json:
        posted = Counter(arguments["channel"] for arguments in self.called("chat.postMessage"))
        counted = {"posted": posted.total(), "conversations": len(posted), "rejected": list(self.rejected)}
        self.calls.clear()
        for channel in self.channels.values():
            channel.messages.clear()
        return counted


async def run(members: int) -> None:
    """Says where it listens, and serves until it is ended."""
    async with CountingSlack() as slack:
        slack.add_user(CIO, "Sam")
        slack.add_user(CISO, "Dana")
        slack.add_channel(HOME, "security-sync", CIO, CISO)
        for number in range(members):
            slack.add_user(member(number), f"Person {number}")
            slack.direct(member(number))
        sys.stdout.write(f"{slack.url}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(run(int(sys.argv[1])))
