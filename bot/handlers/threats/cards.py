"""How threats look: one line each, what it is, why us, and how soon; the brief; the list. No score that needs a manual."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypeAlias

from agenda.actions import day_text
from agenda.brief import NEW, in_plain, odds, passed, trend
from agenda.matching import Named, mentioned
from agenda.owners import Seated, said
from agenda.recurrence import local_date
from agenda.threats import IN_A_BRIEF
from bot import threats as rules
from bot.cards import Block, Button, Card, Chart, Item, ItemList, Note, Paragraph, card
from bot.ownership import seated
from storage import rows, threats, watching
from storage.actions import ActionItem
from storage.risks import RiskItem
from storage.threats import WatchedProduct
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record
from storage.watching import Met

NEWS_FOR, MOST_NEWS = timedelta(days=14), 2
STALE_AFTER = timedelta(days=3)
Told: TypeAlias = tuple[Met, list[str]]
"""One threat, and what is new about it."""
SOURCE = "From CISA’s list of what is attacked right now, and FIRST’s forecast (EPSS). US agencies must act by the day named."


@dataclass(frozen=True, slots=True)
class Reader:
    """What every line needs to know of its touchpoint: who sits there, and which day it is."""

    record: Record
    touchpoint: Touchpoint
    seated: Seated
    today: date


def reader_of(record: Record, touchpoint: Touchpoint) -> Reader:
    """Read once for a card."""
    return Reader(record, touchpoint, seated(record, touchpoint), local_date(record.now, touchpoint.zone))


def line(reader: Reader, one: Met, changed: Sequence[str] = (), *, buttons: bool = True) -> Item:
    """What it lets attackers do; below that why it concerns us, and how soon."""
    parts = (
        ", ".join(changed),
        ours(reader, one),
        ransomware(one),
        due(reader, one),
        odds(one.threat),
        done(reader, one),
    )
    return Item(
        title=in_plain(one.threat),
        detail=" · ".join(filter(None, (*parts, one.threat.cve))),
        link=one.threat.link or None,
        buttons=deeds(one) if buttons else (),
    )


def ours(reader: Reader, one: Met) -> str:
    """`ours: Exchange, owned by Dana (CISO)`."""
    told = [" ".join(filter(None, (product.vendor, product.product))) for product in one.products]
    owners = {owner for product in one.products if (owner := owner_of(reader, product))}
    whose = f", owned by {' and '.join(sorted(owners))}" if owners else ""
    more = f" and {len(told) - 2} more" if len(told) > 2 else ""
    return f"ours: {', '.join(told[:2])}{more}{whose}"


def owner_of(reader: Reader, product: WatchedProduct) -> str:
    """Who is accountable for its area; empty where that is nobody."""
    area = rules.area_of(reader.record, product)
    return said(area.accountable, reader.seated) if area else ""


def ransomware(one: Met) -> str:
    """Only where it is known."""
    return "used by ransomware" if one.threat.ransomware else ""


def due(reader: Reader, one: Met) -> str:
    """`due Mon 21 July`, `overdue since Mon 21 July`."""
    if one.threat.due_on is None:
        return ""
    day = day_text(one.threat.due_on, reader.today)
    return f"overdue since {day}" if passed(one.threat, reader.today) else f"due {day}"


def done(reader: Reader, one: Met) -> str:
    """`raised as R-7`, `promised as P-3`, `set aside: …`."""
    told = []
    for match in one.matches:
        if match.risk_id and (risk := rows.find(reader.record, RiskItem, match.risk_id)):
            told.append(f"raised as {risk.ref}")
        if match.action_id and (action := rows.find(reader.record, ActionItem, match.action_id)):
            told.append(f"promised as {action.ref}")
        if match.set_aside_at:
            told.append(f"set aside: {match.because}")
    return ", ".join(dict.fromkeys(told))


def deeds(one: Met) -> tuple[Button, ...]:
    """What can be done about it; nothing is offered twice."""
    value, handled = (
        str(one.first.key),
        {name for match in one.matches for name in ("risk_id", "action_id") if getattr(match, name)},
    )
    if one.first.set_aside_at:
        return (Button(action="threat.back", label="Concerns us after all", value=value),)
    risk = Button(action="threat.risk", label="Raise risk", value=value, opens_form=True)
    assign = Button(action="threat.assign", label="Assign", value=value, opens_form=True)
    return (
        *([] if "risk_id" in handled else [risk]),
        *([] if "action_id" in handled else [assign]),
        Button(action="threat.discuss", label="Discuss", value=value, rare=True),
        *([] if handled else [Button(action="threat.aside", label="Not us", value=value, opens_form=True, rare=True)]),
    )


# ── the brief ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def brief_card(record: Record, touchpoint: Touchpoint, told: Sequence[Told], found: Sequence[Met]) -> Card:
    """At most five lines; how many more there are, the news that name a product of ours, and the trend."""
    products = watching.products(record, [touchpoint.key])
    if not products:
        return empty_card(touchpoint)
    if threats.is_empty(record):
        return unread_card(touchpoint)
    reader = reader_of(record, touchpoint)
    all_new = bool(told) and all(changed == [NEW] for _one, changed in told)
    groups = alike(told)
    lines = tuple(folded(reader, group, all_new=all_new) for group in groups[:IN_A_BRIEF])
    blocks: list[Block] = [ItemList(lines)] if lines else []
    left = sum(map(len, groups[IN_A_BRIEF:]))
    blocks += [Note(rest)] if (rest := rest_of(left, told, found)) else []
    blocks += [*news_of(record, products), *trend_of(reader, found), Note(SOURCE), *stale(record, reader)]
    return card(
        titled(len(told), all_new=all_new),
        *blocks,
        buttons=[
            Button(action="threats.all", label="Show all", value="0|", rare=not told),
            Button(action="watch", label="What we run", rare=True),
        ],
    )


def alike(told: Sequence[Told]) -> list[list[Told]]:
    """What reads the same about the same products is one line: five lines are for five different things."""
    groups: dict[object, list[Told]] = {}
    for one, changed in told:
        products = tuple(product.key for product in one.products)
        groups.setdefault((products, in_plain(one.threat), rules.handled(one)), []).append((one, changed))
    return list(groups.values())


def folded(reader: Reader, group: Sequence[Told], *, all_new: bool) -> Item:
    """The one that presses most, and how many more there are like it."""
    one, changed = group[0]
    item, more = line(reader, one, () if all_new else changed), len(group) - 1
    return replace(item, detail=f"{item.detail} and {more} more like it") if more else item


def titled(count: int, *, all_new: bool) -> str:
    """`2 new threats to what we run`, as a notification says it too."""
    if not count:
        return "No new threat to what we run"
    return f"{counted(count, 'new threat' if all_new else 'threat')} to what we run"


def rest_of(left: int, told: Sequence[Told], found: Sequence[Met]) -> str:
    """`3 more are new. 41 older entries match what we run.` Nothing is left out in silence."""
    new = {one.threat.key for one, _changed in told}
    old = sum(one.first.old for one in found)
    open_ = sum(not one.first.old and one.threat.key not in new and not rules.handled(one) for one in found)
    aside = sum(bool(one.first.set_aside_at) for one in found)
    told_before = (
        f"{counted(open_, 'threat')} told before still {'waits' if open_ == 1 else 'wait'} for somebody."
        if open_
        else ""
    )
    parts = (
        f"{counted(left, 'more threat')} in “Show all”." if left else "",
        told_before,
        f"{counted(old, 'older entry', 'older entries')} from before you watched." if old else "",
        f"{counted(aside, 'threat')} set aside (“threats aside”)." if aside else "",
    )
    return " ".join(filter(None, parts))


def counted(count: int, one: str, several: str = "") -> str:
    """`1 threat`, `2 threats`."""
    return f"{count:,} {one if count == 1 else several or one + 's'}"


def news_of(record: Record, products: Sequence[WatchedProduct]) -> list[Block]:
    """At most two headlines that name a product of ours."""
    names = [Named(vendor=one.vendor, product=one.product) for one in products]
    found = (
        news
        for news in threats.recent_news(record, record.now - NEWS_FOR)
        if any(mentioned(one, news.title) for one in names)
    )
    items = tuple(
        Item(title=news.title, link=news.link or None) for news, _most in zip(found, range(MOST_NEWS), strict=False)
    )
    return [ItemList(items, heading="In the news")] if items else []


def trend_of(reader: Reader, found: Sequence[Met]) -> list[Block]:
    """How many concerned us, month by month; nothing where there was none."""
    months, counts = trend((one.threat.added_on for one in found), reader.today)
    title = "New threats to what we run, by month"
    return [Chart(title=title, kind="line", categories=months, series=(("A month", counts),))] if any(counts) else []


def stale(record: Record, reader: Reader) -> list[Block]:
    """A list that nobody could read for days is said, so that silence is not taken for peace."""
    read_at = threats.last_read(record)
    if read_at is None or record.now - read_at < STALE_AFTER:
        return []
    day = local_date(read_at, reader.touchpoint.zone)
    return [Note(f"The list was read last on {day_text(day, reader.today)}; newer threats may be missing here.")]


def empty_card(touchpoint: Touchpoint) -> Card:
    """One form away from being of use."""
    add = Button(action="watch.add", label="Add products", value=str(touchpoint.key), style="primary", opens_form=True)
    return card(
        "Which products do you run?",
        Paragraph("Name a few that matter, a line each. Before each sync I tell which known attacks concern them."),
        Note("Nothing of it leaves this server."),
        buttons=[add],
    )


def unread_card(touchpoint: Touchpoint) -> Card:
    """Nothing is known yet."""
    return card(
        "No list of threats was read yet",
        Paragraph(
            "It comes by itself, a few times a day. Where this server has no way out, whoever runs it loads it from a file."
        ),
        buttons=[Button(action="watch", label="What we run")],
    )
