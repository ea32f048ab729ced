"""A playground with a scripted core, as HTTP (`play`) and in a real headless browser (`browser_page`).

A browser test, here or end to end, is marked `pytest.mark.browser` and `pytest.mark.asyncio(loop_scope="session")`: one
Chromium serves the whole session, and what talks to it must live on the same loop.
"""

import shutil
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
import pytest_asyncio

from adapters.playground.app import PlaygroundAdapter
from tests.adapters.playground.showroom import ShowClock, ShowCore, showroom

if TYPE_CHECKING:
    from playwright.async_api import Browser, ConsoleMessage, Page

    OpenPage = Callable[..., Awaitable[Page]]

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """A running playground, what is behind it, and a client that talks to it as its page does."""

    adapter: PlaygroundAdapter
    core: ShowCore
    clock: ShowClock
    url: str
    http: aiohttp.ClientSession

    async def send(self, verb: str, *, status: int = 200, **body: Any) -> dict[str, Any]:
        async with self.http.post(f"/{verb}", json={"id": uuid.uuid4().hex} | body) as response:
            assert response.status == status, await response.text()
            answer: dict[str, Any] = await response.json()
            return answer

    async def messages(self) -> list[dict[str, Any]]:
        async with self.http.get("/state") as response:
            messages: list[dict[str, Any]] = (await response.json())["messages"]
            return messages


@asynccontextmanager
async def playing() -> AsyncIterator[Play]:
    adapter, core, clock = showroom()
    url = f"http://127.0.0.1:{await adapter.listen(0)}"
    try:
        async with aiohttp.ClientSession(url) as http:
            yield Play(adapter=adapter, core=core, clock=clock, url=url, http=http)
    finally:
        await adapter.close()


@pytest.fixture
async def play() -> AsyncIterator[Play]:
    async with playing() as play:
        yield play


@pytest_asyncio.fixture(loop_scope="session")
async def staged() -> AsyncIterator[Play]:
    """`play` on the browser's loop."""
    async with playing() as play:
        yield play


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> "AsyncIterator[Browser]":
    found = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if found is None:
        pytest.skip("no Chromium on this machine: `apt install chromium` (or Google Chrome), then run again")
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found, headless=True, args=ARGUMENTS)
        yield browser
        await browser.close()


def is_mistake(line: "ConsoleMessage") -> bool:
    """What the console calls an error, but for an answer that a test keeps away."""
    return line.type == "error" and not line.text.startswith("Failed to load resource")


@pytest_asyncio.fixture(loop_scope="session")
async def browser_page(chromium: "Browser") -> "AsyncIterator[OpenPage]":
    """`await browser_page(url, color_scheme="dark", …)`: a page at that address, with both chairs drawn.

    A mistake in the page's scripts, whatever its console calls an error, or what its content policy stopped fails the test.
    """
    contexts, mistakes = [], []

    async def open_page(url: str, **options: Any) -> "Page":
        settings = {"viewport": {"width": 1440, "height": 900}, "timezone_id": "Europe/Zurich", "locale": "en-GB"}
        context = await chromium.new_context(**{**settings, **options})
        contexts.append(context)
        page = await context.new_page()
        page.set_default_timeout(5_000)
        page.on("pageerror", lambda error: mistakes.append(str(error)))
        page.on("console", lambda line: mistakes.append(line.text) if is_mistake(line) else None)
        await page.goto(url)
        await page.wait_for_selector(".pane >> nth=1", state="attached")
        return page

    yield open_page
    for context in contexts:
        await context.close()
    assert not mistakes
