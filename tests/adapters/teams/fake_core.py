"""A core of a few lines: it keeps what it was asked and answers as the test says."""

from collections.abc import Callable
from typing import TypeVar

from bot.incidents import Incident
from bot.replies import Reply
from bot.requests import ConversationLost, ConversationSeen, Request

Asked = TypeVar("Asked", bound=Request)


class FakeCore:
    """`answer` says what comes back for a request; `broken` makes it raise what the core raises instead."""

    def __init__(self) -> None:
        self.asked: list[Request] = []
        self.references: dict[str, str] = {}
        self.answer: Callable[[Request], list[Reply]] = lambda request: []
        self.broken = False

    async def ask(self, request: Request) -> list[Reply]:
        if self.broken:
            raise Incident("4711")
        self.asked.append(request)
        match request:
            case ConversationSeen():
                self.references[request.conversation] = request.reference
            case ConversationLost():
                self.references.pop(request.conversation, None)
        return self.answer(request)

    async def reference(self, conversation: str) -> str | None:
        return self.references.get(conversation)

    def of(self, kind: type[Asked]) -> list[Asked]:
        return [request for request in self.asked if isinstance(request, kind)]
