"""As a newcomer would: the real process, started by its own command, and a real browser on the playground's page."""

import asyncio
import os
import re
import shutil
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import Locator, Page, async_playwright, expect

from docs.take_pictures import CHAT, HOME, RAISED_BY_SAM, first_five_minutes, jump_until_new, open_tab, say

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium"),
]


def free_port() -> int:
    """One that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[Page]:
    """The playground of `touchpoint serve`, on a new database, in a browser."""
    port, playground = free_port(), free_port()
    env = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SLACK_", "MICROSOFT_", "TOUCHPOINT_"))
    }
    env |= {"TOUCHPOINT_PORT": str(port), "TOUCHPOINT_PLAYGROUND_PORT": str(playground)}
    command = Path(sys.executable).parent / "touchpoint"
    process = await asyncio.create_subprocess_exec(
        command, "serve", cwd=tmp_path, env=env, stdout=asyncio.subprocess.DEVNULL
    )
    try:
        await until_ready(f"http://127.0.0.1:{port}/readyz", process)
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
            )
            opened = await browser.new_page(timezone_id="Europe/Zurich", locale="en-GB", reduced_motion="reduce")
            await opened.goto(f"http://127.0.0.1:{playground}")
            yield opened
            await browser.close()
    finally:
        process.terminate()
        assert await asyncio.wait_for(process.wait(), 15) == 0, "it must end cleanly"


async def until_ready(url: str, process: asyncio.subprocess.Process) -> None:
    async with aiohttp.ClientSession() as http:
        for _ in range(200):
            assert process.returncode is None, "it ended"
            try:
                async with http.get(url) as response:
                    if response.status == 200:
                        return
            except aiohttp.ClientConnectionError:
                pass
            await asyncio.sleep(0.05)
    raise AssertionError("never ready")


def card(pane: Locator, title: str | re.Pattern[str]) -> Locator:
    """The newest card of that title on a chair."""
    return pane.locator(".card").filter(has_text=title).last


async def test_the_first_five_minutes_of_the_readme(page: Page) -> None:
    await first_five_minutes(page)
    sam, dana = page.locator(".pane").nth(0), page.locator(".pane").nth(1)
    await expect(card(dana, "Agenda for")).to_contain_text(RAISED_BY_SAM.partition(": ")[2])

    await jump_until_new(page, sam, HOME)
    await card(sam, "Time for your sync").get_by_role("button", name="Start").click()
    await open_tab(dana, HOME)
    await card(dana, "Sync in progress: 1 of 3").get_by_role("button", name="Record decision").click()
    await page.locator("#form").get_by_label("Why").fill("Nobody patches them any more.")
    await page.locator("#form button[type=submit]").click()
    await expect(page.locator("#form")).to_be_hidden()

    await open_tab(sam, CHAT)
    await card(sam, "Your key is asked for").get_by_role("button", name="Turn my key").click()
    await expect(card(sam, "D-1 ")).to_contain_text("agreed by both")

    await open_tab(sam, HOME)
    for _ in range(2):
        await card(sam, re.compile(r"Sync in progress: \d of 3")).get_by_role("button", name="Discussed").click()
        await page.wait_for_timeout(400)
    await card(sam, "Everything is settled").get_by_role("button", name="Close").click()
    await expect(card(dana, "Minutes of")).to_contain_text("agreed by both")

    await say(dana, "/touchpoint decision find gateways")
    await expect(card(dana, "Found: in:decisions")).to_contain_text("D-1 VPN gateways reach end of support in March")
