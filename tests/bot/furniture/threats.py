"""Threats: a watch list, a brief and what is done about its lines."""

from datetime import timedelta

from agenda.catalog import Catalog, Exploited, Headline, Score, Scores
from agenda.conversations import Conversation
from bot import threats as rules
from storage import rows, threats, touchpoints
from storage.threats import Feed
from storage.unit_of_work import unit_of_work
from tests.bot import crowd as crowds
from tests.bot.room import Chair, Room

COMMANDS: tuple[str, ...] = ("threats", "threats all", "threats aside", "threats settings", "watch", "watch add")
DAY = timedelta(days=1)
NAME = "heron"  # The house's secret: what is watched, and why it is set aside.


def published(room: Room, product: str, count: int, *, name: str = "", text: str = "It lets in.") -> Catalog:
    """So many entries about that product, one of them as long as CISA's longest are allowed to be."""
    today = room.now.date()
    entries = tuple(
        Exploited(
            cve=f"CVE-2031-{10_000 + number}",
            vendor="Acme",
            product=product,
            name=name or f"Acme {product} Command Injection Vulnerability",
            about=text,
            action=text,
            added=today - number * DAY,
            due=today + (14 - number) * DAY,
            ransomware=number % 3 == 0,
            link=f"https://nvd.nist.gov/vuln/detail/CVE-2031-{10_000 + number}",
        )
        for number in range(count)
    )
    return Catalog(version="1", entries=entries)


def read(room: Room, catalog: Catalog, headlines: list[Headline], because: str = "x") -> None:
    """The scheduler has read all three sources; one of them fails since."""
    with unit_of_work(room.engine, organization_id=1, now=room.now) as record:
        assert any(one.talks_about(Conversation.THREATS) for one in touchpoints.every(record))
        assert rules.take(record, catalog, 0)
        scores = {entry.cve: Score(chance=0.9, rank=0.99) for entry in catalog.entries}
        rules.take(record, Scores(by_cve=scores), 0)
        rules.take(record, tuple(headlines), threats.of_files(record).key)
        feed = Feed(organization_id=1, kind="news", address="https://news.example/rss", next_at=record.now)
        rules.failed(record, rows.add(record, feed).key, because, next_at=record.now + DAY, at_once=True)


def furnish(house: Room, sam: Chair, dana: Chair) -> None:
    """Every button and form of it is shown to them."""
    sam.types("watch add")
    for number in range(10):
        sam.types(f"watch add Acme {NAME} {number + 10}b")
    read(house, published(house, f"{NAME} 10b", 12), [Headline(key="1", title=f"Acme {NAME} is attacked")])
    sam.types("watch")
    sam.presses("Next page")
    sam.types("threats")
    for button in ("Raise risk", "Assign", "Not us"):
        sam.types("threats")
        sam.presses(button)
        sam.form = None
    dana.types("threats")
    dana.presses("Not us")
    dana.fills(because=f"The {NAME} is gone.")
    sam.types("threats")
    sam.presses("Show all")
    sam.presses("Next page")
    house.settle()


def fill(crowd: Room, sam: Chair, dana: Chair) -> None:
    """As long, as many and as odd as people can make it."""
    product = crowds.odd(110, start="7 ").replace(";", ",")
    for number in range(30):
        name, area = (crowds.odd(length, start=f"{number} ").replace(";", ",") for length in (110, 80))
        sam.types("watch add")
        sam.fills(products=f"Acme; {name}; {area}")
        assert not sam.errors, sam.errors
    text = crowds.odd(4000)
    headline = Headline(key="1", title=f"Acme {product}"[:200], link=f"https://news.example/{'x' * 470}")
    read(crowd, published(crowd, product, 40, name=crowds.odd(300), text=text), [headline], because=crowds.odd(200))
    for number in range(3):
        sam.types("threats")
        sam.presses("Not us")
        sam.fills(because=crowds.odd(300, start=f"{number} "))
    for button in ("Raise risk", "Assign"):
        sam.types("threats")
        sam.presses(button)
        sam.fills()
    crowd.settle()
