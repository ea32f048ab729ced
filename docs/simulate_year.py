"""Writes docs/a_year.md: `python -m docs.simulate_year`, or `make year`. A test holds the page and the program together.

The year itself is lived in `docs.the_year`; here it is only printed, for somebody who reads it and has never seen the program.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby, zip_longest
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select

from agenda.syncs import SkipReason
from bot.cards import Card, Facts, ItemList, Note, Paragraph
from docs.the_year import lived
from docs.year_stage import NEW_YORK, ZURICH, Year
from storage.syncs import Sync
from storage.unit_of_work import transaction
from tests.bot.diary import ALL, HOME_TITLE, TITLES, Act, Entry, Message, Writer

PAGE = Path(__file__).parent / "a_year.md"
WEEK = timedelta(days=7)
HASH = re.compile(r" · [0-9a-f]{8}…")
"""Of a head in the minutes; it is another one wherever the sums of an ask differ in the last of their sixteen digits."""

PLANNED = frozenset({"nudge", "agenda", "start", "unstarted"})  # These go out by the clock, whatever people do.

HEAD = """# A year of one touchpoint

A simulated year, played by `make year` through the same code that runs in production; only the clock was moved. Sam (CIO) works
in Zurich, Dana (CISO) in New York, and they meet every other Tuesday at 15:30 in Zurich, which is 09:30 in New York for most of
the year. Robin stands in for Sam in summer. A test plays the year again, compares every line of this page, and checks what
stands under “What it came to”.

How to read it: each line begins with the day and the time **where its reader is**; New York is named, all else is Zurich.
`#security-sync` is the channel that both see, `#all` everybody’s; “to Dana” is private. A message is listed when it arrives.
Most are redrawn in place later, as points are added or keys are turned, and that is not listed again. Small print is quoted
the first time only, and of the record’s heads only the number. Behind an arrow stands what somebody's own act answered to
them alone.
"""


def transcript(year: Year) -> str:
    """The whole page."""
    return "\n".join([HEAD, *glance(year), *weeks(year), *figures(year)]) + "\n"


# ── the year at a glance ─────────────────────────────────────────────────────────────────────────────────────────────────────


def glance(year: Year) -> Iterator[str]:
    """What became of every sync."""
    yield "## Every sync of the year\n"
    yield "| planned for | what became of it |"
    yield "| --- | --- |"
    for sync in syncs_of(year):
        yield f"| {planned_for(sync)} | {fate(sync)} |"
    yield ""


def syncs_of(year: Year) -> list[Sync]:
    """All that the record knows, in the order of their rule, with the extra ones between."""
    with transaction(year.diary.engine, writes=False) as session:
        found = list(session.execute(select(Sync)).scalars())
        session.expunge_all()
    begun = [sync for sync in found if sync.starts_at < year.diary.now or sync.closed_at]
    return sorted(begun, key=lambda sync: sync.occurrence or wall(sync.starts_at).isoformat())


def wall(instant: datetime, zone: str = ZURICH) -> datetime:
    """What the clocks there show."""
    return instant.astimezone(ZoneInfo(zone))


def planned_for(sync: Sync) -> str:
    """By the rule, or by whoever added it."""
    at = datetime.fromisoformat(sync.occurrence) if sync.occurrence else wall(sync.starts_at)
    extra = "" if sync.occurrence else " (extra)"
    return f"{at:%a} {at.day} {at:%B %H:%M}{extra}"


def fate(sync: Sync) -> str:
    """In one line: held, or not, and why it was not where its rule had it."""
    began = wall(sync.started_at or sync.starts_at)
    moved = sync.occurrence is not None and wall(sync.starts_at).isoformat()[:16] != sync.occurrence
    why = sync.note.rpartition(": ")[2]
    if sync.skip_reason:
        return f"not held: {why or WHY_NOT[sync.skip_reason]}"
    return f"moved to {began:%a} {began.day} {began:%B} and held: {why}" if moved else "held"


WHY_NOT = {
    SkipReason.CADENCE: "the cadence changed",
    SkipReason.PAUSED: "the touchpoint was paused",
    SkipReason.PERSON: "its points went to the next one",
}


# ── week by week ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def weeks(year: Year) -> Iterator[str]:
    """Every week has its heading, also one in which nothing happened."""
    known: set[str] = set()
    by_week = {week: list(entries) for week, entries in groupby(year.diary.entries, key=week_of)}
    week, month = min(by_week), ""
    while week <= max(by_week):
        if (name := f"{week + WEEK - timedelta(days=1):%B %Y}") != month:
            month = name
            yield f"## {month}\n"
        yield f"### {days_of(week)}\n"
        yield from lines_of(by_week.get(week, []), known)
        if week not in by_week:
            yield "A quiet week: nobody is asked anything."
        yield ""
        week += WEEK


def week_of(entry: Entry) -> date:
    """Its Monday in Zurich."""
    day = wall(entry.at).date()
    return day - timedelta(days=day.weekday())


def days_of(monday: date) -> str:
    """`6–12 January`, `27 January – 2 February`."""
    sunday = monday + timedelta(days=6)
    if monday.month == sunday.month:
        return f"{monday.day}–{sunday.day} {sunday:%B}"
    return f"{monday.day} {monday:%B} – {sunday.day} {sunday:%B}"


def lines_of(entries: Sequence[Entry], known: set[str]) -> Iterator[str]:
    """One line each; but a form and what opened it are one act."""
    opened = ""
    for entry, following in zip_longest(entries, entries[1:]):
        if isinstance(entry, Act):
            did = f"{opened} and {entry.did}" if opened else entry.did
            opened = (
                did if isinstance(following, Act) and following.did.startswith("fills in") and not entry.answer else ""
            )
            if not opened:
                answer = f" → {plain(entry.answer)}" if entry.answer else ""
                yield f"- {stamp(entry.at, entry.who)} · {entry.who.profile.name} {plain(did)}{answer}"
        elif isinstance(entry, Message):
            yield f"- {stamp(entry.at, entry.reader)} · {place_of(entry)} · {told(entry.posted.card, known)}"
        else:
            yield f"- {stamp(entry.at, None)} · *{entry.text}*"


def told(card: Card, known: set[str]) -> str:
    """A card in one line."""
    essence = ". ".join(part.rstrip(".") for part in parts_of(card, known))
    return f"**{plain(card.title)}**" + (f" – {plain(essence)}." if essence else "")


def stamp(at: datetime, reader: Writer | None) -> str:
    """`Fri 3, 13:00`, as the reader's clock shows it."""
    there = wall(at, reader.profile.zone if reader else ZURICH)
    abroad = " New York" if reader and reader.profile.zone == NEW_YORK else ""
    return f"{there:%a} {there.day}, {there:%H:%M}{abroad}"


def place_of(message: Message) -> str:
    return f"to {message.reader.profile.name}" if message.reader else f"`{TITLES[message.place]}`"


def parts_of(card: Card, known: set[str]) -> Iterator[str]:
    """What a card says, in reading order. Small print that was said before is left out."""
    for block in card.blocks:
        if isinstance(block, Paragraph):
            yield block.text
        elif isinstance(block, Facts):
            yield "; ".join(f"{name}: {value}" for name, value in block.facts)
        elif isinstance(block, ItemList):
            lines = "; ".join(
                f"{item.title} ({item.detail.rstrip('.')})" if item.detail else item.title for item in block.items
            )
            yield f"{block.heading}: {lines}" if block.heading else lines
        elif isinstance(block, Note) and block.text not in known:
            known.add(block.text)
            yield HASH.sub("", block.text)


def plain(text: str) -> str:
    """Nothing that people typed is a tag, and a line is a line."""
    return text.replace("<", "&lt;").replace("\n", " / ")


# ── what it came to ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def figures(year: Year) -> Iterator[str]:
    """How much that was, for each reader."""
    yield "## What it came to\n"
    yield "| reader | messages | of these nudges | the most on one day | earliest by the clock | latest |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for who in (year.sam, year.dana, year.robin, None):
        yield row_of(who, [one for one in year.diary.messages if one.reader is who and one.place != ALL])


def row_of(who: Writer | None, messages: Sequence[Message]) -> str:
    """One reader of private messages, or the channel."""
    zone = who.profile.zone if who else ZURICH
    asked = [one for one in messages if one.kind == "nudge"]
    days = Counter(wall(one.at, zone).date() for one in asked)
    timed = sorted(f"{wall(one.at, zone):%H:%M}" for one in messages if one.kind in PLANNED)
    name = f"{who.profile.name}, in private" if who else f"`{HOME_TITLE}`"
    most = str(max(days.values())) if days else "–"
    return f"| {name} | {len(messages)} | {len(asked)} | {most} | {timed[0]} | {timed[-1]} |"


if __name__ == "__main__":
    PAGE.write_text(transcript(lived()), encoding="utf-8")
