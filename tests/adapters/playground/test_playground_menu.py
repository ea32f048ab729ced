"""What is rare behind its “…”, text to be copied as it stands, and a chart on a phone: in a real browser and from the stage."""

import re
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from adapters.playground.room import HOME
from bot.cards import Button, Chart, Item, ItemList, Table, Verbatim, card
from bot.requests import ButtonPressed, MessagePosted, MessageTaken
from tests.adapters.playground.conftest import Play
from tests.adapters.playground.showroom import AGENDA, CISO, MATRIX, ShowCore
from tests.contract.play_stage import play_stage

if TYPE_CHECKING:
    from tests.adapters.playground.conftest import OpenPage

MARKUP = "<b>*a*</b>\n  [two](javascript:alert(1))   columns\n\n&amp; the last line\n"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


def rare(number: int, **how: object) -> Button:
    return Button(action=f"rare.{number}", label=f"Rare {number}", value=str(number), rare=True, **how)  # type: ignore[arg-type]


@pytest.mark.browser
@pytest.mark.asyncio(loop_scope="session")
async def test_by_keyboard_into_the_menu_and_out_again(staged: Play, browser_page: "OpenPage") -> None:
    page = await browser_page(staged.url)
    sam = page.locator(".pane").nth(0)
    shown = card("T", buttons=[Button(action="usual", label="Usual"), rare(1), rare(2)])
    await staged.adapter.edge.post(conversation=HOME, card=shown, delivery="t")
    more, first = sam.get_by_role("button", name="More"), sam.get_by_role("button", name="Rare 1")
    await expect(sam.get_by_role("button", name="Usual")).to_be_visible()
    await expect(first).to_be_hidden()
    await more.focus()
    await page.keyboard.press("Enter")
    await expect(first).to_be_visible()
    await expect(sam.get_by_role("button", name="More", expanded=True)).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(first).to_be_hidden()
    await expect(more).to_be_focused()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await expect(first).to_be_focused()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(sam.get_by_text("rare.2 2")).to_be_visible()
    await expect(first).to_be_hidden()


@pytest.mark.browser
@pytest.mark.asyncio(loop_scope="session")
async def test_rare_buttons_ask_first_and_open_forms(staged: Play, browser_page: "OpenPage") -> None:
    page = await browser_page(staged.url)
    sam = page.locator(".pane").nth(0)
    await staged.adapter.edge.post(conversation=HOME, card=AGENDA, delivery="a")
    await sam.get_by_role("button", name="More", exact=True).click()
    await sam.get_by_role("button", name="Skip it").click()
    await page.get_by_role("dialog").get_by_role("button", name="Not now").click()
    assert staged.core.asked == []
    await sam.get_by_role("button", name="More: VPN gateways reach end of support in March").click()
    await sam.get_by_role("button", name="Change the wording").click()
    await expect(page.get_by_role("dialog", name="Raise a risk")).to_be_visible()


@pytest.mark.browser
@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("count", [1, 2, 12])
async def test_the_menu_stays_on_the_phones_screen(staged: Play, browser_page: "OpenPage", count: int) -> None:
    page = await browser_page(staged.url, **PHONE)
    sam = page.locator(".pane").nth(0)
    lines = tuple(Item(title=f"Line {n}", buttons=tuple(map(rare, range(count)))) for n in range(12))
    await staged.adapter.edge.post(conversation=HOME, card=card("T", ItemList(lines)), delivery="t")
    for line in (0, 11):
        await sam.get_by_role("button", name=f"More: Line {line}", exact=True).tap()
        menu = page.locator(".menu:popover-open")
        await expect(menu.get_by_role("button")).to_have_count(count)
        await expect(menu).to_be_in_viewport(ratio=1)
        await page.keyboard.press("Escape")
    assert await page.evaluate("document.documentElement.scrollWidth") == 390


@pytest.mark.browser
@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("text", [MARKUP, "0123456789" * 1_000])
async def test_verbatim_text_is_shown_and_copied_as_it_stands(
    staged: Play, browser_page: "OpenPage", text: str
) -> None:
    page = await browser_page(staged.url, **PHONE)
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sam = page.locator(".pane").nth(0)
    await staged.adapter.edge.post(conversation=HOME, card=card("T", Verbatim(text)), delivery="t")
    assert await sam.locator("pre").text_content() == text
    assert await sam.locator("pre *").count() == 0
    await sam.get_by_role("button", name="Copy").click()
    await expect(sam.get_by_text("Copied")).to_be_visible()
    assert await page.evaluate("navigator.clipboard.readText()") == text
    assert await page.evaluate("document.documentElement.scrollWidth") == 390


async def test_a_rare_button_is_pressed_from_the_stage_like_any_other() -> None:
    core = ShowCore()
    async with play_stage(core) as stage:
        sam = await stage.seat("Sam")
        await stage.edge.post(conversation=HOME, card=AGENDA, delivery="a")
        assert "Hand it to somebody" in sam.screen()[-1].buttons
        await sam.presses("Hand it to somebody")
        assert isinstance(core.asked[-1], ButtonPressed)
        assert (core.asked[-1].action, core.asked[-1].value) == ("hand", "1")
        await sam.presses("Move this sync")
        assert sam.form


async def test_files_stand_as_links_in_the_text() -> None:
    core = ShowCore()
    async with play_stage(core) as stage:
        sam = await stage.seat("Sam")
        await sam.says("The budget", files=(("budget.xlsx", "https://acme.test/budget.xlsx"),))
        assert isinstance(core.asked[-1], MessagePosted)
        assert (core.asked[-1].text, core.asked[-1].files) == ("The budget\nhttps://acme.test/budget.xlsx", ())


@pytest.mark.browser
@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("device", [{}, PHONE], ids=["desk", "phone"])
async def test_a_message_is_taken_into_the_record_from_its_own_menu(
    staged: Play, browser_page: "OpenPage", device: dict[str, object]
) -> None:
    page = await browser_page(staged.url, **device)
    sam = page.locator(".pane").nth(0)
    staged.adapter.room.put(conversation=HOME, author=CISO, text="The VPN contract runs out")
    message = sam.locator(".message", has_text="The VPN contract runs out")
    await message.hover()
    await message.get_by_role("button", name="More: The VPN").click()
    await sam.get_by_role("button", name="Record as decision").click()
    await expect(page.get_by_role("dialog").get_by_label("What could happen?")).to_be_visible()
    assert isinstance(staged.core.asked[-1], MessageTaken)


@pytest.mark.browser
@pytest.mark.asyncio(loop_scope="session")
async def test_a_heat_map_fits_a_phone_and_is_read_in_words(staged: Play, browser_page: "OpenPage") -> None:
    page = await browser_page(staged.url, viewport={"width": 375, "height": 812})
    await staged.adapter.edge.post(conversation=HOME, card=card("Risks", MATRIX), delivery="m")
    table = page.locator(".pane").nth(0).get_by_role("table", name="Open risks by likelihood and impact")
    await expect(table).to_be_visible()
    assert await table.evaluate("one => one.scrollWidth <= one.parentElement.clientWidth")
    top = table.get_by_role("row").nth(1)
    await expect(top.get_by_role("rowheader", name="very high")).to_be_visible()
    await expect(top.get_by_role("cell", name="2 (critical, above appetite)")).to_be_visible()


@pytest.mark.browser
@pytest.mark.asyncio(loop_scope="session")
async def test_the_names_below_a_chart_do_not_stand_on_each_other(staged: Play, browser_page: "OpenPage") -> None:
    page = await browser_page(staged.url, **PHONE)
    names = ("Syncs held", "Points from the CIO", "Points from the CISO", "Promises kept", "Security early")
    chart = Chart(title="In percent", kind="bar", categories=names, series=(("Now", (1, 2, 3, 4, 5)),))
    await staged.adapter.edge.post(conversation=HOME, card=card("T", chart), delivery="c")
    ticks = page.locator(".pane").nth(0).locator(".chart .tick")
    await expect(ticks).to_have_count(len(names))
    scale = "one => one.clientWidth / one.viewBox.baseVal.width"
    assert await page.locator(".pane").nth(0).locator(".chart svg").evaluate(scale) > 0.85, "letters too small to read"
    boxes = [box for tick in await ticks.all() if (box := await tick.bounding_box())]
    assert all(left["x"] + left["width"] < right["x"] for left, right in pairwise(boxes))
    said = [await tick.text_content() or "" for tick in await ticks.all()]
    assert [one.replace(" ", "") for one in said] == [name.replace(" ", "") for name in names]


@pytest.mark.browser
@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize(
    "names",
    [
        ("Dec", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov"),
        ("20k", "50k", "100k", "200k", "500k", "1m", "2m", "5m", "10m"),
    ],
)
async def test_along_a_line_on_a_phone_stand_as_many_names_as_there_is_room_for(
    staged: Play, browser_page: "OpenPage", names: tuple[str, ...]
) -> None:
    page = await browser_page(staged.url, **PHONE)
    chart = Chart(title="By month", kind="line", categories=names, series=(("A month", tuple(range(len(names)))),))
    await staged.adapter.edge.post(conversation=HOME, card=card("T", chart), delivery="c")
    ticks = page.locator(".pane").nth(0).locator(".chart .tick")
    await expect(ticks).to_have_count(len(names))
    said = [await tick.text_content() or "" for tick in await ticks.all()]
    assert said[-1] == names[-1]
    assert len(list(filter(None, said))) >= len(names) // 2
    boxes = [box for tick in await ticks.filter(has_text=re.compile(".")).all() if (box := await tick.bounding_box())]
    assert all(left["x"] + left["width"] < right["x"] for left, right in pairwise(boxes))


@pytest.mark.browser
@pytest.mark.asyncio(loop_scope="session")
async def test_a_short_cell_stays_on_one_line_on_a_phone(staged: Play, browser_page: "OpenPage") -> None:
    page = await browser_page(staged.url, **PHONE)
    rows = (("Points from the CISO", "5.5 days", "200 days", "↑ better"), ("Syncs", "2 days", "9 days", "= same"))
    table = Table(columns=("", "Now", "Before", "Change"), rows=rows)
    await staged.adapter.edge.post(conversation=HOME, card=card("T", table), delivery="t")
    shown = page.locator(".pane").nth(0)
    lines = "one => { const all = new Range(); all.selectNodeContents(one); return all.getClientRects().length; }"
    for name in ("5.5 days", "200 days", "↑ better"):
        assert await shown.get_by_role("cell", name=name).evaluate(lines) == 1
    assert await shown.locator(".table").evaluate("one => one.scrollWidth <= one.clientWidth")
    heads = [await one.bounding_box() for one in await shown.locator(".table th").all()]
    below = [await one.bounding_box() for one in await shown.locator(".table tr").nth(1).locator("td").all()]
    assert [one and one["x"] for one in heads] == [one and one["x"] for one in below], "each head over its column"
