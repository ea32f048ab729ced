"""The Slack adapter behind a real HTTP server, with a Slack double behind it and a core that says what it is told to."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from bot.cards import Card, Paragraph, card
from bot.replies import Answer, Reply
from bot.requests import ConversationSeen, ProfileSeen, Request
from tests.contract.slack_stage import SlackChair, SlackStage, slack_stage


async def at_once() -> None:
    """Nothing has to."""


class ScriptedCore:
    """Answers each request with what the test says, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.seen: list[ProfileSeen] = []
        self.visited: list[ConversationSeen] = []
        self.replies: Callable[[Any], list[Reply]] | list[Reply] = []
        self.error: Exception | None = None
        self.slow = 0.0
        self.before: Callable[[], Awaitable[None]] = at_once  # What has to happen first.

    async def ask(self, request: Request) -> list[Reply]:
        await self.before()
        await asyncio.sleep(self.slow)
        if isinstance(request, ProfileSeen):
            self.seen.append(request)
            return []
        if isinstance(request, ConversationSeen) and request.id.startswith("conversations.info/"):
            self.visited.append(request)
            return []
        self.asked.append(request)
        if self.error:
            raise self.error
        return self.replies(request) if callable(self.replies) else list(self.replies)

    async def reference(self, conversation: str) -> str | None:
        return None

    @property
    def last(self) -> Any:
        return self.asked[-1]


def answers(*said: str | Card, **how: Any) -> list[Reply]:
    return [Answer(card=each if isinstance(each, Card) else card("Answer", Paragraph(each)), **how) for each in said]


@pytest.fixture
def core() -> ScriptedCore:
    return ScriptedCore()


@pytest.fixture
async def stage(core: ScriptedCore) -> AsyncIterator[SlackStage]:
    async with slack_stage(core) as stage:
        yield stage


@pytest.fixture
async def dana(stage: SlackStage) -> SlackChair:
    return await stage.seat("Dana")


@pytest.fixture
async def ravi(stage: SlackStage) -> SlackChair:
    return await stage.seat("Ravi", zone="Asia/Kolkata")
