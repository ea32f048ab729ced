"""Threats as people meet them: from one form to a brief before the sync, and what they do about its lines."""

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from agenda.brief import odds, trend
from agenda.catalog import Catalog, Headline, Score, Scores, exploited
from agenda.threats import ThreatFields
from bot import threats
from bot.cards import Card, Chart, Item, ItemList
from bot.threats import Document
from storage import rows
from storage.threats import Feed, ThreatMatch
from storage.unit_of_work import unit_of_work
from tests.bot.room import HOME, Chair, Posted, Room, buttons_of, readable
from tests.conftest import MONDAY

KEV = (Path(__file__).parent.parent / "payloads" / "kev" / "catalog.json").read_bytes()
SHAREPOINT, LOG4J, PANOS = "CVE-2025-53770", "CVE-2021-44228", "CVE-2024-3400"
TODAY = MONDAY.date()
DAY = timedelta(days=1)
THEIRS = "slack:T1/C-theirs"


def published(**added: date) -> Catalog:
    """The recorded catalog; those that are named were added on that day, and are due two weeks later."""
    told = {name.replace("_", "-"): day for name, day in added.items()}
    return replace(exploited(KEV), entries=tuple(moved(entry, told) for entry in exploited(KEV).entries))


def moved(entry, told: dict[str, date]):
    day = told.get(entry.cve)
    return replace(entry, added=day, due=day + 14 * DAY) if day else entry


def reads(room: Room, document: Document, feed_id: int = 0) -> int:
    """The scheduler has read it."""
    with unit_of_work(room.engine, organization_id=1, now=room.now) as record:
        return threats.take(record, document, feed_id)


@pytest.fixture
def room() -> Room:
    return Room()


@pytest.fixture
def two(room: Room) -> tuple[Chair, Chair]:
    """Sam and Dana talk about threats."""
    sam, dana = room.set_up()
    sam.types("conversations")
    sam.presses("Change")
    sam.fills(on=("threats",))
    room.settle()
    return sam, dana


def lines(card: Card) -> list[Item]:
    return [item for block in card.blocks if isinstance(block, ItemList) for item in block.items]


def briefs(room: Room) -> list[Posted]:
    return [posted for posted in room.in_(HOME) if posted.owed.kind == "brief"]


FRESH = {"CVE_2025_53770": TODAY - 5 * DAY, "CVE_2024_3400": TODAY - 3 * DAY}


def test_who_has_not_switched_it_on_is_told_how(room: Room):
    sam, _dana = room.set_up()
    assert "not switched on" in sam.types("threats")


def test_one_form_and_the_first_brief_is_of_use(room: Room, two: tuple[Chair, Chair]):
    sam, _dana = two
    assert "Which products do you run?" in sam.types("threats")
    sam.presses("Add products")
    assert "Watching 3 more products" in sam.fills(products="MS Sharepoint\nPalo Alto PAN-OS\n\nLog4j")
    assert "No list of threats was read yet" in sam.types("threats")
    reads(room, published(**FRESH))
    said = sam.types("threats")
    assert sam.answer is not None
    assert said.startswith("2 new threats to what we run")
    assert [item.title for item in lines(sam.answer)] == [
        "Palo Alto Networks PAN-OS lets attackers run their own programs on it",
        "Microsoft SharePoint lets attackers run their own programs on it",
    ]
    assert "ours: MS Sharepoint" in said
    assert "used by ransomware" in said
    assert "due Wed 12 March" in said
    assert "1 older entry from before you watched." in said


def test_nothing_is_posted_before_a_sync_as_long_as_nothing_is_watched_or_read(room: Room, two: tuple[Chair, Chair]):
    sam, _dana = two
    room.until(room.now.replace(day=5))
    sam.types("watch add SharePoint")
    room.until(room.now.replace(day=19))
    assert briefs(room) == []
    reads(room, exploited(KEV))
    room.until(room.now.replace(day=31))
    assert [str(one).splitlines()[0] for one in briefs(room)] == ["No new threat to what we run"]


def test_an_old_entry_never_floods_a_new_installation(room: Room, two: tuple[Chair, Chair]):
    sam, _dana = two
    reads(room, exploited(KEV))
    sam.types("watch add Microsoft Exchange Server")
    assert "1 known attack" in sam.text
    assert "No new threat to what we run" in sam.types("threats")
    assert [posted for posted in room.wait(days=1) if posted.owed.kind == "nudge" and "Exchange" in str(posted)] == []


def test_the_brief_stands_before_the_sync_and_afterwards_says_only_what_changed(room: Room, two: tuple[Chair, Chair]):
    sam, _dana = two
    sam.types("watch add SharePoint")
    room.until(room.now + 2 * DAY)  # The sync of the 4th comes too early for it.
    reads(room, published(CVE_2025_53770=TODAY))
    room.until(room.now.replace(day=18, hour=8, minute=0))
    (brief,) = [one for one in briefs(room) if "1 new threat to what we run" in str(one)]
    assert "ours: SharePoint" in str(brief)
    room.until(room.now.replace(day=31))
    assert "told before still wait" in sam.types("threats")
    assert "No new threat" in sam.text
    reads(room, Scores(by_cve={SHAREPOINT: Score(chance=0.94, rank=0.985)}))
    assert "attacks became likely" in sam.types("threats")
    assert "94 % likely to be attacked within 30 days, more than 98 % of all flaws" in sam.text


def test_what_presses_is_asked_of_both_at_once_and_the_rest_waits(room: Room, two: tuple[Chair, Chair]):
    sam, dana = two
    sam.types("watch add Git")
    sam.types("watch add Log4j")
    room.until(room.now + 2 * DAY)
    reads(room, published(CVE_2021_44228=room.now.date(), CVE_2025_48384=room.now.date()))
    nudged = [posted for posted in room.until(room.now + DAY) if posted.owed.kind == "nudge" and "Log4j" in str(posted)]
    assert {posted.owed.conversation for posted in nudged} == {sam.account, dana.account}
    assert "Git lets" not in "\n".join(map(str, nudged))
    dana.presses("Raise risk", on=nudged[-1])
    dana.fills()
    assert "raised as R-1" in sam.types("threats all")
    room.settle()
    for posted in room.posted.values():
        if posted.owed.kind == "nudge" and "Log4j" in str(posted):
            assert "Raise risk" not in [button.label for button in buttons_of(posted.card)]


def test_the_same_is_never_asked_twice(room: Room, two: tuple[Chair, Chair]):
    sam, _dana = two
    sam.types("watch add SharePoint")
    room.until(room.now + 2 * DAY)
    for _ in range(3):
        reads(room, published(CVE_2025_53770=TODAY))
        room.until(room.now + DAY)
    asked = [p for p in room.in_(sam.account) if p.owed.kind == "nudge" and "SharePoint lets" in str(p)]
    assert len(asked) == 1


def test_raise_risk_is_filled_in_and_linked_back(room: Room, two: tuple[Chair, Chair]):
    sam, _dana = two
    sam.types("owners")
    sam.presses("Start with 22 usual areas")
    sam.types("watch add SharePoint; patching")
    reads(room, published(CVE_2025_53770=TODAY))
    sam.types("threats")
    sam.presses("Raise risk")
    assert sam.form is not None
    told = {field.name: field.value for field in sam.form.fields}
    assert told["title"] == "Microsoft SharePoint lets attackers run their own programs on it"
    assert (told["likelihood"], told["theme"]) == ("4", "threats")
    assert "We run: SharePoint" in str(told["description"])
    assert "R-1" in sam.fills()
    assert "raised as R-1" in sam.types("threats")
    assert "Raise risk" not in [button.label for button in buttons_of(sam.answer or Card(title=""))]


def test_assign_gives_it_to_the_owner_of_the_area(room: Room, two: tuple[Chair, Chair]):
    sam, dana = two
    sam.types("owners")
    sam.presses("Start with 22 usual areas")
    sam.types("owners show patching")
    sam.presses("CISO is accountable")
    sam.types("watch add SharePoint; patching")
    assert "Platforms and patching: Dana (CISO)" in sam.text
    reads(room, published(CVE_2025_53770=TODAY))
    sam.types("threats")
    sam.presses("Assign")
    assert sam.form is not None
    assert {field.name: field.value for field in sam.form.fields}["owner"] == dana.account
    sam.fills(people=(dana.profile,))
    assert "Owner: Dana" in sam.text
    assert "promised as P-1" in sam.types("threats")


def test_nobody_marks_a_threat_of_two_others_as_taken_care_of(room: Room, two: tuple[Chair, Chair]):
    """Whatever a form's context says: it comes from a client."""
    sam, _dana = two
    eve, max_ = room.chair("Eve"), room.chair("Max")
    sam.types("setup", place=THEIRS)
    sam.fills(cio=eve.account, ciso=max_.account, people=(eve.profile, max_.profile), place=THEIRS)
    sam.presses("Save", place=THEIRS)
    sam.types("watch add SharePoint")
    reads(room, published(CVE_2025_53770=TODAY))
    eve.types("risk add Nobody owns the DNS", place=THEIRS)
    eve.types("promise add", place=THEIRS)
    assert eve.form
    eve.form = replace(eve.form, context={"risk": "1", "threat": "1"})
    eve.fills(title="Mine", place=THEIRS)
    assert "in which you have no chair" in eve.text
    assert "promised as" not in sam.types("threats")


def test_not_us_is_remembered_with_its_reason_and_can_be_undone(room: Room, two: tuple[Chair, Chair]):
    sam, dana = two
    sam.types("watch add SharePoint")
    reads(room, published(CVE_2025_53770=TODAY))
    sam.types("threats")
    sam.presses("Not us")
    sam.fills(because=" ")
    assert sam.errors == {"because": "Say in a line why it does not concern us."}
    sam.fills(because="Ours runs in the cloud")
    assert "No new threat" in dana.types("threats")
    reads(room, Scores(by_cve={SHAREPOINT: Score(chance=0.99, rank=0.999)}))
    assert "No new threat" in dana.types("threats")
    assert "set aside: Ours runs in the cloud" in dana.types("threats aside")
    dana.presses("Concerns us after all")
    assert "1 new threat to what we run" in sam.types("threats")
    assert "Nothing was set aside" in sam.types("threats aside")


def test_discuss_is_a_line_on_the_next_agenda(room: Room, two: tuple[Chair, Chair]):
    sam, _dana = two
    sam.types("watch add SharePoint")
    reads(room, published(CVE_2025_53770=TODAY))
    sam.types("threats")
    assert "Under Threats and trends" in sam.presses("Discuss")
    assert "Microsoft SharePoint lets attackers" in sam.types("agenda")


def test_five_lines_at_most_and_the_rest_is_counted(room: Room, two: tuple[Chair, Chair]):
    sam, _dana = two
    catalog = exploited(KEV)
    first = next(entry for entry in catalog.entries if entry.cve == SHAREPOINT)
    many = tuple(
        replace(first, cve=f"CVE-2031-{1000 + n}", product=f"SharePoint {n}", added=TODAY, due=TODAY + DAY)
        for n in range(12)
    )
    sam.types("watch add Microsoft SharePoint")
    reads(room, replace(catalog, entries=many))
    assert sam.types("threats").startswith("12 new threats to what we run")
    assert sam.answer is not None
    assert len(lines(sam.answer)) == 5
    assert "7 more threats in “Show all”." in sam.text
    assert "All that concerns what we run (12)" in sam.presses("Show all")
    sam.presses("Next page")
    assert sam.answer is not None
    assert len(lines(sam.answer)) == 4


def test_what_reads_the_same_is_one_line(room: Room, two: tuple[Chair, Chair]):
    sam, _dana = two
    catalog = exploited(KEV)
    first = next(entry for entry in catalog.entries if entry.cve == SHAREPOINT)
    sam.types("watch add Microsoft SharePoint")
    alike = tuple(replace(first, cve=f"CVE-2031-{1000 + n}", added=TODAY, due=TODAY + DAY) for n in range(3))
    reads(room, replace(catalog, entries=alike))
    assert sam.types("threats").startswith("3 new threats to what we run")
    assert sam.answer is not None
    assert len(lines(sam.answer)) == 1
    assert "and 2 more like it" in sam.text
    sam.presses("Raise risk")
    sam.fills()
    sam.types("threats")
    assert [item.detail.count("more like it") for item in lines(sam.answer)] == [1, 0]


def test_the_news_show_only_what_names_a_product_of_ours(room: Room, two: tuple[Chair, Chair]):
    sam, _dana = two
    sam.types("watch add Microsoft SharePoint")
    reads(room, exploited(KEV))
    with unit_of_work(room.engine, organization_id=1, now=room.now) as record:
        feed = rows.add(record, Feed(organization_id=1, kind="news", address="https://n.example", next_at=room.now))
        found = [
            Headline(key="1", title="Microsoft SharePoint under attack", link="https://n.example/1", at=room.now),
            Headline(key="2", title="A quiet day", link="https://n.example/2", at=room.now),
            Headline(key="3", title="Microsoft SharePoint in old days", at=room.now - 90 * DAY),
        ]
        assert threats.take(record, tuple(found), feed.key) == 2
    said = sam.types("threats")
    assert "In the news\nMicrosoft SharePoint under attack" in said
    assert "quiet" not in said


def test_a_source_that_fails_for_a_day_is_said_once_to_who_runs_the_bot(room: Room, two: tuple[Chair, Chair]):
    with unit_of_work(room.engine, organization_id=1, now=room.now) as record:
        key = rows.add(
            record, Feed(organization_id=1, kind="kev", address="https://k.example/x?key=secret", next_at=room.now)
        ).key
    for _ in range(5):
        with unit_of_work(room.engine, organization_id=1, now=room.now) as record:
            threats.failed(record, key, "k.example answers 503.", next_at=room.now, at_once=False)
        room.until(room.now + timedelta(hours=12))
    told = [posted for posted in room.posted.values() if posted.owed.kind == "feed_silent"]
    assert [posted.owed.conversation for posted in told] == ["slack:T1/Sam"]
    assert "I cannot read k.example" in str(told[0])
    assert "secret" not in str(told[0])


def test_a_product_that_is_dropped_matches_nothing(room: Room, two: tuple[Chair, Chair]):
    sam, _dana = two
    reads(room, published(CVE_2025_53770=TODAY))
    sam.types("watch add SharePoint")
    assert "1 new threat to" in sam.types("threats")
    sam.types("watch")
    assert "No longer watched: SharePoint" in sam.presses("Drop")
    assert "Which products do you run?" in sam.types("threats")


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "There is no product."),
        (" ; ;\n;", "There is no product."),
        ("A; B; C; D", "too many semicolons"),
        ("x" * 121, "too long"),
        ("Exchange; the moon", "no area “the moon”"),
        ("\n".join(f"Product {n}" for n in range(51)), "too many"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_lost(
    room: Room, two: tuple[Chair, Chair], typed: str, why: str
):
    sam, _dana = two
    sam.types("watch add")
    sam.fills(products=typed)
    assert why in sam.errors["products"]
    assert "Which products do you run?" in sam.types("watch")


def test_a_vendor_that_nobody_knows_is_offered_the_nearest(room: Room, two: tuple[Chair, Chair]):
    sam, _dana = two
    reads(room, exploited(KEV))
    assert "Did you mean Microsoft?" in sam.types("watch add Mircosoft; SharePoint;")


def test_the_threshold_is_a_number_of_percent(room: Room, two: tuple[Chair, Chair]):
    sam, _dana = two
    sam.types("threats settings")
    sam.fills(threshold="0")
    assert "threshold" in sam.errors
    assert "Told at once from 20 % on" in sam.fills(threshold="20")


def test_the_trend_is_a_line_of_twelve_months(room: Room, two: tuple[Chair, Chair]):
    sam, _dana = two
    reads(room, published(CVE_2025_53770=TODAY))
    sam.types("watch add SharePoint")
    sam.types("threats")
    assert sam.answer is not None
    (chart,) = [block for block in sam.answer.blocks if isinstance(block, Chart)]
    assert (chart.kind, len(chart.categories), chart.series[0][1][-1]) == ("line", 12, 1.0)
    assert trend([date(2031, 1, 31), date(2030, 3, 1)], TODAY)[1] == (0,) * 9 + (1, 0, 0)


@pytest.mark.parametrize(
    ("chance", "rank", "said"),
    [
        (0.94, 0.985, "94 % likely to be attacked within 30 days, more than 98 % of all flaws"),
        (0.9999, 1.0, "99 % likely to be attacked within 30 days, more than 99 % of all flaws"),
        (0.004, 0.2, "less than 1 % likely to be attacked within 30 days"),
        (None, None, ""),
    ],
)
def test_odds_are_words(chance: float | None, rank: float | None, said: str):
    threat = ThreatFields(
        cve=PANOS, vendor="A", product="B", title="C", added_on=TODAY, seen_at=MONDAY, epss=chance, percentile=rank
    )
    assert odds(threat) == said


def test_what_is_said_to_the_log_holds_no_words(room: Room, two: tuple[Chair, Chair]):
    sam, _dana = two
    reads(room, published(CVE_2025_53770=TODAY))
    sam.types("watch add SharePoint")
    sam.types("threats")
    sam.presses("Not us")
    sam.fills(because="Because of the heron")
    with unit_of_work(room.engine, organization_id=1, now=room.now, writes=False) as record:
        from storage import audit

        facts = json.dumps([str(event.facts) for event in audit.events(record)])
        assert "heron" not in facts
        assert "SharePoint" not in facts
        assert [match.because for match in rows.having(record, ThreatMatch)] == ["Because of the heron"]
    assert readable(sam.answer or Card(title=""))
