"""Takes the pictures of the gallery: every card and every form as Slack and as Teams draw it, by day and by night, on a phone
and on a desk; and writes the page that shows them.

What is photographed is drawn by the playground's mirror from what each platform would be sent. A sheet holds one topic, and the
same cards give the same files.
"""

import asyncio
import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal, TypeAlias

from playwright.async_api import Browser, Route

from adapters.playground.app import PAGE
from adapters.playground.mirror.nodes import Node, markup
from adapters.playground.mirror.sides import SLACK, TEAMS, Mirror
from bot.cards import Card
from bot.commands import REGISTRY
from bot.forms import Form
from bot.requests import Where
from docs.album import Exhibit, exhibits
from docs.pictures import photographed
from tests.bot.room import HOME

GALLERY: Final = Path(__file__).parent / "gallery.md"
FOLDER: Final = Path(__file__).parent / "pictures" / "gallery"
SHEET: Final = Path(__file__).parent / "gallery.css"
Scheme: TypeAlias = Literal["light", "dark"]
SCHEMES: Final[tuple[Scheme, ...]] = ("light", "dark")
SIDES: Final = {SLACK: "Slack", TEAMS: "Teams"}
PHONE, DESK = 375, 1280
"""Points."""

HERE = Where(conversation=HOME, direct=False, title="#home", thread=None)
NAMES = {f"slack:T1/{name}": name for name in ("Sam", "Dana", "Kim", "Mia", "Vic", "Robin", "Lee", "Pia")}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One picture: the exhibits of a topic, on a phone both sides beside each other, on a desk one of them."""

    topic: str
    sides: tuple[str, ...]
    width: int

    @property
    def called(self) -> str:
        return f"{self.topic}-phone" if self.width == PHONE else f"{self.topic}-{self.sides[0]}"

    @property
    def points(self) -> int:
        return DESK if self.width == DESK else len(self.sides) * (PHONE + 16) + 16

    @property
    def scale(self) -> float:
        """Pixels a point: what is laid out for a desk is looked at in a page, which is narrower."""
        return 0.7 if self.width == DESK else 1

    def picture(self, scheme: str) -> Path:
        return FOLDER / f"{self.called}-{scheme}.png"


def sheets(topic: str) -> list[Sheet]:
    return [Sheet(topic, tuple(SIDES), PHONE), *(Sheet(topic, (side,), DESK) for side in SIDES)]


async def take_gallery(browser: Browser) -> None:
    """All of it, in place of what was there."""
    shown = exhibits()
    drawn = [(one, drawn_by(Mirror(HOME, lambda: NAMES), one)) for one in shown]
    for old in FOLDER.glob("*.png"):
        old.unlink()
    FOLDER.mkdir(parents=True, exist_ok=True)
    for scheme in SCHEMES:
        for topic in topics_of(shown):
            of_topic = [(one, sides) for one, sides in drawn if one.topic == topic]
            await asyncio.gather(*(take(browser, sheet, scheme, of_topic) for sheet in sheets(topic)))
    GALLERY.write_text(page_about(shown), encoding="utf-8")


def topics_of(shown: Sequence[Exhibit]) -> list[str]:
    return list(dict.fromkeys(one.topic for one in shown))


def drawn_by(mirror: Mirror, exhibit: Exhibit) -> dict[str, Node]:
    if isinstance(exhibit.what, Card):
        return mirror.message(exhibit.what)
    form = replace(exhibit.what, context={})
    return mirror.form(form, HERE, dict(exhibit.values) or None, dict(exhibit.errors))


async def take(
    browser: Browser, sheet: Sheet, scheme: Scheme, drawn: Sequence[tuple[Exhibit, dict[str, Node]]]
) -> None:
    page = await browser.new_page(
        viewport={"width": sheet.points, "height": 800},
        device_scale_factor=sheet.scale,
        color_scheme=scheme,
        reduced_motion="reduce",
        locale="en-GB",
    )
    await page.route("**/*", _from_the_page)
    await page.goto("http://gallery.test/")
    await page.set_content(sheet_of(sheet, drawn))
    await page.evaluate("document.fonts.ready")
    sheet.picture(scheme).write_bytes(await photographed(page))
    await page.close()


async def _from_the_page(route: Route) -> None:
    """The playground's own files, and nothing else."""
    path = PAGE / route.request.url.rpartition("/")[2]
    if path.is_file():
        await route.fulfill(path=path)
    else:
        await route.fulfill(body="<!doctype html>", content_type="text/html")


def sheet_of(sheet: Sheet, drawn: Sequence[tuple[Exhibit, dict[str, Node]]]) -> str:
    styles = "".join((PAGE / name).read_text() for name in ("room.css", "sides.css", "slack.css", "teams.css"))
    kind = "phone" if sheet.width == PHONE else "desk"
    exhibited = "".join(_exhibited(sheet, one, sides) for one, sides in drawn)
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><style>{styles}{SHEET.read_text()}</style>'
        f'<body class="sheet {kind}">{exhibited}</body></html>'
    )


def _exhibited(sheet: Sheet, one: Exhibit, sides: dict[str, Node]) -> str:
    kind = "unfolded card" if one.unfolded else "card" if isinstance(one.what, Card) else "form"
    named = f"<h2>{html.escape(one.what.title)}</h2><p>{html.escape(one.how)}</p>"
    above = {side: _sender(side) if isinstance(one.what, Card) else "" for side in sheet.sides}
    shown = "".join(
        f'<section class="side {side} {kind}">{above[side]}{markup(sides[side])}</section>' for side in sheet.sides
    )
    return f'<article><header>{named}</header><div class="screens">{shown}</div></article>'


def _sender(side: str) -> str:
    """Who speaks, as the platform says it above a message."""
    logo = f'<span class="{"sl" if side == SLACK else "tm"}-app"><img src="/page/mark.svg" alt="" width="24"></span>'
    app = '<span class="app">APP</span>' if side == SLACK else ""
    return f'<p class="sender">{logo}<b>Touchpoint</b>{app}<time>09:30</time></p>'


# ── the page ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def page_about(shown: Sequence[Exhibit]) -> str:
    return "\n".join(_lines(shown)) + "\n"


def _lines(shown: Sequence[Exhibit]) -> Iterator[str]:
    about = {topic.name: topic.summary for topic in REGISTRY.topics}
    cards = sum(isinstance(one.what, Card) and not one.unfolded for one in shown)
    forms = sum(isinstance(one.what, Form) for one in shown)
    yield "# Gallery: every card and every form\n"
    yield (
        f"{cards} cards and {forms} forms, as Slack and as Teams draw them, by day and by night, on a phone and "
        "on a desk.\nThey are drawn from exactly what each platform is sent: Block Kit and Adaptive Cards. "
        "`make pictures` takes them again.\n"
        "To press their buttons, choose *Slack*, *Teams* or *Both* at the top of the playground.\n"
    )
    yield "Topics: " + " · ".join(f"[{topic}](#{topic})" for topic in topics_of(shown)) + "\n"
    for topic in topics_of(shown):
        yield f"## {topic}\n\n{about[topic]}\n"
        yield from _pictures(topic)
        yield "<details><summary>What is shown, in order</summary>\n"
        yield from (f"- {one.what.title} ({one.how})" for one in shown if one.topic == topic)
        yield "\n</details>\n"


def _pictures(topic: str) -> Iterator[str]:
    phone, *desks = sheets(topic)
    yield "On a phone, Slack on the left and Teams on the right:\n"
    yield "| by day | by night |\n| --- | --- |"
    yield f"| {' | '.join(_picture(phone, scheme) for scheme in SCHEMES)} |\n"
    for desk in desks:
        yield f"<details><summary>On a desk, {SIDES[desk.sides[0]]}</summary>\n"
        yield from (f"{_picture(desk, scheme)}\n" for scheme in SCHEMES)
        yield "</details>\n"


def _picture(sheet: Sheet, scheme: str) -> str:
    where = sheet.picture(scheme).relative_to(GALLERY.parent)
    platform = " and ".join(SIDES[side] for side in sheet.sides)
    return f"![{sheet.topic.capitalize()} on {platform}, {scheme}]({where})"
