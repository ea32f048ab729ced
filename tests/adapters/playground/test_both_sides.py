"""A whole cycle in a real browser, Slack's rendering and Teams' open side by side: both say and offer the same at each step,
and what is pressed in one changes the other.
"""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, TimeoutError, expect

from adapters.settings import Settings
from bot.cards import Button, Card, card
from bot.requests import ButtonPressed
from docs.take_pictures import CHAT, HOME, choose_weekday, served
from tests.adapters.playground.conftest import Play
from tests.adapters.playground.eyes import FAULTS, LABELS, SEEN
from tests.adapters.playground.showroom import CIO, DECISION, EVERY_BLOCK

if TYPE_CHECKING:
    from tests.adapters.playground.conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(loop_scope="session")
async def url(tmp_path: Path) -> AsyncIterator[str]:
    """The playground of a whole process in this one, on a new database."""
    settings = Settings(database_url=f"sqlite:///{tmp_path}/both.db", port=0, playground_port=0)
    async with served(settings) as address:
        yield address


async def alike(page: Page) -> None:
    """Everything in sight says and offers the same on both sides, and nothing is wrong with it."""
    seen: list[Any] = await page.evaluate(SEEN)
    for slack, teams in seen:
        assert slack["words"] == teams["words"]
        assert slack["presses"] == teams["presses"]
    assert await page.evaluate(FAULTS) == []
    assert seen


def newest(page: Page, side: str, title: str | re.Pattern[str]) -> Locator:
    """The newest card of that title, as that side draws it."""
    return page.locator(f".pane:visible .message.bot .side.{side}").filter(has_text=title).last


async def sit(page: Page, chair: int, tab: str) -> None:
    await page.locator("#seats button").nth(chair).click()
    await page.locator(".pane:visible").get_by_role("tab", name=tab).click()


async def say(page: Page, text: str) -> None:
    line = page.locator(".pane:visible").get_by_role("combobox")
    await line.fill(text)
    await line.press("Enter")
    await expect(line).to_have_value("")


async def jump_until(page: Page, title: str | re.Pattern[str]) -> None:
    """From prompt to prompt, until that stands there on both sides."""
    for _ in range(6):
        await page.locator("#jump").click()
        try:
            await newest(page, "teams", title).wait_for(timeout=2_500)  # What is due is sent after the clock has moved.
        except TimeoutError:
            continue
        break
    for side in ("slack", "teams"):
        await expect(newest(page, side, title)).to_be_visible()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (375, "dark")], ids=["desk", "phone"])
async def test_a_whole_cycle_on_both_sides(url: str, browser_page: "OpenPage", width: int, scheme: str) -> None:
    page = await browser_page(
        f"{url}/#both", viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
    )
    await set_up(page)
    await alike(page)

    await sit(page, 0, CHAT)
    await jump_until(page, "What should we talk about?")
    await alike(page)
    await say(page, "investment: Budget for the second SOC shift")
    await expect(newest(page, "slack", "Noted")).to_contain_text("Budget for the second SOC shift")
    await alike(page)

    await sit(page, 1, HOME)
    await jump_until(page, "Time for your sync")
    await newest(page, "teams", "Time for your sync").get_by_role("button", name="Start").click()
    live = newest(page, "slack", re.compile("Sync in progress"))
    await expect(live).to_contain_text("Budget for the second SOC shift")
    await alike(page)

    await decide(page)
    await newest(page, "slack", "Everything is settled").get_by_role("button", name="Close").click()
    for side in ("slack", "teams"):
        await expect(newest(page, side, "Minutes of")).to_contain_text("agreed by both")
    await alike(page)


async def set_up(page: Page) -> None:
    """The form stands there twice; Teams' is filled in, and first left incomplete."""
    await page.get_by_role("button", name="Set up a touchpoint").click()
    slack, teams = page.locator("form.sl-modal"), page.locator("form.tm-dialog")
    await expect(slack).to_be_visible()
    await expect(teams).to_be_visible()
    assert await page.evaluate(FAULTS) == []
    assert await slack.evaluate(LABELS) == await teams.evaluate(LABELS)
    await teams.get_by_label("CIO").first.select_option(label="Sam Okafor")
    await teams.get_by_role("button").last.click()
    await expect(teams.get_by_text("CISO is needed")).to_be_visible()
    await teams.get_by_label("CISO").first.select_option(label="Dana Reyes")
    await choose_weekday(teams.get_by_role("group", name="On"))
    await teams.get_by_role("button").last.click()
    await expect(teams).to_be_hidden()
    await newest(page, "slack", "The next three").get_by_role("button", name="Save").click()
    await expect(newest(page, "teams", "This touchpoint is set up")).to_be_visible()


async def decide(page: Page) -> None:
    """Recorded on Teams by one, signed on Slack by the other: each time the other side follows."""
    await newest(page, "teams", re.compile("Sync in progress")).get_by_role("button", name="Record decision").click()
    await page.locator("form.sl-modal").get_by_label("Why").fill("At night nobody looks.")
    await page.locator("form.sl-modal").get_by_role("button").last.click()
    await expect(page.locator("form.sl-modal")).to_be_hidden()
    await sit(page, 0, CHAT)
    await alike(page)
    await newest(page, "slack", "Your key is asked for").get_by_role("button", name="Turn my key").click()
    await expect(newest(page, "teams", "D-1 ")).to_contain_text("agreed by both")
    await alike(page)
    await sit(page, 0, HOME)


# ── what opens ──────────────────────────────────────────────────────────────────────────────────────────────────────────


async def both(staged: Play, browser_page: "OpenPage", shown: Card, look: str = "both") -> Page:
    """One card in the showroom."""
    await staged.adapter.edge.post(conversation=staged.adapter.room.home, card=shown, delivery="d")
    page = await browser_page(f"{staged.url}/#{look}", reduced_motion="reduce")
    await expect(page.locator(".pane:visible .side").first).to_be_visible()
    return page


@pytest.mark.parametrize("side", ["slack", "teams"])
async def test_what_is_final_is_asked_before_it_counts(staged: Play, browser_page: "OpenPage", side: str) -> None:
    page = await both(staged, browser_page, DECISION)
    drawn = newest(page, side, DECISION.title)
    await drawn.get_by_role("button", name="Agree", exact=True).first.click()
    assert staged.core.asked == []
    asking = page.locator("dialog[open]") if side == "slack" else drawn.locator(".tm-unfolded:visible")
    await expect(asking).to_be_visible()
    assert await page.evaluate(FAULTS) == []
    await asking.get_by_role("button").last.click()
    await expect(newest(page, "teams" if side == "slack" else "slack", "D-12 is agreed")).to_be_visible()
    (pressed,) = staged.core.asked
    assert isinstance(pressed, ButtonPressed)
    assert (pressed.actor.account, pressed.value) == (CIO, "D-12")


@pytest.mark.parametrize("side", ["slack", "teams"])
async def test_what_is_rare_stands_behind_the_menu(staged: Play, browser_page: "OpenPage", side: str) -> None:
    rare = [Button(action=f"act.{name}", label=name, value="7", rare=True) for name in ("History", "Withdraw")]
    page = await both(staged, browser_page, card("R-7", buttons=rare))
    drawn = newest(page, side, "R-7")
    await expect(drawn.get_by_role("button", name="History")).to_be_hidden()
    await drawn.get_by_role("button", name=re.compile("More")).click()
    await drawn.get_by_role("button", name="History").click()
    await expect(drawn.get_by_role("button", name="History")).to_be_hidden()
    (pressed,) = staged.core.asked
    assert isinstance(pressed, ButtonPressed)
    assert (pressed.action, pressed.value) == ("act.History", "7")


@pytest.mark.parametrize("side", ["slack", "teams"])
async def test_a_form_comes_back_with_what_was_typed_and_is_not_left_by_chance(
    staged: Play, browser_page: "OpenPage", side: str
) -> None:
    page = await both(staged, browser_page, DECISION)
    await say(page, "/touchpoint risk add")
    form = page.locator(f"form[data-by={side}]")
    other = page.locator(f"form:not([data-by={side}])[data-by]")
    await form.get_by_label("What could happen?").fill("VPN")
    await form.get_by_label("Why it matters").fill("Line one\nline two")
    await form.get_by_label("Review on").fill("2031-03-31")
    await form.locator("[type=submit]").click()
    for drawn in (form, other):
        await expect(drawn.get_by_text("Say it in a few words")).to_be_visible()
        await expect(drawn.get_by_label("Why it matters")).to_have_value("Line one\nline two")
    assert await page.evaluate(FAULTS) == []
    await page.keyboard.press("Escape")
    await page.get_by_role("dialog", name="Close this form?").get_by_role("button", name="Close it").click()
    await expect(form).to_be_hidden()


@pytest.mark.parametrize("look", ["slack", "teams"])
async def test_one_rendering_alone_leaves_both_chairs_in_sight(
    staged: Play, browser_page: "OpenPage", look: str
) -> None:
    page = await both(staged, browser_page, EVERY_BLOCK, look)
    await expect(page.locator(f".pane:visible .side.{look}")).to_have_count(2)
    await expect(page.locator(f".side:not(.{look})")).to_have_count(0)
    assert await page.evaluate(FAULTS) == []
    await page.get_by_role("link", name="Cards").click()
    await expect(page.locator(".pane:visible .card")).to_have_count(2)
    await expect(page.locator(".side")).to_have_count(0)
