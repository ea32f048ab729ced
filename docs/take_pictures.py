"""Takes the pictures: `python -m docs.take_pictures [http://127.0.0.1:3979]`, from the project's own folder.

For the README it tells the first five minutes on a fresh playground, as a newcomer would, and photographs what stands on both
chairs then; without an address it does so on the showroom, which needs no database. Without an address it also writes a sample
organization into a database of its own, and photographs a card of each conversation as a phone shows it, by day and by night,
and every card and every form of the product as Slack and as Teams draw it (`docs.take_gallery`).
"""

import asyncio
import re
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, TypeAlias

from playwright.async_api import Browser, Locator, Page, TimeoutError, async_playwright, expect

from adapters.playground.app import LOOPBACK
from adapters.sample import story
from adapters.sample.room import PATH
from adapters.server import Opened, open_record, serve
from adapters.settings import Settings
from docs.take_gallery import take_gallery

PICTURE = Path(__file__).parent / "playground.png"
CONVERSATIONS = Path(__file__).parent / "conversations"
PHONE = {"width": 390, "height": 2400}
"""Points: as wide as a phone, and so high that no card is cut."""

Scheme: TypeAlias = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
HOME, CHAT, EVERYBODY = "#security-sync", "Touchpoint", "#all-staff"
MOST_JUMPS = 5
RAISED_BY_SAM = "investment: Budget for the second SOC shift"
RAISED_BY_DANA = (
    "threats: VPN gateways reach end of support in March",
    "communication: What we tell the board about the phishing drill",
)


async def take_pictures(url: str, picture: Path = PICTURE) -> None:
    """Tells the story on the playground at `url`, which must be fresh, and writes 1440 x 900 points."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
        page = await browser.new_page(
            viewport={"width": 1440, "height": 900},
            device_scale_factor=1.5,
            timezone_id="Europe/Zurich",
            locale="en-GB",
            reduced_motion="reduce",
        )
        await page.goto(url)
        await first_five_minutes(page)
        await page.mouse.move(0, 0)
        await page.screenshot(path=picture)
        await browser.close()


async def first_five_minutes(page: Page) -> None:
    """Set up, read the next three dates, be asked, answer on both chairs, and see the agenda arrive."""
    sam, dana = page.locator(".pane").nth(0), page.locator(".pane").nth(1)
    await sam.get_by_role("button", name="Set up a touchpoint").click()
    await choose_weekday(page.get_by_role("group", name="On"))
    await page.locator("#form button[type=submit]").click()
    await expect(page.locator("#form")).to_be_hidden()
    await sam.get_by_role("button", name="Save").last.click()
    await jump_until_new(page, sam, CHAT)
    await say(sam, RAISED_BY_SAM)
    await open_tab(dana, CHAT)
    for point in RAISED_BY_DANA:
        await say(dana, point)
    await jump_until_new(page, dana, HOME)


async def choose_weekday(group: Locator) -> None:
    """A working day at least three days ahead: otherwise the prompts of the first sync are due at once."""
    day = datetime.now(UTC) + timedelta(days=3)
    while day.weekday() > 4:
        day += timedelta(days=1)
    await group.wait_for()
    for box in await group.get_by_role("checkbox").all():
        await box.uncheck()
    await group.get_by_label(re.compile(f"^{day:%a}")).check()


async def jump_until_new(page: Page, chair: Locator, tab: str) -> None:
    """Moves the clock from prompt to prompt until something new stands under this tab, and opens it."""
    unread = chair.get_by_role("tab", name=tab).locator(".badge")
    for _ in range(MOST_JUMPS):
        await page.locator("#jump").click()
        try:
            await unread.wait_for(timeout=2_500)
        except TimeoutError:
            continue
        return await open_tab(chair, tab)
    raise SystemExit(f"Nothing new came to {tab} in {MOST_JUMPS} jumps.")


async def open_tab(chair: Locator, tab: str) -> None:
    await chair.get_by_role("tab", name=tab).click()
    await expect(chair.locator(".message").first).to_be_visible()


async def say(chair: Locator, text: str) -> None:
    """Says it and waits for the answer."""
    cards = chair.locator(".message.bot")
    before = await cards.count()
    await chair.get_by_role("combobox").fill(text)
    await chair.get_by_role("combobox").press("Enter")
    await expect(cards).to_have_count(before + 1)


async def in_the_showroom() -> None:
    from tests.adapters.playground.showroom import showroom

    adapter, _, _ = showroom()
    try:
        await take_pictures(f"http://{LOOPBACK}:{await adapter.listen(0)}")
    finally:
        await adapter.close()


# ── the five conversations ───────────────────────────────────────────────────────────────────────────────────────────────────

SHOWN = {
    "threats": "threats",
    "investment": "ask show ASK-2",
    "initiatives": "initiative show I-2",
    "health": "health",
}
"""What the CIO of the sample asks for; of hygiene they see what stands among all colleagues."""


async def on_a_phone() -> None:
    """Each once by day and once by night."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(database_url=f"sqlite:///{folder}/sample.db", port=0, playground_port=0)
        story.play(open_record(settings), datetime.now(UTC))
        async with served(settings) as url, async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"]
            )
            for scheme in SCHEMES:
                await photograph(browser, f"{url}{PATH}/", scheme)
            await browser.close()


@asynccontextmanager
async def served(settings: Settings) -> AsyncIterator[str]:
    """The playground's address, while the whole process runs in this one."""
    stop, opened = asyncio.Event(), asyncio.get_running_loop().create_future()
    process = asyncio.create_task(serve(settings, stop=stop, opened=opened.set_result))
    where: Opened = await opened
    try:
        yield str(where.playground)
    finally:
        stop.set()
        await process


async def photograph(browser: Browser, url: str, scheme: Scheme) -> None:
    """One card of each conversation, alone."""
    page = await browser.new_page(
        viewport={"width": PHONE["width"], "height": PHONE["height"]},
        device_scale_factor=1.25,
        color_scheme=scheme,
        locale="en-GB",
        timezone_id="Europe/Zurich",
        reduced_motion="reduce",
    )
    await page.goto(url)
    cio = page.locator(".pane").nth(0)
    for name, command in SHOWN.items():
        await say(cio, f"/touchpoint {command}")
        await picture(cio, name, scheme)
    await open_tab(cio, EVERYBODY)
    await picture(cio, "hygiene", scheme)
    await page.close()


async def picture(chair: Locator, name: str, scheme: Scheme) -> None:
    """The last card that stands there."""
    CONVERSATIONS.mkdir(exist_ok=True)
    await chair.page.mouse.move(0, 0)
    await chair.locator(".message.bot .card").last.screenshot(path=CONVERSATIONS / f"{name}-{scheme}.png")


def chromium() -> str:
    """The machine's own."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))


async def every_card_and_form() -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu", "--lang=en-GB"]
        )
        await take_gallery(browser)
        await browser.close()


async def everything() -> None:
    await in_the_showroom()
    await on_a_phone()
    await every_card_and_form()


if __name__ == "__main__":
    asyncio.run(take_pictures(sys.argv[1]) if len(sys.argv) > 1 else everything())
