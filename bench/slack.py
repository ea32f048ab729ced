"""The Slack that both apps talk to: the double of the test suite, in a process of its own, with the two principals in it."""

import asyncio
import sys

from tests.doubles.slack_api import TEAM, SlackApi

CIO, CISO, HOME = "U0CIO", "U0CISO", "C0HOME"


def account(user: str) -> str:
    """As the record addresses them."""
    return f"slack:{TEAM}/{user}"


async def run() -> None:
    """Says where it listens, and serves until it is ended."""
    async with SlackApi() as slack:
        slack.add_user(CIO, "Sam")
        slack.add_user(CISO, "Dana")
        slack.add_channel(HOME, "security-sync", CIO, CISO)
        sys.stdout.write(f"{slack.url}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(run())
