"""The page in a real browser: what a newcomer does in the first minutes, by keyboard and by tap."""

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import Locator, Page, expect

from adapters.playground.room import HOME
from bot.cards import Button, ItemList, LinkButton, Paragraph, card
from bot.cards import Item as ListItem
from bot.requests import ButtonPressed, CommandTyped, FormSubmitted, MessagePosted
from tests.adapters.playground.conftest import Play
from tests.adapters.playground.showroom import AGENDA, CIO, CISO, DECISION

if TYPE_CHECKING:
    from tests.adapters.playground.conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_the_first_minute(staged: Play, browser_page: "OpenPage") -> None:
    page = await browser_page(staged.url)
    sam, dana = chairs(page)
    await sam.get_by_role("button", name="Set up a touchpoint").click()
    form = page.get_by_role("dialog", name="Set up a touchpoint")
    await expect(form.get_by_label("CIO")).to_have_value(CIO)
    await expect(form.get_by_label("CISO")).to_have_value(CISO)
    await form.get_by_label("Every … weeks").fill("0")
    await form.get_by_role("button", name="Next", exact=True).click()
    await expect(form.get_by_text("At least every week: 1 or more.")).to_be_visible()
    await expect(form.get_by_label("Every … weeks")).to_have_value("0")
    await expect(form.get_by_label("Every … weeks")).to_be_focused()
    await form.get_by_label("Every … weeks").fill("2")
    await form.get_by_role("button", name="Next", exact=True).click()
    await expect(form).to_be_hidden()
    await expect(sam.get_by_text("Tue 29 December, 09:30")).to_be_visible()
    await expect(dana.get_by_text("Tue 29 December, 09:30")).to_have_count(0)
    await sam.get_by_role("button", name="Save").click()
    for chair in (sam, dana):
        await expect(chair.get_by_text("Every other Tuesday at 09:30")).to_be_visible()
    before = await page.locator("#now").text_content()
    await page.get_by_role("button", name="Jump to the next prompt").first.click()
    await expect(dana.get_by_role("tab", name="Touchpoint").get_by_label("1 unread")).to_be_visible()
    assert await page.locator("#now").text_content() != before
    assert (await page.title()).startswith("(2)")
    await dana.get_by_role("button", name="Read the new message").click()
    await expect(dana.get_by_label("1 unread")).to_have_count(0)
    await say(dana, "Phishing drill")
    await expect(dana.get_by_text("“Phishing drill”")).to_be_visible()
    await expect(sam.get_by_text("Phishing drill")).to_have_count(0)


async def test_a_command_by_keyboard_with_a_suggestion(staged: Play, browser_page: "OpenPage") -> None:
    sam, dana = chairs(await browser_page(staged.url))
    line = sam.get_by_role("combobox")
    await line.fill("/")
    await expect(sam.get_by_role("option")).to_have_count(8)
    await line.press_sequentially("touchpoint decision f")
    await expect(sam.get_by_role("option")).to_have_count(1)
    await line.press("Tab")
    await expect(line).to_have_value("/touchpoint decision find ")
    await line.press_sequentially("vpn")
    await line.press("Enter")
    await expect(sam.get_by_text("Only visible to you")).to_be_visible()
    assert isinstance(staged.core.asked[0], CommandTyped)
    assert staged.core.asked[0].text == "decision find vpn"
    await expect(line).to_have_value("")
    await expect(dana.locator(".message")).to_have_count(0)


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        ("agenda", "agenda"),
        ("agenda add SOC budget", "agenda add SOC budget"),
        ("touchpoint help", "help"),
        ("/agneda", "agneda"),
        ("risk appetite is too low", None),
        ("agenda is too full", None),
    ],
)
async def test_what_is_a_command_and_what_is_said(
    staged: Play, browser_page: "OpenPage", typed: str, command: str | None
) -> None:
    sam, _ = chairs(await browser_page(staged.url))
    await sam.get_by_role("tab", name="Touchpoint").click()
    await say(sam, typed)
    await expect(sam.locator(".card")).to_have_count(1)
    (asked,) = staged.core.asked
    assert isinstance(asked, CommandTyped if command else MessagePosted)
    assert asked.text == (command or typed)


async def test_a_button_asks_before_what_is_final(staged: Play, browser_page: "OpenPage") -> None:
    page = await browser_page(staged.url)
    sam, dana = chairs(page)
    await staged.adapter.edge.post(conversation=HOME, card=DECISION, delivery="d")
    await sam.get_by_role("button", name="Agree").click()
    await page.get_by_role("dialog").get_by_role("button", name="Not now").click()
    assert staged.core.asked == []
    await sam.get_by_role("button", name="Agree").click()
    await page.get_by_role("dialog").get_by_role("button", name="Agree").click()
    await expect(dana.get_by_text("D-12 is agreed")).to_be_visible()
    (pressed,) = staged.core.asked
    assert isinstance(pressed, ButtonPressed)
    assert (pressed.actor.account, pressed.value) == (CIO, "D-12")


async def test_a_form_keeps_what_was_typed_until_it_is_let_go(staged: Play, browser_page: "OpenPage") -> None:
    page = await browser_page(staged.url)
    sam, _ = chairs(page)
    await say(sam, "/touchpoint risk add")
    form = page.get_by_role("dialog", name="Raise a risk")
    await form.get_by_label("What could happen?").fill("VPN")
    await form.get_by_label("Why it matters").fill("Line one\nline two")
    await form.get_by_label("Certain").check()
    await form.get_by_role("button", name="Raise it").click()
    await expect(form.get_by_text("This one is needed.")).to_be_visible()
    await form.get_by_label("Review on").fill("2031-03-31")
    await form.get_by_role("button", name="Raise it").click()
    await expect(form.get_by_text("Say it in a few words")).to_be_visible()
    await expect(form.get_by_label("Why it matters")).to_have_value("Line one\nline two")
    await page.keyboard.press("Escape")
    await expect(page.get_by_text("What you typed is not saved yet")).to_be_visible()
    await page.get_by_role("button", name="Not now").click()
    await form.get_by_label("What could happen?").fill("VPN gateways reach end of support")
    await form.get_by_text("Tell the other principal now").click()
    await form.get_by_role("button", name="Raise it").click()
    await expect(sam.get_by_text("R-8 VPN gateways")).to_be_visible()
    submitted = staged.core.asked[-1]
    assert isinstance(submitted, FormSubmitted)
    assert submitted.values == {
        "title": "VPN gateways reach end of support",
        "detail": "Line one\nline two",
        "likelihood": "4",
        "cost": "",
        "owner": "play:local/robin",
        "review": "2031-03-31",
        "notify": "",
    }


async def test_a_reply_is_edited_and_deleted(staged: Play, browser_page: "OpenPage") -> None:
    page = await browser_page(staged.url)
    sam, dana = chairs(page)
    await staged.adapter.edge.post(conversation=HOME, card=AGENDA, delivery="a")
    await sam.get_by_role("button", name="Reply").click()
    await expect(sam.get_by_text("Reply to Agenda for Tuesday")).to_be_visible()
    await say(sam, "Bugdet first")
    message = dana.locator(".message", has_text="Bugdet first")
    await expect(message.get_by_text("Agenda for Tuesday")).to_be_visible()
    await sam.get_by_role("button", name="Edit").click()
    await sam.get_by_label("Edit your message").fill("Budget first")
    await sam.get_by_label("Edit your message").press("Enter")
    await expect(dana.get_by_text("Budget first", exact=True)).to_be_visible()
    await expect(sam.get_by_text("edited")).to_be_visible()
    await sam.get_by_role("button", name="Delete").click()
    await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await expect(dana.get_by_text("Budget first", exact=True)).to_have_count(0)
    posted = [asked for asked in staged.core.asked if isinstance(asked, MessagePosted)]
    assert [(one.edited, one.deleted) for one in posted] == [(False, False), (True, False), (False, True)]


async def test_what_could_not_be_sent_stays_in_the_line(staged: Play, browser_page: "OpenPage") -> None:
    page = await browser_page(staged.url)
    sam, _ = chairs(page)
    await sam.get_by_role("tab", name="Touchpoint").click()
    staged.core.failing = True
    await say(sam, "Budget for the SOC")
    await expect(page.get_by_text("Incident")).to_be_visible()
    await expect(sam.get_by_role("combobox")).to_have_value("Budget for the SOC")
    staged.core.failing = False
    await sam.get_by_role("combobox").press("Enter")
    await expect(sam.get_by_text("Noted for Tuesday")).to_be_visible()
    await expect(sam.locator(".own")).to_have_count(1)


async def test_a_draft_waits_where_it_was_begun(staged: Play, browser_page: "OpenPage") -> None:
    sam, _ = chairs(await browser_page(staged.url))
    await sam.get_by_role("combobox").fill("Half a thought")
    await sam.get_by_role("tab", name="Touchpoint").click()
    await expect(sam.get_by_role("combobox")).to_have_value("")
    await sam.get_by_role("tab", name="#security-sync").click()
    await expect(sam.get_by_role("combobox")).to_have_value("Half a thought")


async def test_a_reader_at_the_end_stays_there_and_one_further_up_is_left_alone(
    staged: Play, browser_page: "OpenPage"
) -> None:
    sam, _ = chairs(await browser_page(staged.url))
    first = await staged.adapter.edge.post(conversation=HOME, card=card("First"), delivery="1")
    for number in range(8):
        await staged.adapter.edge.post(conversation=HOME, card=DECISION, delivery=f"more-{number}")
    await staged.adapter.edge.update(message=first, card=AGENDA)
    await expect(sam.get_by_text(AGENDA.title)).to_be_attached()
    log = sam.get_by_role("log")
    await expect(log.locator(".message").last).to_be_in_viewport(ratio=1)
    await log.hover()
    await log.page.mouse.wheel(0, -600)
    await expect(log.locator(".message").last).not_to_be_in_viewport(ratio=1)
    await staged.adapter.edge.post(conversation=HOME, card=card("Last"), delivery="last")
    await expect(sam.get_by_text("Last", exact=True)).not_to_be_in_viewport()
    await sam.get_by_role("button", name="New messages").click()
    await expect(sam.get_by_text("Last", exact=True)).to_be_in_viewport()
    await expect(sam.get_by_label("1 unread")).to_have_count(0)


async def test_markup_and_script_addresses_stay_text(staged: Play, browser_page: "OpenPage") -> None:
    page = await browser_page(staged.url)
    sam, _ = chairs(page)
    markup = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    items = ItemList((ListItem(title=markup, detail=markup, link="javascript:alert(3)"),), heading=markup)
    buttons = (LinkButton(label="Bad", url="javascript:alert(4)"), Button(action="a", label=markup))
    alerts: list[str] = []
    page.on("dialog", lambda dialog: alerts.append(dialog.message))
    await staged.adapter.edge.post(
        conversation=HOME, card=card(markup, Paragraph(markup), items, buttons=buttons), delivery="x"
    )
    await say(sam, markup)
    await expect(sam.get_by_text(markup, exact=True)).to_have_count(
        7
    )  # title, heading, item, detail, paragraph, button, what Sam said
    assert await page.locator(".log img[src='x'], .log script, .log a").count() == 0
    assert alerts == []


async def test_every_chart_has_its_numbers_as_text(staged: Play, browser_page: "OpenPage") -> None:
    sam, _ = chairs(await browser_page(staged.url))
    await say(sam, "/touchpoint showroom")
    await expect(sam.get_by_role("figure")).to_have_count(3)
    line, bar, pie = await sam.get_by_role("figure").all()
    assert await line.locator("path.stroke").count() == 2
    assert await bar.locator("rect.fill").count() == 8
    assert await pie.locator("circle.arc").count() == 4
    await bar.get_by_text("The numbers").click()
    await expect(bar.get_by_role("row", name="Hygiene 3 4")).to_be_visible()
    assert "Above appetite 4, 4, 3, 3, 2, 2" in str(await line.get_by_role("img").get_attribute("aria-label"))


async def test_dark_where_the_system_is_dark(staged: Play, browser_page: "OpenPage") -> None:
    grounds = {}
    for scheme in ("light", "dark"):
        page = await browser_page(staged.url, color_scheme=scheme)
        colour = await page.evaluate("getComputedStyle(document.querySelector('.pane')).backgroundColor")
        grounds[scheme] = sum(map(int, colour.removeprefix("rgb(").removesuffix(")").split(", ")))
    assert grounds["light"] > 700
    assert grounds["dark"] < 120


async def test_on_a_phone_one_chair_at_a_time(staged: Play, browser_page: "OpenPage") -> None:
    page = await browser_page(staged.url, viewport={"width": 390, "height": 844}, has_touch=True)
    sam, dana = chairs(page)
    await expect(sam).to_be_visible()
    await expect(dana).to_be_hidden()
    await staged.adapter.edge.post(conversation=HOME, card=AGENDA, delivery="a")
    seat = page.get_by_role("tab", name="Dana")
    await expect(seat.get_by_label("1 unread")).to_be_visible()
    await seat.click()
    await expect(dana.get_by_text("Agenda for Tuesday")).to_be_visible()
    await expect(sam).to_be_hidden()
    await expect(seat.get_by_label("1 unread")).to_have_count(0)
    assert await page.evaluate("document.documentElement.scrollWidth") == 390


async def test_a_page_that_was_away_catches_up(staged: Play, browser_page: "OpenPage") -> None:
    page = await browser_page(staged.url)
    sam, _ = chairs(page)
    for queue in list(staged.adapter.room._listeners):
        queue.put_nowait(None)
    await staged.adapter.edge.post(conversation=CIO, card=AGENDA, delivery="a")
    page.set_default_timeout(10_000)
    await sam.get_by_label("1 unread").wait_for()


def chairs(page: Page) -> tuple[Locator, Locator]:
    return page.locator(".pane").nth(0), page.locator(".pane").nth(1)


async def say(chair: Locator, text: str) -> None:
    line = chair.get_by_role("combobox", name="Message")
    await line.fill(text)
    await line.press("Enter")
